"""Ce que rend tout moteur de trajets : un point, un temps, une matrice, et leur interface.

Un temps porte toujours son mode, sa méthode et sa bande. Les durées sont des dixièmes de minute
entiers, pour que le même calcul rende partout le même nombre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Methode = Literal["estimation", "graphe", "osrm"]
Mode = Literal["voiture", "pied"]
Grille = npt.NDArray[np.int32]
Masque = npt.NDArray[np.bool_]
Reels = npt.NDArray[np.float64]

RAYON_TERRE_KM = 6371.0088
INCONNU = -1
"""La case que le moteur ne sait pas remplir : point trop loin de toute route, serveur muet."""
AU_DELA = int(np.iinfo(np.int32).max)
"""La case au-delà de la limite demandée."""

DITS: dict[Mode, str] = {"voiture": "en voiture", "pied": "à pied"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Un lieu : position WGS 84 en degrés, densité de sa commune en habitants par km²."""

    latitude: float
    longitude: float
    densite: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Temps:
    """Un temps de trajet, en dixièmes de minute : `bas` <= `minutes` <= `haut`."""

    minutes: int
    bas: int
    haut: int
    methode: Methode
    mode: Mode = "voiture"

    @property
    def libelle(self) -> str:
        """« 24 min en voiture (estimation, entre 20 et 32) », bornes arrondies vers l'extérieur."""
        milieu, bas, haut = (self.minutes + 5) // 10, self.bas // 10, -(-self.haut // 10)
        dit = f"{milieu} min {DITS[self.mode]}"
        if self.methode == "estimation":
            return f"{dit} (estimation, entre {bas} et {haut})"
        return dit if self.bas == self.haut else f"{dit} (par la route, entre {bas} et {haut})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrice:
    """Les temps de n origines à m destinations : trois grilles (n, m) en dixièmes de minute.

    `repli` : les cases que `methode` n'a pas su remplir et que l'estimation a remplies ; nul quand
    il n'y en a pas. Avec une limite, une case au-delà vaut `AU_DELA` dans les trois grilles.
    """

    minutes: Grille
    bas: Grille
    haut: Grille
    methode: Methode
    mode: Mode = "voiture"
    repli: Masque | None = None

    def temps(self, *, origine: int, destination: int) -> Temps:
        """Le temps d'une case, par son rang d'origine et son rang de destination."""
        estimee = self.repli is not None and bool(self.repli[origine, destination])
        return Temps(
            minutes=int(self.minutes[origine, destination]),
            bas=int(self.bas[origine, destination]),
            haut=int(self.haut[origine, destination]),
            methode="estimation" if estimee else self.methode,
            mode=self.mode,
        )

    def cases(self, *, origines: Sequence[int], destinations: Sequence[int]) -> "Matrice":
        """La matrice de ces rangs d'origine et de destination, répétitions admises."""
        ou = np.ix_(np.asarray(origines, np.int64), np.asarray(destinations, np.int64))
        return Matrice(
            minutes=self.minutes[ou],
            bas=self.bas[ou],
            haut=self.haut[ou],
            methode=self.methode,
            mode=self.mode,
            repli=None if self.repli is None else self.repli[ou],
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

    def matrice(
        self,
        *,
        origines: Sequence[Point],
        destinations: Sequence[Point],
        limite: int | None = None,
    ) -> Matrice:
        """Tous les temps des origines aux destinations, dans leur ordre.

        `limite` (dixièmes de minute) : au-delà, un moteur peut répondre `AU_DELA` pour aller vite.
        """
        ...

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps d'un point à un autre."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bande:
    """L'incertitude : des facteurs du temps, et jamais moins de `minutes` de chaque côté."""

    bas: float
    haut: float
    minutes: float

    def bornes(self, grille: Grille) -> tuple[Grille, Grille]:
        """Le bas et le haut de chaque case, en dixièmes ; une case sans temps se garde."""
        temps = grille.astype(np.float64)
        ecart = 10 * self.minutes
        bas = np.floor(np.maximum(np.minimum(temps * self.bas, temps - ecart), 0))
        haut = np.ceil(np.maximum(temps * self.haut, temps + ecart))
        vide = (grille == INCONNU) | (grille == AU_DELA)
        return (
            np.where(vide, grille, bas).astype(np.int32),
            np.where(vide, grille, haut).astype(np.int32),
        )


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
