"""Les actes de l'orientation, seuls à écrire : ceux des agents, et ce qui suit le journal."""

from draille.mesures.orientation_rsa.actes.charges import ACTES
from draille.mesures.orientation_rsa.actes.decision import (
    BilanLot,
    Decision,
    DecisionLot,
    LigneRefusee,
    notifier,
    orienter,
    orienter_lot,
    reorienter,
)
from draille.mesures.orientation_rsa.actes.reactions import ABONNEMENTS
from draille.mesures.orientation_rsa.actes.rencontre import RendezVous, diagnostiquer, rencontrer

__all__ = [
    "ABONNEMENTS",
    "ACTES",
    "BilanLot",
    "Decision",
    "DecisionLot",
    "LigneRefusee",
    "RendezVous",
    "diagnostiquer",
    "notifier",
    "orienter",
    "orienter_lot",
    "rencontrer",
    "reorienter",
]
