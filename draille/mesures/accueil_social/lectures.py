"""Lire les accueils : ceux du jour, d'une personne, d'une recherche ; leurs chiffres ; les lieux.

Chaque lecture fait un nombre constant de requêtes, quel que soit le nombre de lignes.
"""

from draille.mesures.accueil_social.lectures_accueil import (
    accueil,
    chercher,
    de_la_personne,
    du_jour,
    est_premier_contact,
    note,
    notes_de,
)
from draille.mesures.accueil_social.lectures_accueil_chiffres import statistiques
from draille.mesures.accueil_social.lectures_accueil_lieux import points_pour
from draille.mesures.accueil_social.lectures_types import (
    AccueilLu,
    DossierAccueil,
    Filtre,
    LieuPropose,
    Mois,
    NoteLue,
    PageAccueils,
    Part,
    Repartition,
    ReponseLue,
    Statistiques,
)

__all__ = [
    "AccueilLu",
    "DossierAccueil",
    "Filtre",
    "LieuPropose",
    "Mois",
    "NoteLue",
    "PageAccueils",
    "Part",
    "Repartition",
    "ReponseLue",
    "Statistiques",
    "accueil",
    "chercher",
    "de_la_personne",
    "du_jour",
    "est_premier_contact",
    "note",
    "notes_de",
    "points_pour",
    "statistiques",
]
