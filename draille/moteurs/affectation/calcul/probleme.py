"""Ce que l'affectation regarde, et rien d'autre.

Trajet, type décidé par un humain, référent du foyer, mobilité, dates. La liste des champs
de `Demandeur` est close : ni santé, ni nationalité, ni sexe, ni âge, ni revenu, ni sanction (loi
78-17 art. 47 ; Défenseur des droits, 2024). Le coût est celui d'une PAIRE, jamais une note de
personne.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

INTERDIT = -1
NON_AFFECTE = -1

Entiers = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reglage:
    """Les paramètres datés du coût, en dixièmes de minute sauf mention ; aucun défaut.

    `base` : s'ajoute à tout trajet. `seuil` : au-delà, chaque minute compte `poids_exces` fois de
    plus (facteur). `bonus_continuite` : retiré quand le foyer a déjà ce référent (au plus `base` :
    un coût n'est jamais négatif). `cout_non_affecte` : le prix de ne confier à personne.
    `minutes_max` : pas de référent au-delà (trajet en voiture). `pas_equilibre` et `segments`
    (nombre) : les places d'un portefeuille se partagent en segments, chacun plus cher d'un pas.
    `pourcent_sans_vehicule` (%) : ce que compte le trajet de qui n'a pas de voiture.
    """

    base: int
    seuil: int
    poids_exces: int
    bonus_continuite: int
    cout_non_affecte: int
    minutes_max: int
    pas_equilibre: int
    segments: int
    pourcent_sans_vehicule: int

    def __post_init__(self) -> None:
        """Refuse (ValueError) un réglage négatif, sans segment, ou qui rendrait un coût négatif."""
        if min(getattr(self, nom) for nom in self.__dataclass_fields__) < 0 or self.segments < 1:
            raise ValueError("un réglage de l'affectation est positif, avec un segment au moins")
        if self.bonus_continuite > self.base:
            raise ValueError("bonus_continuite dépasse base : un coût serait négatif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demandeur:
    """Une personne à confier. Liste CLOSE : un essai refuse tout champ de plus.

    `unite` : le foyer ; ceux d'une même unité ont le même référent. `orientation` : le type décidé
    par un humain. `minutes` : dixièmes de minute en voiture jusqu'à chaque place, INTERDIT hors
    secteur. `continuite` : rang de la place du référent du foyer, nul sans référent.
    """

    unite: int
    orientation: str
    minutes: tuple[int, ...]
    continuite: int | None
    est_sans_vehicule: bool
    orientee_le: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Un référent, vu du calcul : places libres, charge, capacité, types admis, présence."""

    libres: int
    charge: int
    capacite: int
    orientations: frozenset[str]
    est_presente: bool


@dataclass(frozen=True, kw_only=True)
class Probleme:
    """Tout ce qu'il faut pour refaire un calcul.

    `appris` : un prix par place (dixièmes de minute), vide sans prix appris. Lève ValueError si les
    longueurs ne s'accordent pas ou si un prix appris est négatif.
    """

    demandeurs: tuple[Demandeur, ...]
    places: tuple[Place, ...]
    reglage: Reglage
    appris: tuple[int, ...] = ()
    graine: str

    def __post_init__(self) -> None:
        """Contrôle les formes."""
        m = len(self.places)
        if self.appris and (len(self.appris) != m or min(self.appris) < 0):
            raise ValueError("un prix appris par place, positif ou nul")
        for d in self.demandeurs:
            if len(d.minutes) != m or not (d.continuite is None or 0 <= d.continuite < m):
                raise ValueError("un demandeur a un trajet par place et une continuité parmi elles")

    @cached_property
    def minutes(self) -> NDArray[np.int32]:
        """Les trajets, forme (n, m), dixièmes de minute, INTERDIT hors secteur."""
        forme = (len(self.demandeurs), len(self.places))
        return np.array([d.minutes for d in self.demandeurs], dtype=np.int32).reshape(forme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Une affectation. `choix` : rang de la place de chaque demandeur, -1 pour « non affecté ».

    `prix` : le prix d'une place chez chacun, dixièmes de minute : ce qu'en ferait gagner une de
    plus, équilibre et prix appris compris ; avec eux, l'optimalité se prouve sans solveur. `cout` :
    le total, tout compris. `solveur` : son nom et sa version.
    """

    choix: tuple[int, ...]
    prix: tuple[int, ...]
    cout: int
    solveur: str


def admis(*, probleme: Probleme) -> NDArray[np.bool_]:
    """Les paires permises, forme (n, m) : type admis, secteur, trajet au plus, présence."""
    minutes, places = probleme.minutes, probleme.places
    types = sorted({d.orientation for d in probleme.demandeurs})
    prend = np.array(
        [[p.est_presente and t in p.orientations for p in places] for t in types], dtype=bool
    ).reshape(len(types), len(places))
    rang = {t: k for k, t in enumerate(types)}
    lignes = np.array([rang[d.orientation] for d in probleme.demandeurs], dtype=np.intp)
    permis = prend[lignes]
    permis &= (minutes != INTERDIT) & (minutes <= probleme.reglage.minutes_max)
    return permis


def couts(probleme: Probleme) -> NDArray[np.int32]:
    """Le coût de chaque paire, forme (n, m), dixièmes de minute ; INTERDIT si non permise.

    trajet + base + poids_exces × (trajet - seuil)⁺ - continuité ; hors équilibre et prix appris.
    """
    r = probleme.reglage
    n = len(probleme.demandeurs)
    sans = np.fromiter((d.est_sans_vehicule for d in probleme.demandeurs), bool, n)
    trajet = probleme.minutes.copy()
    trajet[sans] = trajet[sans] * r.pourcent_sans_vehicule // 100
    cout = trajet + r.base + r.poids_exces * np.maximum(trajet - r.seuil, 0)
    garde = [
        (i, d.continuite) for i, d in enumerate(probleme.demandeurs) if d.continuite is not None
    ]
    if garde:
        rangs = np.array(garde, dtype=np.intp)
        cout[rangs[:, 0], rangs[:, 1]] -= r.bonus_continuite
    return np.where(admis(probleme=probleme), cout, np.int32(INTERDIT)).astype(np.int32)


def sieges(probleme: Probleme) -> NDArray[np.int64]:
    """Les places libres de chaque segment, forme (m, segments), du moins cher au plus cher.

    Le segment d'une place est le taux d'occupation avant elle (rang × segments // capacité) : qui
    est déjà chargé entre dans un segment plus cher, et l'équilibre tient d'une semaine à l'autre.
    """
    s = probleme.reglage.segments
    rendu = np.zeros((len(probleme.places), s), dtype=np.int64)
    for j, p in enumerate(probleme.places):
        if p.libres <= 0 or not p.est_presente:
            continue
        capacite = max(p.capacite, 1)
        rangs = np.arange(p.charge, p.charge + p.libres, dtype=np.int64)
        rendu[j] = np.bincount(np.clip(rangs * s // capacite, 0, s - 1), minlength=s)
    return rendu
