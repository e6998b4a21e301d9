"""La population à moins d'un seuil du point le plus proche, et ce que change une fermeture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Grille = npt.NDArray[np.int32]
Entiers = npt.NDArray[np.int64]
Rangs = npt.NDArray[np.intp]
Booleens = npt.NDArray[np.bool_]

# Plus long que tout trajet : aucun point, ou aucune route.
HORS_DE_PORTEE = int(np.iinfo(np.int32).max)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proches:
    """Pour chaque commune, le rang du point le plus proche (−1 : aucun) et ses temps.

    `minutes` : dixièmes de minute vers lui. `bas`, `haut` : le plus court des temps bas et le plus
    court des temps hauts, tous points confondus ; ils encadrent le temps vrai le plus court.
    """

    point: Rangs
    minutes: Grille
    bas: Grille
    haut: Grille


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Couverture:
    """Ce que des points couvrent d'une population, à moins de `seuil` dixièmes de minute.

    `couvertes` : par commune. `surement` : même si chaque trajet prend son temps haut.
    `peut_etre` : si chacun prend son temps bas. Les parts vont de 0 à 1 ; nulles sans habitant.
    """

    proches: Proches
    populations: Entiers
    seuil: int
    couvertes: Booleens
    surement: Booleens
    peut_etre: Booleens

    @property
    def population(self) -> int:
        """Tous les habitants."""
        return int(self.populations.sum())

    @property
    def population_couverte(self) -> int:
        """Les habitants des communes couvertes."""
        return int(self.populations[self.couvertes].sum())

    @property
    def part(self) -> Fraction | None:
        """La part couverte ; None s'il n'y a personne."""
        return self._part(self.couvertes)

    @property
    def part_basse(self) -> Fraction | None:
        """La part couverte si tous les trajets prennent leur temps haut."""
        return self._part(self.surement)

    @property
    def part_haute(self) -> Fraction | None:
        """La part couverte si tous les trajets prennent leur temps bas."""
        return self._part(self.peut_etre)

    def _part(self, lesquelles: Booleens) -> Fraction | None:
        if not self.population:
            return None
        return Fraction(int(self.populations[lesquelles].sum()), self.population)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fermeture:
    """Ce qui change quand un point ferme.

    `perdues` : rangs des communes qui étaient couvertes et ne le sont plus. `deplacees` : celles
    dont il était le plus proche, et qui iront ailleurs (`apres.proches`). Les perdues en sont.
    """

    avant: Couverture
    apres: Couverture
    perdues: tuple[int, ...]
    deplacees: tuple[int, ...]

    @property
    def population_perdue(self) -> int:
        """Les habitants qui ne sont plus couverts."""
        return self.avant.population_couverte - self.apres.population_couverte


def plus_proches(
    *, minutes: Grille, bas: Grille | None = None, haut: Grille | None = None
) -> Proches:
    """Le point le plus proche de chaque commune, d'une grille (n communes, m points).

    À égalité, le premier point. Sans `bas` ni `haut`, le temps n'a pas de bande.
    """
    n, m = minutes.shape
    if m == 0:
        loin = np.full(n, HORS_DE_PORTEE, dtype=np.int32)
        return Proches(point=np.full(n, -1, dtype=np.intp), minutes=loin, bas=loin, haut=loin)
    point = minutes.argmin(axis=1)
    milieu = minutes[np.arange(n), point]
    return Proches(
        point=np.where(milieu == HORS_DE_PORTEE, -1, point),
        minutes=milieu,
        bas=milieu if bas is None else bas.min(axis=1),
        haut=milieu if haut is None else haut.min(axis=1),
    )


def reunir(*, blocs: Iterable[Proches]) -> Proches:
    """Les communes de plusieurs blocs, dans leur ordre : un pays entier tient par morceaux."""
    lus = list(blocs) or [plus_proches(minutes=np.zeros((0, 0), dtype=np.int32))]
    return Proches(
        point=np.concatenate([b.point for b in lus]),
        minutes=np.concatenate([b.minutes for b in lus]),
        bas=np.concatenate([b.bas for b in lus]),
        haut=np.concatenate([b.haut for b in lus]),
    )


def couvrir(*, proches: Proches, populations: Sequence[int] | Entiers, seuil: int) -> Couverture:
    """La couverture de ces habitants, par commune. `seuil` en dixièmes de minute, exclu.

    Lève ValueError si une population manque ou est négative, ou si le seuil n'est pas positif.
    """
    habitants = np.asarray(populations, dtype=np.int64)
    if habitants.shape != proches.minutes.shape:
        raise ValueError("une population par commune, dans le même ordre")
    if seuil <= 0 or (habitants < 0).any():
        raise ValueError("un seuil est positif, une population n'est pas négative")
    return Couverture(
        proches=proches,
        populations=habitants,
        seuil=seuil,
        couvertes=proches.minutes < seuil,
        surement=proches.haut < seuil,
        peut_etre=proches.bas < seuil,
    )


def fermer(
    *,
    minutes: Grille,
    bas: Grille,
    haut: Grille,
    populations: Sequence[int] | Entiers,
    seuil: int,
    point: int,
) -> Fermeture:
    """Ce qui change si le point de ce rang ferme, les autres restant ouverts.

    Lève ValueError comme `couvrir`, ou si le rang n'est pas celui d'un point.
    """
    if not 0 <= point < minutes.shape[1]:
        raise ValueError("ce rang n'est pas celui d'un point")
    avant = plus_proches(minutes=minutes, bas=bas, haut=haut)
    restants = [np.delete(grille, point, axis=1) for grille in (minutes, bas, haut)]
    reste = plus_proches(minutes=restants[0], bas=restants[1], haut=restants[2])
    # Les rangs d'avant : les points d'après la colonne ôtée reprennent leur place.
    rangs = np.where(reste.point >= point, reste.point + 1, reste.point)
    apres = Proches(point=rangs, minutes=reste.minutes, bas=reste.bas, haut=reste.haut)
    lue = couvrir(proches=avant, populations=populations, seuil=seuil)
    sans = couvrir(proches=apres, populations=populations, seuil=seuil)
    return Fermeture(
        avant=lue,
        apres=sans,
        perdues=tuple(np.flatnonzero(lue.couvertes & ~sans.couvertes).tolist()),
        deplacees=tuple(np.flatnonzero(avant.point == point).tolist()),
    )


def sommes(
    *, couverture: Couverture, groupes: Sequence[int] | Entiers, nombre: int
) -> tuple[tuple[int, int, int, int], ...]:
    """Par groupe de communes (0 à `nombre` − 1 ; −1 : aucun) : habitants, couverts, puis couverts
    au temps haut et au temps bas.
    """
    de = np.asarray(groupes, dtype=np.int64)
    dedans = de >= 0
    colonnes = []
    for lesquelles in (None, couverture.couvertes, couverture.surement, couverture.peut_etre):
        gardees = dedans if lesquelles is None else dedans & lesquelles
        # bincount pondère en flottants : exact jusqu'à 2^53, plus que la population du monde.
        poids = couverture.populations[gardees].astype(np.float64)
        compte = np.bincount(de[gardees], weights=poids, minlength=nombre)
        colonnes.append([round(x) for x in compte.tolist()])
    return tuple(zip(*colonnes, strict=True))


def pertes(*, minutes: Grille, populations: Sequence[int] | Entiers, seuil: int) -> tuple[int, ...]:
    """Par point, les habitants qu'il est seul à couvrir : ce que sa fermeture ferait perdre."""
    couvre = minutes < seuil
    seules = couvre.sum(axis=1) == 1
    habitants = np.asarray(populations, dtype=np.int64) * seules
    return tuple(int(x) for x in habitants @ couvre)
