"""Affecter au moindre trajet, équitablement, et savoir le prouver et l'expliquer. Pur."""

from draille.moteurs.affectation.calcul.affectation import (
    certifier,
    empreinte,
    resoudre,
    verifier,
)
from draille.moteurs.affectation.calcul.probleme import (
    INTERDIT,
    NON_AFFECTE,
    Demandeur,
    Place,
    Probleme,
    Reglage,
    Solution,
    couts,
)

__all__ = [
    "INTERDIT",
    "NON_AFFECTE",
    "Demandeur",
    "Place",
    "Probleme",
    "Reglage",
    "Solution",
    "certifier",
    "couts",
    "empreinte",
    "resoudre",
    "verifier",
]
