"""Le temps de trajet en voiture entre deux communes : l'interface des moteurs, et l'estimation.

Un temps porte toujours sa méthode et sa bande. L'estimation se passe de réseau routier : elle tient
en une droite sur les logarithmes de la distance à vol d'oiseau et des densités de population. Les
durées sont des dixièmes de minute entiers, pour que le même calcul rende partout le même nombre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Methode = Literal["estimation", "graphe", "osrm"]
Grille = npt.NDArray[np.int32]
Reels = npt.NDArray[np.float64]

RAYON_TERRE_KM = 6371.0088


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Un lieu : position WGS 84 en degrés, densité de sa commune en habitants par km²."""

    latitude: float
    longitude: float
    densite: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Temps:
    """Un temps en voiture, en dixièmes de minute : `bas` <= `minutes` <= `haut`."""

    minutes: int
    bas: int
    haut: int
    methode: Methode

    @property
    def libelle(self) -> str:
        """« 24 min en voiture (estimation, entre 20 et 32) », bornes arrondies vers l'extérieur."""
        milieu, bas, haut = (self.minutes + 5) // 10, self.bas // 10, -(-self.haut // 10)
        if self.methode == "estimation":
            return f"{milieu} min en voiture (estimation, entre {bas} et {haut})"
        return f"{milieu} min en voiture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrice:
    """Les temps de n origines à m destinations : trois grilles (n, m) en dixièmes de minute."""

    minutes: Grille
    bas: Grille
    haut: Grille
    methode: Methode

    def temps(self, *, origine: int, destination: int) -> Temps:
        """Le temps d'une case, par son rang d'origine et son rang de destination."""
        return Temps(
            minutes=int(self.minutes[origine, destination]),
            bas=int(self.bas[origine, destination]),
            haut=int(self.haut[origine, destination]),
            methode=self.methode,
        )


class Moteur(Protocol):
    """Ce que rend tout moteur de trajets : l'estimation, un graphe routier, un serveur OSRM.

    Un moteur est déterministe : les mêmes points donnent les mêmes dixièmes de minute, un à un ou
    en matrice. Il peut distinguer l'aller du retour ; l'estimation ne le fait pas.
    """

    @property
    def methode(self) -> Methode:
        """Le nom du moteur, porté par chaque temps."""
        ...

    def matrice(self, *, origines: Sequence[Point], destinations: Sequence[Point]) -> Matrice:
        """Tous les temps des origines aux destinations, dans leur ordre."""
        ...

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps d'un point à un autre."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimation:
    """Le moteur sans réseau routier. Symétrique : l'aller vaut le retour."""

    coefficients: Coefficients

    @property
    def methode(self) -> Methode:
        """Toujours « estimation » : elle ne se donne pas pour un itinéraire."""
        return "estimation"

    def matrice(self, *, origines: Sequence[Point], destinations: Sequence[Point]) -> Matrice:
        """Tous les temps estimés des origines aux destinations, dans leur ordre."""
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
        minutes = np.rint(10 * estimees).astype(np.int32)
        return Matrice(
            minutes=minutes,
            bas=self._bas(minutes),
            haut=self._haut(minutes),
            methode=self.methode,
        )

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps estimé d'un point à un autre : la case de la matrice d'une ligne."""
        matrice = self.matrice(origines=(origine,), destinations=(destination,))
        return matrice.temps(origine=0, destination=0)

    def _bas(self, minutes: Grille) -> Grille:
        c = self.coefficients
        bas = np.minimum(minutes * c.bande_bas, minutes - 10 * c.bande_minutes)
        entiers: Grille = np.floor(np.maximum(bas, 0)).astype(np.int32)
        return entiers

    def _haut(self, minutes: Grille) -> Grille:
        c = self.coefficients
        haut = np.maximum(minutes * c.bande_haut, minutes + 10 * c.bande_minutes)
        entiers: Grille = np.ceil(haut).astype(np.int32)
        return entiers

    def _densites(self, points: Sequence[Point]) -> Reels:
        densites = np.array([p.densite for p in points], dtype=np.float64)
        bornees: Reels = np.maximum(densites, self.coefficients.densite_min)
        return np.log(bornees)


def distances_km(*, origines: Sequence[Point], destinations: Sequence[Point]) -> Reels:
    """Les distances à vol d'oiseau (n, m) en kilomètres, par la formule du demi-sinus verse."""
    lat1, lon1 = _radians(origines)
    lat2, lon2 = _radians(destinations)
    nord = np.sin((lat1[:, None] - lat2[None, :]) / 2) ** 2
    est = np.sin((lon1[:, None] - lon2[None, :]) / 2) ** 2
    corde = nord + np.cos(lat1)[:, None] * np.cos(lat2)[None, :] * est
    # L'arrondi peut passer 1 d'un cheveu entre deux antipodes.
    angles: Reels = 2 * np.arcsin(np.sqrt(np.minimum(corde, 1.0)))
    return RAYON_TERRE_KM * angles


def _radians(points: Sequence[Point]) -> tuple[Reels, Reels]:
    degres = np.array([(p.latitude, p.longitude) for p in points], dtype=np.float64).reshape(-1, 2)
    return np.radians(degres[:, 0]), np.radians(degres[:, 1])
