"""Les règles du schéma : ce qu'est un schéma, le lire à une date, le réviser. Sans Django."""

from draille.mesures.schema_solidarites.regles.fichier import charger, charger_fichier
from draille.mesures.schema_solidarites.regles.modele import (
    Action,
    Axe,
    Critere,
    GenreObjectif,
    Montant,
    Objectif,
    Preuve,
    Rattachement,
    Schema,
    Version,
)
from draille.mesures.schema_solidarites.regles.revision import (
    Changement,
    Modification,
    Operation,
    comparer,
    reviser,
)
from draille.mesures.schema_solidarites.regles.vie import (
    BASE,
    dernier_jour,
    lire_au,
    verifier_duree,
    verifier_suite,
)

__all__ = [
    "BASE",
    "Action",
    "Axe",
    "Changement",
    "Critere",
    "GenreObjectif",
    "Modification",
    "Montant",
    "Objectif",
    "Operation",
    "Preuve",
    "Rattachement",
    "Schema",
    "Version",
    "charger",
    "charger_fichier",
    "comparer",
    "dernier_jour",
    "lire_au",
    "reviser",
    "verifier_duree",
    "verifier_suite",
]
