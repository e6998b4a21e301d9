"""Les règles de l'orientation, sans Django : les états, le questionnaire, la proposition."""

from draille.mesures.orientation_rsa.regles.etats import (
    CATEGORIES,
    MODES,
    OUVERTS,
    TRANSITIONS,
    Acte,
    Statut,
    destinations,
)
from draille.mesures.orientation_rsa.regles.fichier import table
from draille.mesures.orientation_rsa.regles.proposition import (
    Proposition,
    Regime,
    Regle,
    Table,
    proposer,
)
from draille.mesures.orientation_rsa.regles.questionnaire import (
    Activite,
    Frein,
    Niveau,
    Projection,
    Qualification,
    Reponses,
)

__all__ = [
    "CATEGORIES",
    "MODES",
    "OUVERTS",
    "TRANSITIONS",
    "Acte",
    "Activite",
    "Frein",
    "Niveau",
    "Projection",
    "Proposition",
    "Qualification",
    "Regime",
    "Regle",
    "Reponses",
    "Statut",
    "Table",
    "destinations",
    "proposer",
    "table",
]
