"""Les actes des rendez-vous, seuls à écrire : ceux des agents, et ce qui suit le journal."""

from draille.mesures.rendez_vous.actes.charges import ACTES
from draille.mesures.rendez_vous.actes.convocation import (
    Bilan,
    LigneAConvoquer,
    LigneRefusee,
    convoquer_lot,
    fixer,
)
from draille.mesures.rendez_vous.actes.creneaux import (
    fermer_creneau,
    generer_creneaux,
    ouvrir_les_jours_a_venir,
    rouvrir_creneau,
)
from draille.mesures.rendez_vous.actes.cycle import (
    annuler,
    classer,
    deplacer,
    excuser,
    honorer,
    manquer,
    reconvoquer,
)
from draille.mesures.rendez_vous.actes.ouverture import (
    TermesLieu,
    TermesPlage,
    fermer_jour,
    fermer_lieu,
    fermer_plage,
    ouvrir_lieu,
    ouvrir_plage,
)
from draille.mesures.rendez_vous.actes.proposition import (
    LigneProposee,
    Proposition,
    apercu,
    proposer_convocations,
)
from draille.mesures.rendez_vous.actes.reactions import ABONNEMENTS

__all__ = [
    "ABONNEMENTS",
    "ACTES",
    "Bilan",
    "LigneAConvoquer",
    "LigneProposee",
    "LigneRefusee",
    "Proposition",
    "TermesLieu",
    "TermesPlage",
    "annuler",
    "apercu",
    "classer",
    "convoquer_lot",
    "deplacer",
    "excuser",
    "fermer_creneau",
    "fermer_jour",
    "fermer_lieu",
    "fermer_plage",
    "fixer",
    "generer_creneaux",
    "honorer",
    "manquer",
    "ouvrir_les_jours_a_venir",
    "ouvrir_lieu",
    "ouvrir_plage",
    "proposer_convocations",
    "reconvoquer",
    "rouvrir_creneau",
]
