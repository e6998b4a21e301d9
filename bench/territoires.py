"""Des Départements synthétiques pour les bancs d'affectation : bourgs inégaux, bureaux partagés.

Une carte carrée, des communes dont la population suit une loi de puissance, des référents qui
tiennent bureau là où l'on habite, quatre types d'orientation, des portefeuilles inégaux et à peine
plus de places que de demandeurs. Un tiers des foyers a déjà eu un référent.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.affectation.calcul import Demandeur, Place, Reglage
from draille.moteurs.affectation.calcul.residuel import Tableau

REGLAGE = Reglage(
    base=300,
    seuil=300,
    poids_exces=4,
    bonus_continuite=200,
    cout_non_affecte=5000,
    minutes_max=900,
    pas_equilibre=30,
    segments=5,
    pourcent_sans_vehicule=150,
)
_PARTS = (0.4, 0.3, 0.2, 0.1)
_ADMIS = (0.6, 0.5, 0.5, 0.3)
ORIGINE = date(2026, 1, 5)


def trajets(de: NDArray[np.float64], vers: NDArray[np.float64]) -> NDArray[np.int64]:
    """Dixièmes de minute : détour de 1,3 à 55 km/h, et deux minutes pour se garer."""
    km = np.hypot(*(de[:, None] - vers[None]).transpose(2, 0, 1)) * 1.3
    return (km * 600 / 55 + 20).astype(np.int64)


def communes(
    hasard: np.random.Generator, *, nombre: int, cote: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Leurs places sur la carte, et leur part de la population."""
    population = hasard.pareto(1.2, nombre) + 0.2
    return hasard.uniform(0, cote, (nombre, 2)), population / population.sum()


@dataclass(frozen=True)
class Territoire:
    """Un Département : ses communes, ses référents, leurs bureaux, types et places."""

    communes: NDArray[np.float64]
    parts: NDArray[np.float64]
    bureaux: NDArray[np.float64]
    admet: NDArray[np.bool_]
    capacites: NDArray[np.int64]

    @classmethod
    def tirer(cls, *, graine: int, demandeurs: int, referents: int) -> "Territoire":
        """Huit pour cent de places de plus que de demandeurs."""
        hasard = np.random.default_rng(graine)
        ou, parts = communes(hasard, nombre=max(60, demandeurs // 30), cote=85.0)
        admet = hasard.random((referents, 4)) < np.array(_ADMIS)
        admet[np.arange(referents), hasard.choice(4, referents, p=_PARTS)] = True
        poids = hasard.uniform(0.5, 1.5, referents)
        capacites = np.maximum(1, (poids / poids.sum() * demandeurs * 1.08).round())
        bureaux = ou[hasard.choice(len(ou), referents, p=parts)]
        return cls(ou, parts, bureaux, admet, capacites.astype(np.int64))

    def places(self) -> tuple[Place, ...]:
        """Les référents, au premier jour."""
        return tuple(
            Place(
                libres=int(c),
                charge=0,
                capacite=int(c),
                orientations=frozenset(str(t) for t in np.flatnonzero(self.admet[j])),
                est_presente=True,
            )
            for j, c in enumerate(self.capacites)
        )

    def arrivees(self, *, graine: int, demandeurs: int, semaines: int) -> list[list[Demandeur]]:
        """Des demandeurs arrivés chaque semaine."""
        hasard = np.random.default_rng(graine)
        m = len(self.capacites)
        gens = self.communes[hasard.choice(len(self.parts), demandeurs, p=self.parts)]
        minutes = trajets(gens, self.bureaux) + hasard.integers(0, 40, (demandeurs, 1))
        types = hasard.choice(4, demandeurs, p=_PARTS)
        suivis = np.where(hasard.random(demandeurs) < 0.3, hasard.integers(0, m, demandeurs), -1)
        tous = [
            Demandeur(
                unite=i,
                orientation=str(types[i]),
                minutes=tuple(minutes[i].tolist()),
                continuite=int(suivis[i]) if suivis[i] >= 0 else None,
                est_sans_vehicule=False,
                orientee_le=ORIGINE + timedelta(weeks=i * semaines // demandeurs),
            )
            for i in range(demandeurs)
        ]
        bornes = [demandeurs * k // semaines for k in range(semaines + 1)]
        return [tous[a:b] for a, b in zip(bornes, bornes[1:], strict=False)]


def tableau(*, graine: int, demandeurs: int, referents: int) -> Tableau:
    """Le tableau d'une affectation en une fois, sans passer par un objet par demandeur."""
    r = REGLAGE
    t = Territoire.tirer(graine=graine, demandeurs=demandeurs, referents=referents)
    hasard = np.random.default_rng(graine + 1)
    gens = t.communes[hasard.choice(len(t.parts), demandeurs, p=t.parts)]
    gens = gens + hasard.normal(0, 2, gens.shape)
    trajet = trajets(gens, t.bureaux)
    cout = trajet + r.base + r.poids_exces * np.maximum(trajet - r.seuil, 0)
    suivis = np.flatnonzero(hasard.random(demandeurs) < 0.3)
    cout[suivis, hasard.integers(0, referents, len(suivis))] -= r.bonus_continuite
    types = hasard.choice(4, demandeurs, p=_PARTS)
    cout[~t.admet.T[types] | (trajet > r.minutes_max)] = -1
    rang = np.arange(int(t.capacites.max()))
    segment = rang[None] * r.segments // t.capacites[:, None]
    pris = (rang[None] < t.capacites[:, None])[:, :, None] & (
        segment[:, :, None] == np.arange(r.segments)
    )
    return Tableau(
        couts=cout.astype(np.int32),
        sieges=pris.sum(axis=1),
        prix=np.tile(np.arange(r.segments) * r.pas_equilibre, (referents, 1)),
        sans=np.full(demandeurs, r.cout_non_affecte),
    )
