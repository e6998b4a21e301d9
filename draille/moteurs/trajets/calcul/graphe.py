"""Le graphe routier : ses arêtes, et l'accrochage d'un point à la route la plus proche.

Les poids sont des millisecondes entières tenues dans des flottants : leurs sommes sont exactes, et
le même trajet vaut le même nombre cherché depuis l'origine ou, à l'envers, depuis la destination.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from draille.moteurs.trajets.calcul.temps import RAYON_TERRE_KM, Point, Reels

Entiers = npt.NDArray[np.int32]
Rangs = npt.NDArray[np.int64]
Courts = npt.NDArray[np.float32]

# Le point d'accroche le plus proche n'est pas toujours sur la route la plus proche.
CANDIDATS = 8
METRES_PAR_DEGRE = 1000 * RAYON_TERRE_KM * np.pi / 180


@dataclass(frozen=True, kw_only=True, eq=False)
class Accroches:
    """Des points posés sur des arêtes, et le temps pour en partir ou y arriver par leurs bouts.

    `bouts` (k, 2) : le premier et le second nœud de l'arête. `partir`, `arriver` (k, 2) :
    millisecondes entre la route au droit du point et chaque bout, infinies à contresens. `acces` :
    millisecondes du point à la route. `metres` : leur distance, infinie si le point est trop loin
    de toute route ; son `arete` vaut alors -1.
    """

    arete: Rangs
    bouts: Rangs
    partir: Reels
    arriver: Reels
    acces: Reels
    metres: Reels

    @property
    def connus(self) -> npt.NDArray[np.bool_]:
        """Ceux qui sont sur une route."""
        return self.arete >= 0

    def parmi(self, rangs: Rangs) -> "Accroches":
        """Les points de ces rangs."""
        return Accroches(
            arete=self.arete[rangs],
            bouts=self.bouts[rangs],
            partir=self.partir[rangs],
            arriver=self.arriver[rangs],
            acces=self.acces[rangs],
            metres=self.metres[rangs],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Graphe:
    """Un réseau prêt à chercher : ses arêtes, et les points où l'on s'y accroche.

    `de`, `vers` : les bouts de chaque arête. `aller`, `retour` : ses millisecondes, -1 à
    contresens. `latitudes`, `longitudes`, `aretes`, `fractions` : les points d'accroche, et la part
    du temps de l'arête à laquelle chacun se trouve. `origine` : d'où vient le graphe.
    """

    noeuds: int
    de: Entiers
    vers: Entiers
    aller: Entiers
    retour: Entiers
    latitudes: Courts
    longitudes: Courts
    aretes: Entiers
    fractions: Courts
    origine: Mapping[str, str]

    @cached_property
    def direct(self) -> Any:
        """Les temps de chaque nœud à ses suivants (csr, millisecondes)."""
        return creux(self.noeuds, *self._sens())

    @cached_property
    def transpose(self) -> Any:
        """Les temps vers chaque nœud depuis ses précédents : les gens vont VERS les lieux."""
        return self.direct.T.tocsr()

    @cached_property
    def _arbre(self) -> Any:
        # Ni équilibré ni resserré : deux fois plus vite bâti, et la recherche n'y perd rien ici.
        return cKDTree(self._lieux, balanced_tree=False, compact_nodes=False)

    @cached_property
    def _lieux(self) -> Reels:
        return self._plan(self.latitudes, self.longitudes)

    @cached_property
    def _echelle(self) -> float:
        return float(np.cos(np.radians(np.mean(self.latitudes, dtype=np.float64))))

    def chauffer(self) -> None:
        """Bâtit d'avance ce que la première recherche attendrait."""
        _ = (self.direct, self.transpose, self._arbre)

    def accrocher(
        self, *, points: Sequence[Point], metres_max: float, metres_par_seconde: float
    ) -> Accroches:
        """Chaque point sur la route la plus proche, rejointe en ligne droite à cette allure."""
        degres = np.array([(p.latitude, p.longitude) for p in points], dtype=np.float64)
        degres = degres.reshape(-1, 2)
        ici = self._plan(degres[:, 0], degres[:, 1])
        loin, candidats = self._arbre.query(ici, k=CANDIDATS, distance_upper_bound=metres_max)
        rang, colonne = np.nonzero(np.isfinite(loin))
        ou = candidats[rang, colonne]
        metres_de, part_de = self._projeter(ici[rang], ou)
        # Le premier de chaque point, dans l'ordre des distances, est sa route la plus proche.
        ordre = np.lexsort((metres_de, rang))
        connus, premiers = np.unique(rang[ordre], return_index=True)
        choisis = ordre[premiers]
        metres, fractions = np.full(len(ici), np.inf), np.zeros(len(ici))
        arete = np.full(len(ici), -1, np.int64)
        metres[connus], fractions[connus] = metres_de[choisis], part_de[choisis]
        arete[connus] = self.aretes[ou[choisis]]
        partir, arriver = self._bouts(arete, fractions)
        return Accroches(
            arete=arete,
            bouts=np.stack([self.de[arete], self.vers[arete]], axis=1).astype(np.int64),
            partir=partir,
            arriver=arriver,
            acces=np.rint(1000 * metres / metres_par_seconde),
            metres=metres,
        )

    def _projeter(self, ici: Reels, ou: Rangs) -> tuple[Reels, Reels]:
        """Au droit du point, entre le point d'accroche trouvé et ses voisins : mètres et part."""
        metres = np.full(len(ou), np.inf)
        fraction = np.zeros(len(ou))
        for pas in (-1, 1):
            voisin = np.clip(ou + pas, 0, len(self.aretes) - 1)
            voisin = np.where(self.aretes[voisin] == self.aretes[ou], voisin, ou)
            corde = self._lieux[voisin] - self._lieux[ou]
            ecart = ici - self._lieux[ou]
            norme = np.maximum((corde**2).sum(axis=1), 1e-9)
            part = np.clip((corde * ecart).sum(axis=1) / norme, 0, 1)
            loin = np.hypot(*(ecart - part[:, None] * corde).T)
            mieux = loin < metres
            de, vers = self.fractions[ou], self.fractions[voisin]
            fraction = np.where(mieux, de + part * (vers - de), fraction)
            metres = np.where(mieux, loin, metres)
        return metres, fraction

    def _bouts(self, arete: Rangs, fraction: Reels) -> tuple[Reels, Reels]:
        aller, retour = _infinis(self.aller[arete]), _infinis(self.retour[arete])
        depuis_de, depuis_vers = _part(fraction, aller), _part(1 - fraction, retour)
        partir = np.stack([retour - _part(1 - fraction, retour, fini=True), aller], axis=1)
        partir[:, 1] -= _part(fraction, aller, fini=True)
        return partir, np.stack([depuis_de, depuis_vers], axis=1)

    def _sens(self) -> tuple[Entiers, Entiers, Reels]:
        """Les arcs : chaque arête dans chaque sens ouvert ; une boucle ne mène nulle part."""
        allers = (self.aller >= 0) & (self.de != self.vers)
        retours = (self.retour >= 0) & (self.de != self.vers)
        return (
            np.concatenate([self.de[allers], self.vers[retours]]),
            np.concatenate([self.vers[allers], self.de[retours]]),
            np.concatenate([self.aller[allers], self.retour[retours]]).astype(np.float64),
        )

    def _plan(self, nord: npt.NDArray[Any], est: npt.NDArray[Any]) -> Reels:
        """Des mètres, sur un plan tangent au milieu du réseau : juste à l'échelle d'un accès."""
        plan = np.empty((len(nord), 2))
        plan[:, 0] = METRES_PAR_DEGRE * nord
        plan[:, 1] = METRES_PAR_DEGRE * self._echelle * est
        return plan


