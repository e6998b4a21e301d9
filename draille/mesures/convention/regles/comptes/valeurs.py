"""Lire les valeurs d'un tableur des finances : montants, dates, années, numéros.

Chaque lecture rend la valeur, ou None si la cellule est vide ; elle lève `Illisible`, avec une
phrase qui dit quoi corriger, si elle porte autre chose.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import normaliser

CENTIME = Decimal("0.01")
# Le 30 décembre 1899 fait du 1er mars 1900 le jour 61, comme les tableurs.
ORIGINE = date(1899, 12, 30)
PREMIER_JOUR, DERNIER_JOUR = 30_000, 80_000
MONTANT_MAX = Decimal(10) ** 11
_BLANCS = re.compile(r"[\s\u00a0\u202f\u2009'’]+")
_SIGNES = str.maketrans({"−": "-", "–": "-", "‑": "-"})
_FORMES = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%d/%m/%y")
# Quelques mots et quelques dates reviennent à chaque ligne d'un gros fichier.
_norme = lru_cache(maxsize=4096)(normaliser)
_ETAPES = {
    Etape.ENGAGEE: ("engagement", "engage", "engagee", "eng", "ej", "bon de commande"),
    Etape.EXECUTEE: ("mandat", "mandate", "mandatee", "md", "mdt", "execute", "executee", "paye",
                     "depense", "liquidation", "dp", "demande de paiement"),
    Etape.RECUE: ("titre", "titre de recette", "ti", "tr", "recu", "recue", "recette",
                  "encaissement"),
}  # fmt: skip
ETAPES = {mot: etape for etape, mots in _ETAPES.items() for mot in mots}


class Illisible(ValueError):
    """Une cellule qui porte autre chose que ce que son titre annonce."""


def est_vide(cellule: Any) -> bool:
    """Vrai si la cellule ne porte rien."""
    return cellule is None or (isinstance(cellule, str) and not _BLANCS.sub("", cellule))


def lire_texte(cellule: Any) -> str:
    """Le texte d'une cellule, blancs réduits ; un nombre entier s'écrit sans décimale."""
    if est_vide(cellule):
        return ""
    if isinstance(cellule, float) and cellule.is_integer():
        return str(int(cellule))
    if isinstance(cellule, datetime):
        cellule = cellule.date() if cellule.time() == datetime.min.time() else cellule
    return " ".join(str(cellule).replace("\u00a0", " ").replace("\u202f", " ").split())


def lire_montant(cellule: Any) -> Decimal | None:
    """Des euros au centime : « 1 234,56 € », « (12,50) », « 12,50- », 1234.5 ; None si vide.

    Un seul point ou une seule virgule suivis de trois chiffres se lisent comme des milliers
    quand un autre séparateur les accompagne ; seuls, ils sont ambigus et se refusent.
    """
    if est_vide(cellule):
        return None
    if isinstance(cellule, bool) or isinstance(cellule, date):
        raise Illisible(f"« {lire_texte(cellule)} » n'est pas un montant.")
    if isinstance(cellule, int | float | Decimal):
        return _au_centime(Decimal(str(cellule)), cellule)
    brut = str(cellule)
    reduit = _BLANCS.sub("", brut.translate(_SIGNES))
    reduit = re.sub(r"(?i)(€|euros?|eur|ttc)", "", reduit)
    est_negatif = False
    if reduit.startswith("(") and reduit.endswith(")"):
        est_negatif, reduit = True, reduit[1:-1]
    if reduit.endswith("-"):
        est_negatif, reduit = not est_negatif, reduit[:-1]
    if reduit.startswith(("-", "+")):
        est_negatif, reduit = est_negatif != reduit.startswith("-"), reduit[1:]
    chiffres = _decimale(reduit, brut)
    try:
        lu = Decimal(chiffres)
    except InvalidOperation:
        raise Illisible(f"« {brut.strip()} » n'est pas un montant.") from None
    return _au_centime(-lu if est_negatif else lu, brut)


def _decimale(reduit: str, brut: str) -> str:
    """Les chiffres avec un point pour virgule. Lève `Illisible` si l'écriture est ambiguë."""
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", reduit):
        raise Illisible(f"« {brut.strip()} » n'est pas un montant.")
    dernier = max(reduit.rfind(","), reduit.rfind("."))
    if dernier < 0:
        return reduit
    signe = reduit[dernier]
    autre = "." if signe == "," else ","
    decimales = len(reduit) - dernier - 1
    if reduit.count(signe) > 1:
        # Un séparateur répété ne peut être que celui des milliers.
        if autre in reduit or not re.fullmatch(rf"[0-9]{{1,3}}(\{signe}[0-9]{{3}})+", reduit):
            raise Illisible(f"« {brut.strip()} » n'est pas un montant.")
        return reduit.replace(signe, "")
    if signe == "." and decimales == 3 and autre not in reduit:
        raise Illisible(
            f"« {brut.strip()} » se lit de deux façons (milliers ou millièmes) : écrivez-le "
            "sans point, avec une virgule pour les centimes."
        )
    entiere = reduit[:dernier]
    if autre in entiere and not re.fullmatch(rf"[0-9]{{1,3}}(\{autre}[0-9]{{3}})+", entiere):
        raise Illisible(f"« {brut.strip()} » n'est pas un montant.")
    return f"{entiere.replace(autre, '') or '0'}.{reduit[dernier + 1 :] or '0'}"


