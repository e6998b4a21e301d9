"""Convoquer : chacun à un (lieu, jour), d'abord le moins de retards, puis le moins de trajet.

Les jours se comptent depuis le jour du calcul (0) ; une échéance déjà passée est négative. Un nœud
est un jour d'un lieu (ou d'un agent), avec ses places.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.affectation.calcul.optimum import optimiser, tirage_publie
from draille.moteurs.affectation.calcul.probleme import INTERDIT
from draille.moteurs.affectation.calcul.residuel import Entiers, Tableau
from draille.moteurs.affectation.calcul.transport import Solveur

_JAMAIS = np.int64(1 << 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReglageConvocation:
    """Les poids, en dixièmes de minute, et le préavis en jours : aucun défaut.

    `retard` : convoquer après l'échéance. `jour_de_retard` : chaque jour au-delà.
    `jour_d_attente` : chaque jour depuis le calcul ; petit, il départage.
    """

    retard: int
    jour_de_retard: int
    jour_d_attente: int
    preavis_jours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Convocable:
    """Quelqu'un à convoquer. `avant_jour` : dernier jour à temps, inclus, nul sans échéance.

    `minutes` : dixièmes de minute jusqu'à chaque nœud, INTERDIT si impossible. `admis` : les nœuds
    possibles ; vide, tous.
    """

    avant_jour: int | None
    minutes: tuple[int, ...]
    admis: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreneauJour:
    """Un nœud : son jour et ses places."""

    jour: int
    capacite: int


@dataclass(frozen=True, slots=True)
class Attente:
    """Le même problème en tableaux, n demandes et m nœuds.

    `minutes` (n, m) : INTERDIT si le nœud n'est pas admis, préavis compris. `avant` (n,) : un très
    grand nombre sans échéance. `jours` et `places` (m,).
    """

    minutes: NDArray[np.integer]
    avant: Entiers
    jours: Entiers
    places: Entiers

    @property
    def fin(self) -> int:
        """Le dernier jour ouvert."""
        return int(self.jours.max(initial=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Convocations:
    """Une proposition. `choix` : le rang du nœud de chacun, -1 sans créneau.

    `en_retard` : convoqués après leur échéance, ou sans créneau alors qu'elle tombe d'ici le
    dernier jour ouvert. `minutes` : le total des trajets, dixièmes.
    """

    choix: tuple[int, ...]
    en_retard: int
    sans_creneau: int
    minutes: int
    solveur: str


def attente(
    *, demandes: Sequence[Convocable], creneaux: Sequence[CreneauJour], preavis_jours: int
) -> Attente:
    """Les tableaux d'un problème. Lève ValueError si une demande n'a pas un trajet par nœud."""
    n, m = len(demandes), len(creneaux)
    if any(len(d.minutes) != m or len(d.admis) not in (0, m) for d in demandes):
        raise ValueError("une demande a un trajet par créneau")
    jours = np.array([c.jour for c in creneaux], dtype=np.int64)
    minutes = np.array([d.minutes for d in demandes], dtype=np.int64).reshape(n, m)
    admis = np.array([d.admis or (True,) * m for d in demandes], dtype=bool).reshape(n, m)
    minutes[~admis | (jours < preavis_jours)] = INTERDIT
    echeances = [_JAMAIS if d.avant_jour is None else d.avant_jour for d in demandes]
    return Attente(
        minutes=minutes,
        avant=np.array(echeances, dtype=np.int64),
        jours=jours,
        places=np.array([c.capacite for c in creneaux], dtype=np.int64),
    )


def convoquer(
    *,
    demandes: Sequence[Convocable],
    creneaux: Sequence[CreneauJour],
    reglage: ReglageConvocation,
    graine: str = "",
    solveur: Solveur = "ortools",
) -> Convocations:
    """Le moins de retards, puis de gens sans créneau, puis le moindre coût : exact.

    Coût : gravité des retards, trajet, attente. Ex aequo départagés par la graine et le rang des
    demandes. Lève ValueError si une demande n'a pas un trajet par créneau.
    """
    probleme = attente(demandes=demandes, creneaux=creneaux, preavis_jours=reglage.preavis_jours)
    return convoquer_tableau(probleme=probleme, reglage=reglage, graine=graine, solveur=solveur)


def convoquer_tableau(
    *,
    probleme: Attente,
    reglage: ReglageConvocation,
    graine: str = "",
    solveur: Solveur = "ortools",
) -> Convocations:
    """Comme `convoquer`, sur des tableaux."""
    n, m = probleme.minutes.shape
    optimum = optimiser(
        tableau=_tableau(probleme, reglage), solveur=solveur, tirage=tirage_publie(graine, range(n))
    )
    return _rendre(probleme, optimum.choix, optimum.solveur)


def _tableau(p: Attente, reglage: ReglageConvocation) -> Tableau:
    """Un retard y pèse plus que tout le reste, un créneau manqué plus que tous les coûts."""
    n, m = p.minutes.shape
    couts = np.maximum(p.jours - p.avant[:, None], 0)
    tard = couts > 0
    couts *= reglage.jour_de_retard
    couts += p.minutes + reglage.jour_d_attente * np.maximum(p.jours, 0)
    couts[tard] += reglage.retard
    admis = p.minutes != INTERDIT
    sommet = int(couts.max(initial=0, where=admis)) + 1
    vide = n * sommet + 1
    poids = n * (vide + sommet) + 1
    sans = vide + poids * (p.avant <= p.fin)
    couts[tard] += poids
    couts[~admis] = INTERDIT
    return Tableau(
        couts=couts,
        sieges=p.places[:, None],
        prix=np.zeros((m, 1), dtype=np.int64),
        sans=sans.astype(np.int64),
    )


def premier_arrive(
    *, demandes: Sequence[Convocable], creneaux: Sequence[CreneauJour], preavis_jours: int
) -> Convocations:
    """Dans l'ordre donné, chacun au premier jour libre, au plus proche ce jour-là."""
    return premier_arrive_tableau(
        probleme=attente(demandes=demandes, creneaux=creneaux, preavis_jours=preavis_jours)
    )


