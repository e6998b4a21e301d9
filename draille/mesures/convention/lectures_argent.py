"""L'argent d'une convention pour une année, lu des textes et des pièces des comptes."""

from datetime import date

from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.regles.argent import Argent


def argent(*, page: PageConvention, annee: int, le: date) -> Argent:
    """Les quatre temps de l'argent de ce cadre, pour cette année, avec les pièces datées ≤ `le`."""
    return Argent(
        annee=annee,
        le=le,
        financeurs=(),
        lignes=(),
        totaux={},
        par_financeur={},
        parites={},
        alertes=(),
    )
