"""Le moteur « graphe » : les plus courts chemins de scipy, des lieux vers les gens.

Un point d'accroche est au milieu d'une arête : la recherche part d'un nœud ajouté, relié à ses deux
bouts. On cherche depuis le côté qui a le moins de points, sur le graphe transposé si c'est celui
des destinations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from draille.moteurs.trajets.calcul.graphe import Accroches, Graphe, Rangs
from draille.moteurs.trajets.calcul.temps import (
    AU_DELA,
    INCONNU,
    Bande,
    Grille,
    Matrice,
    Methode,
    Mode,
    Point,
    Reels,
    Temps,
)

MS_PAR_DIXIEME = 6000
# Seize lignes de 300 000 nœuds tiennent dans 40 Mo ; plus de lignes n'iraient pas plus vite.
SOURCES_PAR_BLOC = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class MoteurGraphe:
    """Un réseau, un mode, sa bande, et comment l'on rejoint la route.

    Un point à plus de `accroche_metres` de toute route rend des cases `INCONNU`.
    """

    graphe: Graphe
    mode: Mode
    bande: Bande
    accroche_metres: float
    acces_km_h: float

    @property
    def methode(self) -> Methode:
        """Toujours « graphe »."""
        return "graphe"

    def accrocher(self, points: Sequence[Point]) -> Accroches:
        """Les points sur le réseau, dans leur ordre."""
        return self.graphe.accrocher(
            points=points,
            metres_max=self.accroche_metres,
            metres_par_seconde=self.acces_km_h / 3.6,
        )

    def connait(self, points: Sequence[Point]) -> bool:
        """Vrai si tous ces points sont assez près d'une route."""
        return bool(self.accrocher(points).connus.all())

    def matrice(
        self,
        *,
        origines: Sequence[Point],
        destinations: Sequence[Point],
        limite: int | None = None,
    ) -> Matrice:
        """Tous les temps, dans leur ordre ; au-delà de `limite` (dixièmes), `AU_DELA`."""
        if not origines or not destinations:
            vide: Grille = np.empty((len(origines), len(destinations)), np.int32)
            return self._porter(vide)
        de, vers = self.accrocher(origines), self.accrocher(destinations)
        grille = np.full((len(origines), len(destinations)), INCONNU, np.int32)
        connues, cherchees = np.flatnonzero(de.connus), np.flatnonzero(vers.connus)
        if len(connues) and len(cherchees):
            ms = durees(
                graphe=self.graphe,
                origines=de.parmi(connues),
                destinations=vers.parmi(cherchees),
                limite_ms=np.inf if limite is None else (limite + 1.0) * MS_PAR_DIXIEME,
            )
            grille[np.ix_(connues, cherchees)] = dixiemes(ms, limite)
        return self._porter(grille)

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps d'un point à un autre."""
        matrice = self.matrice(origines=(origine,), destinations=(destination,))
        return matrice.temps(origine=0, destination=0)

    def plus_proche(
        self, *, origines: Sequence[Point], destinations: Sequence[Point]
    ) -> tuple[Rangs, Matrice]:
        """Pour chaque origine, le rang de sa destination la plus proche, et son temps (n, 1).

        Une seule recherche, quel que soit le nombre de destinations.
        """
        de, vers = self.accrocher(origines), self.accrocher(destinations)
        rangs = np.zeros(len(origines), np.int64)
        grille = np.full((len(origines), 1), INCONNU, np.int32)
        connues, cherchees = np.flatnonzero(de.connus), np.flatnonzero(vers.connus)
        if len(connues) and len(cherchees):
            ms, choix = proche_de_tous(
                graphe=self.graphe,
                origines=de.parmi(connues),
                destinations=vers.parmi(cherchees),
            )
            rangs[connues] = cherchees[choix]
            grille[connues, 0] = dixiemes(ms, None)
        return rangs, self._porter(grille)

    def _porter(self, grille: Grille) -> Matrice:
        bas, haut = self.bande.bornes(grille)
        return Matrice(minutes=grille, bas=bas, haut=haut, methode="graphe", mode=self.mode)


def dixiemes(ms: Reels, limite: int | None) -> Grille:
    """Des millisecondes aux dixièmes de minute ; l'infini, ou au-delà de la limite, `AU_DELA`."""
    bornes = np.where(np.isfinite(ms), np.rint(ms / MS_PAR_DIXIEME), AU_DELA)
    if limite is not None:
        bornes = np.where(bornes > limite, AU_DELA, bornes)
    grille: Grille = bornes.astype(np.int32)
    return grille


