"""Le texte en français : noms à comparer, nombres et dates à montrer, cellules à exporter."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

FINE = "\N{NARROW NO-BREAK SPACE}"
INSECABLE = "\N{NO-BREAK SPACE}"
MOINS = "\N{MINUS SIGN}"

MOIS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
JOURS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()

# La décomposition d'Unicode sépare les accents, mais laisse ces lettres entières.
_LETTRES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_SEPARATEURS = re.compile(r"[\W_]+")
_DEBUTS_DE_FORMULE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def normaliser(nom: object) -> str:
    """Un nom réduit à ce qui se compare : minuscules, sans accent ni ligature, espaces simples.

    Traits d'union, apostrophes et points valent un espace : « D'Œuvre-Étienne » donne
    « d oeuvre etienne ». Accepte tout, y compris None, et ne lève jamais.
    """
    if nom is None:
        return ""
    texte = unicodedata.normalize("NFKD", str(nom)).casefold().translate(_LETTRES)
    # Casser la casse peut recomposer (İ) : on décompose encore avant d'ôter les accents.
    texte = unicodedata.normalize("NFKD", texte)
    texte = "".join(lettre for lettre in texte if not unicodedata.combining(lettre))
    return _SEPARATEURS.sub(" ", texte).strip()


def cellule_sure(valeur: object) -> str:
    """Le texte d'une cellule d'export, qu'un tableur ne prendra jamais pour une formule.

    Une apostrophe précède ce qui commencerait par « = », « + », « - » ou « @ », blancs de tête
    compris. Un nombre reste tel quel : son signe est le sien.
    """
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, int | float | Decimal):
        return str(valeur)
    texte = str(valeur).replace("\0", "")
    if texte.startswith(_DEBUTS_DE_FORMULE) or texte.lstrip().startswith(_DEBUTS_DE_FORMULE):
        return "'" + texte
    return texte


def entier(nombre: int) -> str:
    """Un entier, milliers séparés par une espace fine : « 82 000 »."""
    return _groupe(f"{nombre:,}")


def decimal(nombre: Decimal, *, decimales: int = 2) -> str:
    """Un nombre à virgule, arrondi au plus proche (la moitié s'éloigne de zéro)."""
    arrondi = nombre.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    # Moins zéro n'existe pas pour un lecteur.
    return _groupe(f"{arrondi or abs(arrondi):,}")


def euros(montant: Decimal) -> str:
    """Un montant en euros : « 82 000 € », « 359,32 € ». Les centimes nuls ne s'écrivent pas."""
    centimes = montant.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    decimales = 0 if centimes == centimes.to_integral_value() else 2
    return f"{decimal(centimes, decimales=decimales)}{INSECABLE}€"


def pourcent(taux: float | Decimal | None, *, decimales: int = 0) -> str:
    """Un taux entre 0 et 1 en pourcentage : « 87 % » ; « sans objet » quand il n'existe pas."""
    if taux is None:
        return "sans objet"
    return f"{decimal(Decimal(str(taux)) * 100, decimales=decimales)}{INSECABLE}%"


def pluriel(nombre: int, singulier: str, au_pluriel: str = "") -> str:
    """Le nombre et son nom accordé : « 0 jour », « 1 jour », « 2 jours »."""
    nom = singulier if abs(nombre) < 2 else au_pluriel or f"{singulier}s"
    return f"{entier(nombre)}{INSECABLE}{nom}"


def date_longue(le: date) -> str:
    """« samedi 31 octobre 2020 », « dimanche 1er novembre 2020 »."""
    return f"{JOURS[le.weekday()]} {_quantieme(le)} {MOIS[le.month - 1]} {le.year}"


def date_moyenne(le: date) -> str:
    """« 31 octobre 2020 »."""
    return f"{_quantieme(le)} {MOIS[le.month - 1]} {le.year}"


def date_courte(le: date) -> str:
    """« 31/10/2020 »."""
    return f"{le.day:02}/{le.month:02}/{le.year:04}"


def heure(a: datetime | time) -> str:
    """« 9 h 05 », « 14 h » ; l'heure telle que l'horloge donnée la porte."""
    minutes = f"{INSECABLE}{a.minute:02}" if a.minute else ""
    return f"{a.hour}{INSECABLE}h{minutes}"


def mois_annee(le: date) -> str:
    """« octobre 2020 »."""
    return f"{MOIS[le.month - 1]} {le.year}"


def _quantieme(le: date) -> str:
    return "1er" if le.day == 1 else str(le.day)


def _groupe(anglais: str) -> str:
    return anglais.replace(",", FINE).replace(".", ",").replace("-", MOINS)