def premier_arrive_tableau(*, probleme: Attente) -> Convocations:
    """Comme `premier_arrive`, sur des tableaux."""
    reste = probleme.places.copy()
    choix = np.full(len(probleme.avant), -1, dtype=np.int64)
    for i in range(len(choix)):
        _servir(probleme, reste, choix, i)
    return _rendre(probleme, choix, "premier arrivé")


def echeance_d_abord(
    *, demandes: Sequence[Convocable], creneaux: Sequence[CreneauJour], preavis_jours: int
) -> Convocations:
    """Jour après jour, l'échéance la plus proche d'abord ; qui ne peut plus être à temps, après.

    Quand tous les lieux conviennent à tous, c'est le plus petit nombre de retards possible (Glover,
    1967). Chacun va au plus proche des lieux encore libres ce jour-là.
    """
    return echeance_d_abord_tableau(
        probleme=attente(demandes=demandes, creneaux=creneaux, preavis_jours=preavis_jours)
    )


def echeance_d_abord_tableau(*, probleme: Attente) -> Convocations:
    """Comme `echeance_d_abord`, sur des tableaux."""
    p = probleme
    n = len(p.avant)
    reste, choix = p.places.copy(), np.full(n, -1, dtype=np.int64)
    admis = p.minutes != INTERDIT
    premier = np.where(admis, p.jours, _JAMAIS).min(axis=1, initial=_JAMAIS)
    venus = np.argsort(premier, kind="stable").tolist()
    file: list[tuple[int, int]] = []
    rang = 0
    for jour in np.unique(p.jours).tolist():
        while rang < n and premier[venus[rang]] <= jour:
            heapq.heappush(file, (int(p.avant[venus[rang]]), venus[rang]))
            rang += 1
        _servir_le_jour(p, reste, choix, file, np.flatnonzero(p.jours == jour))
    for i in sorted(np.flatnonzero(choix < 0).tolist(), key=lambda i: int(p.avant[i])):
        _servir(p, reste, choix, i)
    return _rendre(p, choix, "échéance d'abord")


def _servir_le_jour(
    p: Attente, reste: Entiers, choix: Entiers, file: list[tuple[int, int]], noeuds: Entiers
) -> None:
    """Remplit un jour avec les échéances les plus proches qui y sont encore à temps."""
    jour, remis = int(p.jours[noeuds[0]]), []
    while file and reste[noeuds].any():
        avant, i = heapq.heappop(file)
        if avant < jour:
            continue
        libres = noeuds[(reste[noeuds] > 0) & (p.minutes[i, noeuds] != INTERDIT)]
        if not len(libres):
            remis.append((avant, i))
            continue
        noeud = libres[p.minutes[i, libres].argmin()]
        choix[i] = noeud
        reste[noeud] -= 1
    for attendu in remis:
        heapq.heappush(file, attendu)


def _servir(p: Attente, reste: Entiers, choix: Entiers, i: int) -> None:
    """Le premier jour libre, au plus proche ce jour-là ; rien s'il n'y en a pas."""
    libres = np.flatnonzero((reste > 0) & (p.minutes[i] != INTERDIT))
    if len(libres):
        libres = libres[p.jours[libres] == p.jours[libres].min()]
        choix[i] = libres[p.minutes[i, libres].argmin()]
        reste[choix[i]] -= 1


def _rendre(p: Attente, choix: Entiers, solveur: str) -> Convocations:
    servis = np.flatnonzero(choix >= 0)
    sans = np.flatnonzero(choix < 0)
    en_retard = (p.jours[choix[servis]] > p.avant[servis]).sum() + (p.avant[sans] <= p.fin).sum()
    return Convocations(
        choix=tuple(choix.tolist()),
        en_retard=int(en_retard),
        sans_creneau=len(sans),
        minutes=int(p.minutes[servis, choix[servis]].sum()),
        solveur=solveur,
    )
