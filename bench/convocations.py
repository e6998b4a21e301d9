"""Convoquer 10 000 personnes en six mois, dans dix lieux, à l'échéance et au moindre trajet.

Des arrivées régulières, des échéances à 15, 30 ou 45 jours, sept jours de préavis, un mois d'été où
il reste le quart des places : la file se forme. Un lieu a des places selon la population qui en est
proche. Le premier arrivé, l'échéance la plus proche d'abord et Draille servent la même file ; les
deux premiers vont au plus proche des lieux encore libres du jour où ils sont servis.
"""

import time

import numpy as np

from bench.outils import Mesure
from bench.territoires import communes, trajets
from draille.moteurs.affectation.calcul.convocations import (
    Attente,
    Convocations,
    ReglageConvocation,
    convoquer_tableau,
    echeance_d_abord_tableau,
    premier_arrive_tableau,
)
from draille.moteurs.affectation.calcul.probleme import INTERDIT

REGLAGE = ReglageConvocation(retard=5000, jour_de_retard=1000, jour_d_attente=2, preavis_jours=7)
_LIEUX, _JOURS, _OUVERT = 10, 180, 75
_ETE = range(85, 115)


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Les retards et le trajet, à côté de ceux des deux habitudes."""
    attente = file(graine=3, personnes=1000 if reduit else 10_000)
    depart = time.process_time()
    notre = convoquer_tableau(probleme=attente, reglage=REGLAGE)
    duree = time.process_time() - depart
    echeance = echeance_d_abord_tableau(probleme=attente)
    arrive = premier_arrive_tableau(probleme=attente)
    detail = (
        f"{notre.en_retard} en retard, contre {echeance.en_retard} à l'échéance d'abord"
        f" et {arrive.en_retard} au premier arrivé"
    )
    trajet = f"{_moyen(notre)} min en moyenne contre {_moyen(echeance)} min"
    return [
        Mesure(
            "Retards, en plus de ceux de l'échéance d'abord",
            notre.en_retard - echeance.en_retard,
            0,
            "personne",
            detail,
        ),
        Mesure("Retards du premier arrivé", arrive.en_retard, None, "personne", ""),
        Mesure(
            "Trajet, sur celui de l'échéance d'abord",
            notre.minutes / echeance.minutes,
            0.8,
            "×",
            trajet,
        ),
        Mesure(
            "Sans créneau, en plus de l'échéance d'abord",
            notre.sans_creneau - echeance.sans_creneau,
            0,
            "personne",
            f"{notre.sans_creneau} contre {echeance.sans_creneau}",
        ),
        Mesure("Convoquer", duree, None, "s", f"{attente.minutes.shape} : personnes, créneaux"),
    ]


def _moyen(rendu: Convocations) -> str:
    servis = len(rendu.choix) - rendu.sans_creneau
    return f"{rendu.minutes / servis / 10:.1f}".replace(".", ",")


def file(*, graine: int, personnes: int) -> Attente:
    """La file et les créneaux, en tableaux."""
    hasard = np.random.default_rng(graine)
    ou, parts = communes(hasard, nombre=200, cote=85.0)
    lieux = ou[hasard.choice(len(ou), _LIEUX, replace=False, p=parts)]
    # La population la plus proche d'un lieu fait la moitié de ses places ; l'autre est égale.
    proche = np.bincount(trajets(ou, lieux).argmin(axis=1), weights=parts, minlength=_LIEUX)
    ouvres = np.array([j for j in range(_JOURS + _OUVERT) if j % 7 < 5])
    jours, lieu = np.repeat(ouvres, _LIEUX), np.tile(np.arange(_LIEUX), len(ouvres))
    moyenne = personnes / (ouvres < _JOURS).sum() * 1.10
    attendues = moyenne * (0.5 * proche + 0.5 / _LIEUX)[lieu]
    attendues[np.isin(jours, _ETE)] /= 4
    arrivees = np.sort(hasard.integers(0, _JOURS, personnes))
    gens = ou[hasard.choice(len(ou), personnes, p=parts)]
    minutes = trajets(gens, lieux)[:, lieu]
    attente = jours[None] - arrivees[:, None]
    minutes[(attente < REGLAGE.preavis_jours) | (attente > _OUVERT)] = INTERDIT
    return Attente(
        minutes=minutes,
        avant=arrivees + hasard.choice([15, 30, 45], personnes, p=[0.3, 0.5, 0.2]),
        jours=jours,
        places=hasard.poisson(attendues),
    )
