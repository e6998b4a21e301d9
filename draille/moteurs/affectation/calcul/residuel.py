"""Le graphe résiduel des places : qui pourrait passer d'une place à l'autre, et à quel coût.

Il suffit à tout : un cycle négatif est une amélioration, son absence est la preuve de l'optimum,
les plus courts chemins sont les prix des places et les contrefactuels. Nœuds : les m places, puis
SANS (« non affecté »), puis le PUITS (un siège de plus ou de moins).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Entiers = NDArray[np.int64]
INFINI = np.int64(1 << 60)
_ASSEZ_PETIT = 1 << 28


@dataclass(frozen=True, slots=True)
class Tableau:
    """Un problème dense, forme (n, m), en nombres entiers.

    `couts` : -1 si la paire est interdite, sinon positif. `sieges` (m, s) : places libres par
    segment ; `prix` (m, s) : leur coût, positif et croissant le long d'une ligne. `sans` (n,) : le
    coût de rester non affecté.
    """

    couts: NDArray[Any]
    sieges: Entiers
    prix: Entiers
    sans: Entiers

    @property
    def forme(self) -> tuple[int, int]:
        """Demandeurs et places."""
        return self.couts.shape[0], self.couts.shape[1]


def charges(tableau: Tableau, choix: Entiers) -> Entiers:
    """Le nombre de demandeurs de chaque place."""
    return np.bincount(choix[choix >= 0], minlength=tableau.forme[1]).astype(np.int64)


def cout_des_sieges(tableau: Tableau, charge: Entiers) -> int:
    """Le coût des sièges pris, les moins chers d'abord."""
    avant = np.cumsum(tableau.sieges, axis=1) - tableau.sieges
    pris = np.clip(charge[:, None] - avant, 0, tableau.sieges)
    return int((pris * tableau.prix).sum())


def cout_des_choix(tableau: Tableau, choix: Entiers) -> Entiers:
    """Le coût de chaque demandeur chez qui il est, hors siège ; -1 si la paire est interdite."""
    rendu = tableau.sans.copy()
    places = np.flatnonzero(choix >= 0)
    rendu[places] = tableau.couts[places, choix[places]]
    return rendu


@dataclass(slots=True)
class Residuel:
    """Le graphe résiduel d'une affectation, que `deplacer` tient à jour."""

    tableau: Tableau
    choix: Entiers
    poids: Entiers

    @classmethod
    def du_puits(cls, tableau: Tableau, choix: Entiers) -> "Residuel":
        """Les seuls arcs du puits ; les autres restent à dire."""
        m = tableau.forme[1]
        rendu = cls(tableau, choix, np.full((m + 2, m + 2), INFINI, dtype=np.int64))
        rendu._arcs_du_puits()
        return rendu

    @classmethod
    def complet(cls, tableau: Tableau, choix: Entiers) -> "Residuel":
        """Tous les arcs, de toutes les paires."""
        m = tableau.forme[1]
        rendu = cls.du_puits(tableau, choix)
        ordre = np.argsort(choix, kind="stable")
        bornes = np.searchsorted(choix[ordre], np.arange(-1, m + 1))
        rendu._arcs(m, ordre[: bornes[1]])
        for j in range(m):
            rendu._arcs(j, ordre[bornes[j + 1] : bornes[j + 2]])
        return rendu

    def _arcs(self, j: int, membres: Entiers) -> None:
        """Les arcs qui sortent de la place j : le moindre surcoût de l'un de ses membres."""
        m = self.tableau.forme[1]
        ligne = self.poids[j]
        ligne[: m + 1] = INFINI
        if not len(membres):
            return
        ecarts = self._ecarts(j, membres)
        ligne[: m + 1] = ecarts.min(axis=0)
        ligne[j] = INFINI

    def _ecarts(self, j: int, membres: Entiers) -> Entiers:
        """Ce que coûterait à chaque membre de j d'aller ailleurs, forme (membres, m + 1)."""
        m = self.tableau.forme[1]
        cout = self.tableau.couts[membres].astype(np.int64)
        sans = self.tableau.sans[membres]
        ici = sans if j == m else cout[:, j]
        ecarts = np.empty((len(membres), m + 1), dtype=np.int64)
        ecarts[:, :m] = np.where(cout < 0, INFINI, cout - ici[:, None])
        ecarts[:, m] = sans - ici
        return ecarts

    def _arcs_du_puits(self) -> None:
        """Vers le puits : le prix du prochain siège ; depuis lui : celui du dernier, rendu."""
        m = self.tableau.forme[1]
        puits = m + 1
        charge = charges(self.tableau, self.choix)
        cumul = np.cumsum(self.tableau.sieges, axis=1)
        prochain = (cumul <= charge[:, None]).sum(axis=1)
        dernier = (cumul < charge[:, None]).sum(axis=1)
        prix = np.concatenate([self.tableau.prix, np.full((m, 1), INFINI)], axis=1)
        rangs = np.arange(m)
        self.poids[:m, puits] = prix[rangs, prochain]
        # Un siège vide se rend pour rien : les prix restent positifs.
        self.poids[puits, :m] = np.where(charge > 0, -prix[rangs, dernier], 0)
        self.poids[m, puits] = self.poids[puits, m] = 0

    def deplacer(self, cycle: list[int]) -> None:
        """Suit un cycle : le membre qui fait chaque arc change de place."""
        m = self.tableau.forme[1]
        changes: list[tuple[int, int]] = []
        for j, k in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            if m + 1 in (j, k):
                continue
            membres = self._membres(j)
            changes.append((int(membres[self._ecarts(j, membres)[:, k].argmin()]), k))
        for i, k in changes:
            self.choix[i] = k if k < m else -1
        for j in cycle:
            if j <= m:
                self._arcs(j, self._membres(j))
        self._arcs_du_puits()

    def _membres(self, j: int) -> Entiers:
        m = self.tableau.forme[1]
        return np.flatnonzero(self.choix == (-1 if j == m else j))

    def depuis_le_puits(self) -> tuple[Entiers, list[int]]:
        """Les distances depuis le puits et un cycle négatif, vide s'il n'y en a pas (optimum)."""
        return plus_courts(self.poids, depart=self.tableau.forme[1] + 1)


