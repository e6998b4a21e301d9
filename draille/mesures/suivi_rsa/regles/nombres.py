"""Lire un nombre, un montant, un mois comme un tableur français les écrit."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from draille.socle.texte import MOIS

CENTIME = Decimal("0.01")
_BLANCS = re.compile(r"[\s\u00a0\u202f']+")
_MOIS_CHIFFRES = (
    re.compile(r"(?P<a>\d{4})[-/.](?P<m>\d{1,2})(?:[-/.]\d{1,2})?(?:[ T].*)?"),
    re.compile(r"(?:\d{1,2}[-/.])?(?P<m>\d{1,2})[-/.](?P<a>\d{4})"),
)
_MOIS_LETTRES = re.compile(r"(?:1er |\d{1,2} )?(?P<m>[a-z]+)\.? (?P<a>\d{4})")


class NombreIllisible(ValueError):
    """Une cellule qui ne se lit pas ; le message dit pourquoi."""


def montant(cellule: Any) -> Decimal:
    """Des euros au centime. Lève `NombreIllisible`.

    Accepte « 1 234,56 € », « 1.234,56 », « (12,00) » et « 12,00- » pour un négatif.
    """
    if isinstance(cellule, bool) or cellule is None:
        raise NombreIllisible("le montant manque")
    if isinstance(cellule, int | float | Decimal):
        lu = Decimal(str(cellule))
    else:
        lu = _decimal(str(cellule))
    if not lu.is_finite() or abs(lu) >= Decimal(10) ** 11:
        raise NombreIllisible(f"« {cellule} » n'est pas un montant")
    # Un tableur rend 497.01 par un nombre binaire : seul un vrai troisième chiffre est une faute.
    arrondi = lu.quantize(CENTIME)
    if abs(arrondi - lu) > Decimal("0.000001"):
        raise NombreIllisible(f"« {cellule} » a plus de deux décimales")
    return arrondi


def entier(cellule: Any) -> int:
    """Un nombre entier positif. Lève `NombreIllisible`."""
    if isinstance(cellule, str) and not cellule.strip():
        raise NombreIllisible("le nombre manque")
    try:
        lu = montant(cellule)
    except NombreIllisible as erreur:
        dit = "le nombre manque" if cellule is None else f"« {cellule} » n'est pas un nombre entier"
        raise NombreIllisible(dit) from erreur
    if lu != lu.to_integral_value() or lu < 0:
        raise NombreIllisible(f"« {cellule} » n'est pas un nombre entier")
    return int(lu)


def mois(cellule: Any) -> date:
    """Le premier jour du mois : date de tableur, 2020-01, 01/2020, 31/01/2020, « janvier 2020 ».

    Lève `NombreIllisible`.
    """
    if isinstance(cellule, datetime | date):
        return date(cellule.year, cellule.month, 1)
    dit = "" if cellule is None else _sans_accent(str(cellule))
    if not dit:
        raise NombreIllisible("le mois manque")
    for motif in _MOIS_CHIFFRES:
        if trouve := motif.fullmatch(dit):
            return _premier(cellule, int(trouve["a"]), int(trouve["m"]))
    if trouve := _MOIS_LETTRES.fullmatch(dit):
        rangs = [r for r, nom in enumerate(MOIS, 1) if _commence(nom, trouve["m"])]
        if len(rangs) == 1:
            return _premier(cellule, int(trouve["a"]), rangs[0])
    raise NombreIllisible(f"« {cellule} » n'est pas un mois ; écrivez 2020-01 ou janvier 2020")


def matricule(cellule: Any) -> str:
    """Le matricule, sans blanc, complété de zéros à gauche jusqu'à sept caractères.

    Lève `NombreIllisible` s'il manque ou porte autre chose que des lettres et des chiffres.
    """
    if isinstance(cellule, float) and cellule.is_integer():
        cellule = int(cellule)
    lu = _BLANCS.sub("", "" if cellule is None else str(cellule)).upper()
    if not lu:
        raise NombreIllisible("le matricule manque")
    if not re.fullmatch(r"[0-9A-Z]{1,20}", lu):
        raise NombreIllisible(f"« {cellule} » n'est pas un matricule")
    return lu.zfill(7)


def _decimal(dit: str) -> Decimal:
    texte = _BLANCS.sub("", dit.replace("−", "-")).replace("€", "").upper()
    texte = texte.removesuffix("EUR").removesuffix("EUROS")
    if not texte:
        raise NombreIllisible("le montant manque")
    signe = 1
    if texte.startswith("(") and texte.endswith(")"):
        signe, texte = -1, texte[1:-1]
    elif texte.endswith("-"):
        signe, texte = -1, texte[:-1]
    if "," in texte:
        texte = texte.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d*)?", texte):
        raise NombreIllisible(f"« {dit} » n'est pas un montant")
    try:
        return signe * Decimal(texte)
    except InvalidOperation:
        raise NombreIllisible(f"« {dit} » n'est pas un montant") from None


def _sans_accent(dit: str) -> str:
    decompose = unicodedata.normalize("NFKD", " ".join(dit.split()).lower())
    return "".join(lettre for lettre in decompose if not unicodedata.combining(lettre))


def _commence(nom: str, debut: str) -> bool:
    sans = _sans_accent(nom)
    return sans == debut or (len(debut) >= 3 and sans.startswith(debut))


def _premier(cellule: Any, annee: int, rang: int) -> date:
    if not 1 <= rang <= 12 or not 1989 <= annee <= 2100:
        raise NombreIllisible(f"« {cellule} » n'est pas un mois possible")
    return date(annee, rang, 1)
