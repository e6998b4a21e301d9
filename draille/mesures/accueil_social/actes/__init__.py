"""Les actes du premier accueil, seuls à écrire ses tables."""

from draille.mesures.accueil_social.actes.accueil import accueillir, completer, rectifier
from draille.mesures.accueil_social.actes.charges import ACTES
from draille.mesures.accueil_social.actes.notes import corriger_note, ecrire_note
from draille.mesures.accueil_social.actes.saisie import OrientationSaisie, ReponseSaisie, Saisie

__all__ = [
    "ACTES",
    "OrientationSaisie",
    "ReponseSaisie",
    "Saisie",
    "accueillir",
    "completer",
    "corriger_note",
    "ecrire_note",
    "rectifier",
]
