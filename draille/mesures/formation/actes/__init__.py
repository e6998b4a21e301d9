"""Les actes de la formation, seuls à écrire."""

from draille.mesures.formation.actes.charges import ACTES
from draille.mesures.formation.actes.emargement import emarger
from draille.mesures.formation.actes.inscriptions import (
    FicheProfessionnel,
    inscrire,
    se_desister,
)
from draille.mesures.formation.actes.sessions import (
    BilanSession,
    annuler_session,
    clore_session,
    programmer_session,
)

__all__ = [
    "ACTES",
    "BilanSession",
    "FicheProfessionnel",
    "annuler_session",
    "clore_session",
    "emarger",
    "inscrire",
    "programmer_session",
    "se_desister",
]
