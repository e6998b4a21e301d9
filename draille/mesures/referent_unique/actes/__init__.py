"""Les actes du référent unique, seuls à écrire : ceux des agents, et ce qui suit le journal."""

from draille.mesures.referent_unique.actes.annonce import annoncer
from draille.mesures.referent_unique.actes.calcul import calculer_proposition
from draille.mesures.referent_unique.actes.charges import ACTES
from draille.mesures.referent_unique.actes.designation import choisir_referent_de_parcours
from draille.mesures.referent_unique.actes.passation import (
    Passation,
    changer_referent,
    designer_a_la_main,
    liberer,
)
from draille.mesures.referent_unique.actes.portefeuilles import (
    TermesPortefeuille,
    changer_portefeuille,
    declarer_absence,
    declarer_depart,
    ouvrir_portefeuille,
    preciser_mobilite,
)
from draille.mesures.referent_unique.actes.reactions import ABONNEMENTS
from draille.mesures.referent_unique.actes.relecture import (
    BilanLot,
    LigneRefusee,
    accepter_ligne,
    accepter_lignes,
    changer_ligne,
    ecarter_ligne,
)
from draille.mesures.referent_unique.actes.reparation import proposer_reparation

__all__ = [
    "ABONNEMENTS",
    "ACTES",
    "BilanLot",
    "LigneRefusee",
    "Passation",
    "TermesPortefeuille",
    "accepter_ligne",
    "accepter_lignes",
    "annoncer",
    "calculer_proposition",
    "changer_ligne",
    "changer_portefeuille",
    "changer_referent",
    "choisir_referent_de_parcours",
    "declarer_absence",
    "declarer_depart",
    "designer_a_la_main",
    "ecarter_ligne",
    "liberer",
    "ouvrir_portefeuille",
    "preciser_mobilite",
    "proposer_reparation",
]
