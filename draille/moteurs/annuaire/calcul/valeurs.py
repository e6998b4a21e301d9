"""Les valeurs d'une ligne de fichier, une à une : la bonne valeur, ou la phrase qui dit non."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from draille.moteurs.annuaire.calcul.fiche import LigneFausse

_COURRIEL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[A-Za-z]{2,}$")
_INSEE = re.compile(r"^(?:\d{5}|2[ABab]\d{3})$")
_NON_CHIFFRES = re.compile(r"\D")


def texte(valeur: object, *, longueur: int) -> str:
    """Le texte sans blancs superflus ni caractère de contrôle, coupé à sa longueur."""
    lu = "" if valeur is None else str(valeur)
    lu = " ".join("".join(c if c.isprintable() else " " for c in lu).split())
    return lu if len(lu) <= longueur else lu[: longueur - 1].rstrip() + "…"


def nom(valeur: object, *, champ: str) -> str:
    """Le nom du lieu, deux lettres au moins. Lève `LigneFausse`."""
    lu = texte(valeur, longueur=200)
    if sum(c.isalnum() for c in lu) < 2:
        raise LigneFausse(champ=champ, valeur=valeur, pourquoi="il faut un nom de lieu.")
    return lu


def coordonnees(
    latitude: object, longitude: object, *, champs: tuple[str, str] = ("latitude", "longitude")
) -> tuple[float | None, float | None]:
    """La position WGS 84 en degrés, ou (None, None) si les deux sont vides. Lève `LigneFausse`."""
    nord, est = _degre(latitude, champs[0], 90), _degre(longitude, champs[1], 180)
    if (nord is None) != (est is None):
        absent, dit = (champs[0], longitude) if nord is None else (champs[1], latitude)
        raise LigneFausse(
            champ=absent, valeur="", pourquoi=f"il manque, alors que l'autre vaut {dit}."
        )
    if nord == 0 and est == 0:
        raise LigneFausse(
            champ=champs[0], valeur=latitude, pourquoi="une position à zéro degré n'est pas lue."
        )
    return nord, est


def _degre(valeur: object, champ: str, borne: int) -> float | None:
    lu = "" if valeur is None else str(valeur).strip().replace(",", ".")
    if not lu:
        return None
    try:
        degre = float(lu)
    except ValueError:
        degre = float("nan")
    if not -borne <= degre <= borne:
        raise LigneFausse(
            champ=champ, valeur=valeur, pourquoi=f"un nombre de degrés entre -{borne} et {borne}."
        )
    return degre


def code_insee(valeur: object, *, champ: str) -> str:
    """Le code de commune sur cinq signes, zéro de tête rendu ; vide admis. Lève `LigneFausse`."""
    lu = _zero_rendu(valeur)
    if lu and not _INSEE.match(lu):
        raise LigneFausse(
            champ=champ, valeur=valeur, pourquoi="un code de commune a cinq signes, comme 43157."
        )
    return lu.upper()


def code_postal(valeur: object, *, champ: str) -> str:
    """Le code postal sur cinq chiffres, zéro de tête rendu ; vide admis. Lève `LigneFausse`."""
    lu = _zero_rendu(valeur)
    if lu and not re.fullmatch(r"\d{5}", lu):
        raise LigneFausse(
            champ=champ, valeur=valeur, pourquoi="un code postal a cinq chiffres, comme 43000."
        )
    return lu


def _zero_rendu(valeur: object) -> str:
    # Un tableur lit 07186 comme le nombre 7186.
    lu = "" if valeur is None else str(valeur).strip().removesuffix(".0")
    return lu.zfill(5) if lu.isdecimal() and len(lu) == 4 else lu


def telephone(valeur: object, remarques: list[str]) -> str:
    """Le numéro à dix chiffres, groupé par deux ; sinon vide, et la remarque le dit."""
    brut = "" if valeur is None else str(valeur).strip().removesuffix(".0")
    if not brut:
        return ""
    chiffres = _NON_CHIFFRES.sub("", re.sub(r"\(0\)", "", brut))
    if chiffres.startswith("0033"):
        chiffres = chiffres[2:]
    if chiffres.startswith("33") and len(chiffres) == 11:
        chiffres = "0" + chiffres[2:]
    elif len(chiffres) == 9 and not chiffres.startswith("0"):
        chiffres = "0" + chiffres
    if re.fullmatch(r"0[1-9]\d{8}", chiffres):
        return " ".join(chiffres[i : i + 2] for i in range(0, 10, 2))
    if re.fullmatch(r"\d{4}|(?:262|594|590|596|269)\d{6,9}|3\d{3}", chiffres):
        return chiffres
    remarques.append(f"téléphone « {brut[:40]} » laissé de côté")
    return ""


def courriel(valeur: object, remarques: list[str]) -> str:
    """La première adresse bien formée ; le reste est dit."""
    brut = "" if valeur is None else str(valeur).strip()
    if not brut:
        return ""
    morceaux = [m for m in re.split(r"[\s,;]+| - ", brut) if m and m != "-"]
    bons = [m for m in morceaux if _COURRIEL.match(m) and len(m) <= 254]
    if len(bons) != len(morceaux) or len(bons) > 1:
        garde = f", {bons[0]} gardé" if bons else ", laissé de côté"
        remarques.append(f"courriel « {brut[:80]} »{garde}")
    return bons[0] if bons else ""


def site(valeur: object, remarques: list[str]) -> str:
    """L'adresse web, « https:// » ajouté s'il manque ; sinon vide, et la remarque le dit."""
    brut = "" if valeur is None else str(valeur).strip().split(";")[0]
    if not brut:
        return ""
    lu = brut if re.match(r"^https?://", brut) else f"https://{brut}"
    if re.fullmatch(r"https?://[^\s/.]+(?:\.[^\s/.]+)+(?:[/?#]\S*)?", lu) and len(lu) <= 200:
        return lu
    remarques.append(f"site « {brut[:60]} » laissé de côté")
    return ""


def siret(valeur: object, remarques: list[str]) -> str:
    """Les 14 chiffres ; vide quand il n'est pas dit ou fait de zéros ; sinon la remarque le dit."""
    lu = _NON_CHIFFRES.sub("", "" if valeur is None else str(valeur))
    if not lu or set(lu) == {"0"}:
        return ""
    if len(lu) == 14:
        return lu
    remarques.append(f"SIRET « {str(valeur)[:20]} » laissé de côté")
    return ""


def jour(valeur: object, remarques: list[str], *, au_plus: date) -> date | None:
    """Une date (ISO ou JJ/MM/AAAA), jamais après `au_plus` ; sinon nulle, et la remarque le dit."""
    if isinstance(valeur, datetime):
        lue: date | None = valeur.date()
    elif isinstance(valeur, date):
        lue = valeur
    else:
        brut = "" if valeur is None else str(valeur).strip()
        if not brut:
            return None
        lue = _date(brut)
    if lue is None:
        remarques.append(f"date « {str(valeur)[:20]} » laissée de côté")
        return None
    return min(lue, au_plus)


def _date(brut: str) -> date | None:
    for modele in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(brut[:10], modele).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def liste(valeur: object, *, separateurs: str = ";|") -> tuple[str, ...]:
    """Les éléments d'une liste, déjà lue ou écrite d'un trait, sans blancs ni répétition."""
    if isinstance(valeur, str):
        morceaux: Iterable[object] = re.split(f"[{re.escape(separateurs)}]", valeur)
    elif isinstance(valeur, list | tuple):
        morceaux = valeur
    else:
        morceaux = ()
    return tuple(dict.fromkeys(lu for m in morceaux if (lu := str(m).strip())))
