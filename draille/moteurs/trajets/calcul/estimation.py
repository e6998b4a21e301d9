"""Le temps estimé sans réseau routier, en voiture et à pied.

En voiture : une droite sur les logarithmes de la distance à vol d'oiseau et des densités. À pied :
le vol d'oiseau, un détour et un pas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from draille.moteurs.trajets.calcul.temps import (
    Bande,
    Grille,
    Matrice,
    Methode,
    Mode,
    Point,
    Reels,
    Temps,
    distances_km,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """La droite calée, ses planchers et sa bande.

    ln(minutes) = `constante` + `distance` ln(km) + `densite` (ln d1 + ln d2), d en habitants par
    km². `bande_bas` et `bande_haut` multiplient le temps estimé, et la bande s'en écarte d'au moins
    `bande_minutes` de chaque côté. `distance_min_km` et `densite_min` bornent les entrées au
    domaine du calage ; `minutes_min` borne le résultat.
    """

    constante: float
    distance: float
    densite: float
    distance_min_km: float
    densite_min: float
    minutes_min: float
    bande_bas: float
    bande_haut: float
    bande_minutes: float

    @property
    def bande(self) -> Bande:
        """La bande, telle que tous les moteurs la portent."""
        return Bande(bas=self.bande_bas, haut=self.bande_haut, minutes=self.bande_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimation:
    """Le moteur sans réseau routier, en voiture. Symétrique : l'aller vaut le retour."""

    coefficients: Coefficients

    @property
    def methode(self) -> Methode:
        """Toujours « estimation » : elle ne se donne pas pour un itinéraire."""
        return "estimation"

    def matrice(
        self,
        *,
        origines: Sequence[Point],
        destinations: Sequence[Point],
        limite: int | None = None,
    ) -> Matrice:
        """Tous les temps estimés, dans leur ordre ; la limite ne ferait rien gagner."""
        c = self.coefficients
        km = distances_km(origines=origines, destinations=destinations)
        km = np.maximum(km, c.distance_min_km)
        logarithmes = (
            c.constante
            + c.distance * np.log(km)
            + c.densite
            * (self._densites(origines)[:, None] + self._densites(destinations)[None, :])
        )
        estimees = np.maximum(np.exp(logarithmes), c.minutes_min)
        return _matrice(estimees, c.bande, "voiture")

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps estimé d'un point à un autre : la case de la matrice d'une ligne."""
        matrice = self.matrice(origines=(origine,), destinations=(destination,))
        return matrice.temps(origine=0, destination=0)

    def _densites(self, points: Sequence[Point]) -> Reels:
        densites = np.array([p.densite for p in points], dtype=np.float64)
        bornees: Reels = np.maximum(densites, self.coefficients.densite_min)
        return np.log(bornees)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimationPied:
    """À pied : `detour` fois le vol d'oiseau à `km_h`, au moins `minutes_min`."""

    km_h: float
    detour: float
    minutes_min: float
    bande: Bande

    @property
    def methode(self) -> Methode:
        """Toujours « estimation »."""
        return "estimation"

    def matrice(
        self,
        *,
        origines: Sequence[Point],
        destinations: Sequence[Point],
        limite: int | None = None,
    ) -> Matrice:
        """Tous les temps estimés, dans leur ordre ; la limite ne ferait rien gagner."""
        km = distances_km(origines=origines, destinations=destinations)
        estimees = np.maximum(km * self.detour / self.km_h * 60, self.minutes_min)
        return _matrice(estimees, self.bande, "pied")

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps estimé d'un point à un autre : la case de la matrice d'une ligne."""
        matrice = self.matrice(origines=(origine,), destinations=(destination,))
        return matrice.temps(origine=0, destination=0)


def _matrice(estimees: Reels, bande: Bande, mode: Mode) -> Matrice:
    minutes: Grille = np.rint(10 * estimees).astype(np.int32)
    bas, haut = bande.bornes(minutes)
    return Matrice(minutes=minutes, bas=bas, haut=haut, methode="estimation", mode=mode)
