"""Les tableurs des finances, sans Django : les ouvrir, les lire, trier leurs lignes."""

from draille.mesures.convention.regles.comptes.colonnes import CHAMPS, deviner, trouver_tete
from draille.mesures.convention.regles.comptes.connu import (
    ACCEPTABLES,
    Anomalie,
    CadreConnu,
    Connu,
    Decision,
    FinanceurConnu,
    PieceConnue,
    Vue,
)
from draille.mesures.convention.regles.comptes.decision import completer
from draille.mesures.convention.regles.comptes.fichier import (
    FichierLu,
    lire_fichier,
    titres_du_fichier,
)
from draille.mesures.convention.regles.comptes.lecture import OCTETS_MAXIMUM
from draille.mesures.convention.regles.comptes.lignes import LigneLue, TotalLu, en_mots, interpreter
from draille.mesures.convention.regles.comptes.resolution import PieceNeuve, Resolue, resoudre
from draille.mesures.convention.regles.comptes.tri import Verdict, compter, totaliser, trier

__all__ = [
    "ACCEPTABLES",
    "CHAMPS",
    "OCTETS_MAXIMUM",
    "Anomalie",
    "CadreConnu",
    "Connu",
    "Decision",
    "FichierLu",
    "FinanceurConnu",
    "LigneLue",
    "PieceConnue",
    "PieceNeuve",
    "Resolue",
    "TotalLu",
    "Verdict",
    "Vue",
    "completer",
    "compter",
    "deviner",
    "en_mots",
    "interpreter",
    "lire_fichier",
    "resoudre",
    "titres_du_fichier",
    "totaliser",
    "trier",
    "trouver_tete",
]
