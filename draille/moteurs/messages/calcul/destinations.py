"""Les destinations : numéros au format E.164, masques, longueur d'un SMS."""

import re

_SEPARATEURS = re.compile(r"[\s.\-/()]+")
# La métropole, et l'outre-mer (le 06 39 98 réservé à la fiction est de la tranche de Mayotte).
_MOBILE = re.compile(r"\+(?:33|262|508|590|594|596)[67]\d{8}")
# L'alphabet GSM 03.38 ; ceux de la table d'extension comptent pour deux.
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLES = set("^{}\\[~]|€")


def mobile_e164(numero: str) -> str | None:
    """Le numéro de mobile français au format E.164 (« +33639980123 »), ou None s'il n'en est pas.

    Accepte « 06 39 98 01 23 », « 0033 6… », « +33 (0)6… », « 639980123 » (zéro perdu).
    """
    brut = _SEPARATEURS.sub("", numero.replace("(0)", ""))
    if brut.startswith("00"):
        brut = "+" + brut[2:]
    elif brut.startswith("0") and len(brut) == 10:
        brut = "+33" + brut[1:]
    elif len(brut) == 9 and brut[:1] in ("6", "7"):
        brut = "+33" + brut
    return brut if _MOBILE.fullmatch(brut) else None


def masquer(destination: str, canal: str) -> str:
    """La destination telle que la lit qui n'ouvre pas le dossier : de quoi la reconnaître."""
    if canal == "courriel":
        avant, _, domaine = destination.partition("@")
        return f"{avant[:1]}…@{domaine}"
    if canal == "sms":
        return f"{destination[:3]} … {destination[-2:]}"
    return destination.strip().rsplit("\n", 1)[-1]


def segments_sms(texte: str) -> int:
    """Le nombre de SMS facturés : 160 signes GSM (153 à plusieurs), 70 sinon (67 à plusieurs)."""
    if all(signe in _GSM or signe in _GSM_DOUBLES for signe in texte):
        longueur = len(texte) + sum(signe in _GSM_DOUBLES for signe in texte)
        seul, suite = 160, 153
    else:
        longueur = len(texte.encode("utf-16-be")) // 2
        seul, suite = 70, 67
    return 1 if longueur <= seul else -(-longueur // suite)