def _au_centime(valeur: Decimal, brut: Any) -> Decimal:
    if not valeur.is_finite() or abs(valeur) >= MONTANT_MAX:
        raise Illisible(f"« {lire_texte(brut)} » n'est pas un montant.")
    arrondi = valeur.quantize(CENTIME, ROUND_HALF_UP)
    if isinstance(brut, float):
        # 0,1 + 0,2 : le tableur garde une poussière que l'arrondi ôte.
        if abs(arrondi - valeur) > Decimal("0.0001"):
            raise Illisible(f"« {brut} » porte plus de deux décimales : arrondissez au centime.")
    elif arrondi != valeur:
        raise Illisible(
            f"« {lire_texte(brut)} » porte plus de deux décimales : arrondissez au centime."
        )
    return arrondi


def lire_date(cellule: Any) -> date | None:
    """Une date de cellule, de tableur, « 31/10/2020 » ou « 2020-10-31 » ; None si vide."""
    if est_vide(cellule):
        return None
    if isinstance(cellule, datetime):
        return cellule.date()
    if isinstance(cellule, date):
        return cellule
    if isinstance(cellule, int | float) and not isinstance(cellule, bool):
        if PREMIER_JOUR <= cellule <= DERNIER_JOUR:
            return ORIGINE + timedelta(days=int(cellule))
    ecrit = lire_texte(cellule).split(" ")[0].split("T")[0]
    lue = _date_ecrite(ecrit)
    if lue is not None:
        return lue
    raise Illisible(f"« {lire_texte(cellule)} » n'est pas une date (attendu : 31/10/2020).")


@lru_cache(maxsize=4096)
def _date_ecrite(ecrit: str) -> date | None:
    for forme in _FORMES:
        try:
            return datetime.strptime(ecrit, forme).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def lire_annee(cellule: Any) -> int | None:
    """Une année sur quatre chiffres, ou celle d'une date ; None si vide."""
    if est_vide(cellule):
        return None
    if isinstance(cellule, date):
        return cellule.year
    ecrit = lire_texte(cellule)
    if not re.fullmatch(r"(19|20)[0-9]{2}", ecrit):
        raise Illisible(f"« {ecrit} » n'est pas une année (attendu : 2020).")
    return int(ecrit)


def lire_etape(cellule: Any) -> Etape | None:
    """Engagement, mandat ou titre, dit de l'une des façons d'usage ; None si vide."""
    if est_vide(cellule):
        return None
    mots = _norme(lire_texte(cellule))
    for candidat in (mots, mots.removesuffix("s"), mots.split(" ")[0].removesuffix("s")):
        if candidat in ETAPES:
            return ETAPES[candidat]
    raise Illisible(
        f"« {lire_texte(cellule)} » ne dit ni un engagement, ni un mandat, ni un titre."
    )
