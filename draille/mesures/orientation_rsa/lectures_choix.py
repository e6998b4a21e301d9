"""Ce entre quoi l'on choisit à une date : types de parcours et organismes, avec leurs noms."""

from datetime import date

from draille.mesures.orientation_rsa.regles import table
from draille.socle.parametres import registre_global

_PREFIXE = "orientation_rsa."


def types_admis(*, le: date) -> dict[str, str]:
    """Les types de parcours en vigueur ce jour-là : code et nom.

    Lève `ErreurParametre` (un `Refus`) avant juin 2009.
    """
    registre = registre_global()
    codes = [str(c) for c in registre.liste(f"{_PREFIXE}types_parcours", le)]
    local = registre.parametre(f"{_PREFIXE}socio_professionnel_avant_2025")
    if any(v.valeur is True and v.du <= le and (v.au is None or le <= v.au) for v in local.valeurs):
        codes.append("socio_professionnel")
    return {code: table().types[code] for code in dict.fromkeys(codes)}


def organismes_admis(*, le: date) -> dict[str, str]:
    """Les organismes référents en vigueur ce jour-là : code et nom.

    Lève `ErreurParametre` (un `Refus`) avant juin 2009.
    """
    codes = registre_global().liste(f"{_PREFIXE}organismes", le)
    return {str(code): table().organismes[str(code)] for code in codes}


def seuil_proche_jours(*, le: date) -> int:
    """À partir de combien de jours restants une échéance est dite proche."""
    return registre_global().entier(f"{_PREFIXE}seuil_proche", le)