def creux(noeuds: int, de: npt.NDArray[Any], vers: npt.NDArray[Any], poids: Reels) -> Any:
    """La matrice creuse de ces arcs ; entre deux arcs parallèles, le plus court."""
    arcs = coo_array((poids, (de, vers)), shape=(noeuds, noeuds))
    # Sans cela, scipy additionnerait les arcs parallèles ; ses composantes ne les supportent pas.
    arcs.has_canonical_format = True
    ranges = arcs.tocsr()
    ranges.sort_indices()
    ligne = np.repeat(np.arange(noeuds), np.diff(ranges.indptr))
    premier = np.ones(len(ligne), dtype=bool)
    premier[1:] = (ligne[1:] != ligne[:-1]) | (ranges.indices[1:] != ranges.indices[:-1])
    if premier.all():
        return ranges
    debuts = np.zeros(noeuds + 1, dtype=np.int32)
    np.cumsum(np.bincount(ligne[premier], minlength=noeuds), out=debuts[1:])
    courts = np.minimum.reduceat(ranges.data, np.flatnonzero(premier))
    return csr_array((courts, ranges.indices[premier], debuts), shape=(noeuds, noeuds))


def _infinis(ms: Entiers) -> Reels:
    return np.where(ms < 0, np.inf, ms.astype(np.float64))


def _part(fraction: Reels, total: Reels, *, fini: bool = False) -> Reels:
    """La part entière de ce total ; `fini` : zéro, et non l'infini, à contresens."""
    ouverts = np.isfinite(total)
    rendu = np.full(len(total), 0.0 if fini else np.inf)
    rendu[ouverts] = np.rint(fraction[ouverts] * total[ouverts])
    return rendu