def durees(
    *, graphe: Graphe, origines: Accroches, destinations: Accroches, limite_ms: float = np.inf
) -> Reels:
    """Les millisecondes (n, m), infinies au-delà de la limite. Tous les points sont connus."""
    if len(origines.arete) < len(destinations.arete):
        chemins = _par_blocs(
            graphe.direct, origines, origines.partir, destinations, destinations.arriver, limite_ms
        )
    else:
        chemins = _par_blocs(
            graphe.transpose,
            destinations,
            destinations.arriver,
            origines,
            origines.partir,
            limite_ms,
        ).T
    _sur_la_meme_arete(chemins, origines, destinations)
    chemins += origines.acces[:, None] + destinations.acces[None, :]
    return chemins


def champ(*, graphe: Graphe, destinations: Accroches) -> tuple[Reels, Rangs]:
    """De chaque nœud : les millisecondes à la destination la plus proche, et son rang.

    Une recherche à sources multiples sur le graphe transposé. Toutes les destinations sont connues.
    """
    creux = agrandi(
        graphe.transpose, destinations.bouts, destinations.arriver + destinations.acces[:, None]
    )
    ajoutes = np.arange(graphe.noeuds, creux.shape[0])
    ms, _, sources = dijkstra(creux, indices=ajoutes, min_only=True, return_predecessors=True)
    return ms[: graphe.noeuds], sources[: graphe.noeuds] - graphe.noeuds


def proche_de_tous(
    *, graphe: Graphe, origines: Accroches, destinations: Accroches
) -> tuple[Reels, Rangs]:
    """Les millisecondes à la destination la plus proche, et son rang. Tous les points connus."""
    ms, rangs = champ(graphe=graphe, destinations=destinations)
    par_bout = ms[origines.bouts] + origines.partir
    bout = np.argmin(par_bout, axis=1)
    ici = np.arange(len(bout))
    meilleurs, choix = par_bout[ici, bout], rangs[origines.bouts[ici, bout]].astype(np.int64)
    for o, d in _paires_sur_une_arete(origines, destinations):
        direct = _direct(origines, destinations, o, d) + destinations.acces[d]
        if direct < meilleurs[o]:
            meilleurs[o], choix[o] = direct, d
    return meilleurs + origines.acces, choix


def agrandi(creux: Any, bouts: Rangs, poids: Reels) -> Any:
    """Le graphe et, à la suite, un nœud par point, relié aux bouts de son arête qu'il atteint."""
    ouverts = np.isfinite(poids)
    n, plus = creux.shape[0], len(bouts)
    fin = creux.indptr[-1] + np.cumsum(ouverts.sum(axis=1), dtype=np.int32)
    return csr_array(
        (
            np.concatenate([creux.data, poids[ouverts]]),
            np.concatenate([creux.indices, bouts[ouverts].astype(np.int32)]),
            np.concatenate([creux.indptr, fin.astype(np.int32)]),
        ),
        shape=(n + plus, n + plus),
    )


def _par_blocs(
    creux: Any,
    sources: Accroches,
    sortir: Reels,
    autres: Accroches,
    entrer: Reels,
    limite_ms: float,
) -> Reels:
    """Les temps (sources, autres), sans les accès, par blocs de sources : la mémoire est bornée."""
    entier = agrandi(creux, sources.bouts, sortir)
    n, lignes = creux.shape[0], []
    for debut in range(0, len(sources.arete), SOURCES_PAR_BLOC):
        fin = min(debut + SOURCES_PAR_BLOC, len(sources.arete))
        ms = dijkstra(entier, indices=np.arange(n + debut, n + fin), limit=limite_ms)
        lignes.append(
            np.minimum(
                ms[:, autres.bouts[:, 0]] + entrer[:, 0], ms[:, autres.bouts[:, 1]] + entrer[:, 1]
            )
        )
    return np.concatenate(lignes)


def _sur_la_meme_arete(ms: Reels, origines: Accroches, destinations: Accroches) -> None:
    """Sans passer par un bout, quand le sens le permet."""
    for o, d in _paires_sur_une_arete(origines, destinations):
        ms[o, d] = min(ms[o, d], _direct(origines, destinations, o, d))


def _paires_sur_une_arete(origines: Accroches, destinations: Accroches) -> list[tuple[int, int]]:
    ordre = np.argsort(destinations.arete, kind="stable")
    triees = destinations.arete[ordre]
    debuts = np.searchsorted(triees, origines.arete, side="left")
    fins = np.searchsorted(triees, origines.arete, side="right")
    return [
        (int(o), int(d)) for o in np.flatnonzero(fins > debuts) for d in ordre[debuts[o] : fins[o]]
    ]


def _direct(origines: Accroches, destinations: Accroches, o: int, d: int) -> float:
    """Du premier bout au second, ou l'inverse : la différence des temps depuis le même bout."""
    permis = [
        float(destinations.arriver[d, bout] - origines.arriver[o, bout])
        for bout in (0, 1)
        if np.isfinite(destinations.arriver[d, bout]) and np.isfinite(origines.arriver[o, bout])
    ]
    return min((t for t in permis if t >= 0), default=np.inf)
