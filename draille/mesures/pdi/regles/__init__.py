"""Les règles du PDI : un programme, ses délibérations de chaque année, ses actions. Sans Django."""

from draille.mesures.pdi.regles.fichier import charger, charger_fichier
from draille.mesures.pdi.regles.modele import (
    Action,
    Ajout,
    Annee,
    Axe,
    Deliberation,
    EtatAnnee,
    GenreDeliberation,
    Preuve,
    Programme,
)
from draille.mesures.pdi.regles.vie import (
    BASE,
    annees,
    code_action,
    dernier_jour,
    etat_annee,
    verifier_adaptation,
    verifier_date,
)

__all__ = [
    "BASE",
    "Action",
    "Ajout",
    "Annee",
    "Axe",
    "Deliberation",
    "EtatAnnee",
    "GenreDeliberation",
    "Preuve",
    "Programme",
    "annees",
    "charger",
    "charger_fichier",
    "code_action",
    "dernier_jour",
    "etat_annee",
    "verifier_adaptation",
    "verifier_date",
]
