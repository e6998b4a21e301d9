"""igraph, networkit et pandana, chacun au mieux de ce qu'il sait, sur les arcs du produit.

Chacun se bâtit sur un graphe, ses lieux, et la plus longue des durées qu'il aura à trouver.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.trajets.calcul.graphe import Graphe

Rangs = NDArray[np.int64]
Reels = NDArray[np.float64]


def _arcs(graphe: Graphe) -> tuple[Rangs, Rangs, Reels]:
    """Les arcs du graphe transposé : départ, arrivée, millisecondes."""
    creux = graphe.transpose.tocoo()
    return creux.row.astype(np.int64), creux.col.astype(np.int64), creux.data


def _avec_source(graphe: Graphe, lieux: Rangs) -> tuple[Rangs, Rangs, Reels]:
    """Les mêmes, et un nœud de plus qui touche tous les lieux sans durée."""
    de, vers, ms = _arcs(graphe)
    return (
        np.append(de, np.full(len(lieux), graphe.noeuds)),
        np.append(vers, lieux),
        np.append(ms, np.zeros(len(lieux))),
    )


class Igraph:
    """python-igraph : le tas binaire du C."""

    part = 1.0

    def __init__(self, graphe: Graphe, lieux: Rangs, portee: float) -> None:
        import igraph

        de, vers, ms = _avec_source(graphe, lieux)
        self.source, self.lieux, self.poids = graphe.noeuds, lieux.tolist(), ms.tolist()
        arcs = np.stack([de, vers], axis=1)
        self.graphe = igraph.Graph(n=graphe.noeuds + 1, edges=arcs, directed=True)

    def champ(self) -> Any:
        """De la source ajoutée à tous."""
        lignes = self.graphe.distances(source=[self.source], weights=self.poids, mode="out")
        return lignes[0][:-1]

    def matrice(self, ou: Rangs) -> Any:
        """Des lieux aux adresses."""
        uniques, rangs = np.unique(ou, return_inverse=True)
        lignes = self.graphe.distances(
            source=self.lieux, target=uniques.tolist(), weights=self.poids, mode="out"
        )
        return np.array(lignes)[:, rangs]


class Networkit:
    """NetworKit : ses algorithmes parallèles."""

    part = 1.0

    def __init__(self, graphe: Graphe, lieux: Rangs, portee: float) -> None:
        import networkit as nk

        de, vers, ms = _avec_source(graphe, lieux)
        self.nk, self.source, self.lieux = nk, graphe.noeuds, lieux.tolist()
        # Le constructeur depuis un autre graphe oublie les poids ; celui-ci les garde.
        self.graphe = nk.GraphFromCoo(
            (ms, (de.astype(np.uint64), vers.astype(np.uint64))),
            n=graphe.noeuds + 1,
            weighted=True,
            directed=True,
        )

    def champ(self) -> Any:
        """De la source ajoutée à tous."""
        calcul = self.nk.distance.Dijkstra(self.graphe, self.source, storePaths=False)
        calcul.run()
        return np.asarray(calcul.getDistances())[:-1]

    def matrice(self, ou: Rangs) -> Any:
        """Des lieux à tous, par plusieurs fils."""
        calcul = self.nk.distance.SPSP(self.graphe, self.lieux)
        calcul.run()
        return np.asarray(calcul.getDistances())[:, ou]


class Pandana:
    """pandana : des hiérarchies de contraction, longues à préparer. Ses poids sont des minutes."""

    # Chaque paire est un calcul à part : un dixième suffit à en connaître le prix.
    part = 0.1

    def __init__(self, graphe: Graphe, lieux: Rangs, portee: float) -> None:
        import pandana
        import pandas as pd

        vers, de, ms = _arcs(graphe)
        self.lieux, self.maximum = lieux, float(portee) / 60_000 + 1
        self.rangs = np.arange(graphe.noeuds)
        x = pd.Series(self.rangs.astype(float), index=self.rangs)
        self.reseau = pandana.Network(
            x,
            x * 0,
            pd.Series(de),
            pd.Series(vers),
            pd.DataFrame({"minutes": ms / 60_000}),
            twoway=False,
        )
        self.reseau.set_pois(
            category="lieux",
            maxdist=self.maximum,
            maxitems=1,
            x_col=x.iloc[lieux],
            y_col=x.iloc[lieux] * 0,
        )

    def champ(self) -> Any:
        """De tous au plus proche."""
        proches = self.reseau.nearest_pois(self.maximum, "lieux", num_pois=1)
        return proches[1].to_numpy() * 60_000

    def matrice(self, ou: Rangs) -> Any:
        """Toutes les paires."""
        de, vers = np.tile(ou, len(self.lieux)), np.repeat(self.lieux, len(ou))
        minutes = self.reseau.shortest_path_lengths(de, vers)
        return np.array(minutes).reshape(len(self.lieux), len(ou)) * 60_000


RIVAUX: dict[str, Callable[[Graphe, Rangs, float], Any]] = {
    "igraph": Igraph,
    "networkit": Networkit,
    "pandana": Pandana,
}
