"""Affecter au moindre trajet, équitablement, et savoir le prouver et l'expliquer. Pur."""

from draille.moteurs.affectation.calcul.affectation import (
    certifier,
    empreinte,
    resoudre,
    verifier,
)
from draille.moteurs.affectation.calcul.arrivees import apprendre
from draille.moteurs.affectation.calcul.comparaison import premier_arrive_plus_proche
from draille.moteurs.affectation.calcul.contrefactuels import (
    Contrefactuel,
    Raison,
    expliquer,
    regrets,
)
from draille.moteurs.affectation.calcul.convocations import (
    Convocable,
    Convocations,
    CreneauJour,
    ReglageConvocation,
    convoquer,
    echeance_d_abord,
    premier_arrive,
)
from draille.moteurs.affectation.calcul.parite import Groupe, GroupeLigne, alerter, parite
from draille.moteurs.affectation.calcul.personnes import resoudre_personnes, verifier_personnes
from draille.moteurs.affectation.calcul.probleme import (
    INTERDIT,
    NON_AFFECTE,
    Demandeur,
    Place,
    Probleme,
    Reglage,
    Solution,
    couts,
)
from draille.moteurs.affectation.calcul.reparation import Changement, Reparation, reparer
from draille.moteurs.affectation.calcul.transport import Solveur

__all__ = [
    "INTERDIT",
    "NON_AFFECTE",
    "Changement",
    "Contrefactuel",
    "Convocable",
    "Convocations",
    "CreneauJour",
    "Demandeur",
    "Groupe",
    "GroupeLigne",
    "Place",
    "Probleme",
    "Raison",
    "Reglage",
    "Reparation",
    "ReglageConvocation",
    "Solution",
    "Solveur",
    "alerter",
    "apprendre",
    "certifier",
    "convoquer",
    "couts",
    "echeance_d_abord",
    "empreinte",
    "expliquer",
    "parite",
    "premier_arrive",
    "premier_arrive_plus_proche",
    "regrets",
    "reparer",
    "resoudre",
    "resoudre_personnes",
    "verifier",
    "verifier_personnes",
]