def plus_courts(poids: Entiers, *, depart: int) -> tuple[Entiers, list[int]]:
    """Bellman-Ford dense : distances depuis un nœud (INFINI : hors d'atteinte), cycle négatif."""
    distance = np.full(len(poids), INFINI, dtype=np.int64)
    distance[depart] = 0
    parent = np.full(len(poids), -1)
    actifs = np.array([depart])
    for tour in range(4 * len(poids) + 4):
        essais = distance[actifs, None] + poids[actifs]
        meilleur = essais.min(axis=0)
        gagne = np.flatnonzero((meilleur < distance) & (meilleur < INFINI // 2))
        if not len(gagne):
            return distance, []
        parent[gagne] = actifs[essais[:, gagne].argmin(axis=0)]
        distance[gagne] = meilleur[gagne]
        actifs = gagne
        if tour % 4 == 3 and (cycle := _cycle(parent)):
            return distance, cycle
    raise ArithmeticError("Bellman-Ford ne finit pas, sans cycle")


def _cycle(parent: NDArray[Any]) -> list[int]:
    """Un cycle du graphe des parents, dans le sens des arcs ; vide s'il n'y en a pas."""
    vu = np.zeros(len(parent), dtype=np.int64)
    for depart in range(len(parent)):
        chemin, noeud = [], depart
        while noeud >= 0 and not vu[noeud]:
            vu[noeud] = depart + 1
            chemin.append(noeud)
            noeud = int(parent[noeud])
        if noeud >= 0 and vu[noeud] == depart + 1:
            return chemin[chemin.index(noeud) :][::-1]
    return []


def toutes_les_distances(poids: Entiers) -> Entiers:
    """Floyd-Warshall : les distances entre tous les nœuds, sans cycle négatif."""
    finis = poids[poids < INFINI // 2]
    etroit = int(np.abs(finis).max(initial=0)) * 4 < _ASSEZ_PETIT
    infini = np.int64(_ASSEZ_PETIT) if etroit else INFINI
    d = np.minimum(poids, infini).astype(np.int32 if etroit else np.int64)
    np.fill_diagonal(d, 0)
    tampon = np.empty_like(d)
    for k in range(len(d)):
        np.add(d[:, k, None], d[k], out=tampon)
        np.minimum(d, tampon, out=d)
    rendu = d.astype(np.int64)
    rendu[d > infini // 2] = INFINI
    return rendu
