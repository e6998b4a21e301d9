"""L'optimum exact d'un tableau : peu d'arcs d'abord, la preuve sur tous, puis un départage publié.

1. Les `k` paires les moins chères de chacun, résolues par un transport entier.
2. Sur TOUTES les paires, le graphe résiduel des places : chaque cycle négatif est suivi ; s'il en
   reste trop, on recommence avec plus d'arcs. Sans cycle négatif, l'optimum est prouvé.
3. Les prix des places sont les plus petits possibles : ce que ferait gagner une place de plus.
4. Entre tous les optimums, celui dont la somme des tirages publiés est la plus petite : le résultat
   ne dépend ni du solveur ni de l'ordre des lignes.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.affectation.calcul.residuel import (
    INFINI,
    Entiers,
    Residuel,
    Tableau,
    charges,
    cout_des_choix,
    cout_des_sieges,
)
from draille.moteurs.affectation.calcul.transport import Solveur, Transport, transporter

Tirage = Callable[[Entiers, Entiers], Entiers]
_BLOC = 512
_TOUT = 60_000


@dataclass(frozen=True, slots=True)
class Optimum:
    """Choix (-1 : sans), prix des places, coût total, solveur et sa version."""

    choix: Entiers
    prix: Entiers
    cout: int
    solveur: str


def optimiser(
    *,
    tableau: Tableau,
    solveur: Solveur = "ortools",
    tirage: Tirage | None = None,
    voisins: int = 32,
    reparations: int = 400,
) -> Optimum:
    """L'affectation de coût minimum, exacte et prouvée, de tout le tableau.

    `tirage` départage les ex aequo (None : l'un d'eux). `voisins` : paires gardées par demandeur au
    premier tour ; `reparations` : cycles suivis avant d'élargir. Ils ne changent que la durée.
    """
    m = tableau.forme[1]
    k = m if tableau.couts.size <= _TOUT else min(voisins, m)
    while True:
        choix, nom = transporter(_reduit(tableau, k), solveur=solveur)
        residuel = Residuel(tableau, choix)
        distance, cycle = residuel.depuis_le_puits()
        reste = reparations if k < m else -1
        while cycle and reste != 0:
            residuel.deplacer(cycle)
            distance, cycle = residuel.depuis_le_puits()
            reste -= 1
        if not cycle:
            break
        k = min(4 * k, m)
    prix = -distance[:m]
    if tirage is not None:
        choix = _departager(tableau, residuel.choix, prix, tirage, solveur)
    return Optimum(choix, prix, cout_total(tableau, choix), nom)


def cout_total(tableau: Tableau, choix: Entiers) -> int:
    """Paires, sièges et non affectés."""
    return int(cout_des_choix(tableau, choix).sum()) + cout_des_sieges(
        tableau, charges(tableau, choix)
    )


def _reduit(tableau: Tableau, k: int) -> Transport:
    """Le transport des `k` paires les moins chères de chaque demandeur."""
    n, m = tableau.forme
    ouverte = tableau.sieges.sum(axis=1) > 0
    qui, place = [], []
    for debut in range(0, n, _BLOC):
        bloc = tableau.couts[debut : debut + _BLOC]
        if k < m:
            haut = np.where((bloc < 0) | ~ouverte, np.iinfo(bloc.dtype).max, bloc)
            garde = np.argpartition(haut, k - 1, axis=1)[:, :k]
            lignes = np.repeat(np.arange(len(bloc)), k)
            colonnes = garde.ravel()
        else:
            lignes, colonnes = (x.ravel() for x in np.indices(bloc.shape, dtype=np.int32))
        permis = (bloc[lignes, colonnes] >= 0) & ouverte[colonnes]
        qui.append((lignes[permis] + debut).astype(np.int32))
        place.append(colonnes[permis].astype(np.int32))
    rangs, places = _coller(qui), _coller(place)
    ou, segment = np.nonzero(tableau.sieges)
    return Transport(
        demandeurs=n,
        places=m,
        qui=rangs,
        place=places,
        cout=tableau.couts[rangs, places],
        qui_sans=np.arange(n),
        cout_sans=tableau.sans,
        ou=ou,
        combien=tableau.sieges[ou, segment],
        prix=tableau.prix[ou, segment],
        obligatoire=np.zeros(len(ou), dtype=bool),
    )


def _coller(blocs: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(blocs) if blocs else np.zeros(0, dtype=np.int32)


def paires_serrees(tableau: Tableau, prix: Entiers) -> tuple[Entiers, Entiers, Entiers]:
    """La valeur de chaque demandeur à ces prix, et les paires (qui, place) qui l'atteignent.

    Valeur : le moindre de « sans » et de coût + prix. Place m : rester sans.
    """
    n, m = tableau.forme
    valeur = np.empty(n, dtype=np.int64)
    qui, place = [], []
    for debut in range(0, n, _BLOC):
        bloc = tableau.couts[debut : debut + _BLOC]
        total = np.empty((len(bloc), m + 1), dtype=np.int64)
        total[:, :m] = np.where(bloc < 0, INFINI, bloc + prix)
        total[:, m] = tableau.sans[debut : debut + _BLOC]
        moindre = total.min(axis=1)
        valeur[debut : debut + _BLOC] = moindre
        lignes, colonnes = np.nonzero(total == moindre[:, None])
        qui.append(lignes + debut)
        place.append(colonnes)
    if not qui:
        return valeur, np.zeros(0, np.int64), np.zeros(0, np.int64)
    return valeur, np.concatenate(qui), np.concatenate(place)


def bornes(tableau: Tableau, prix: Entiers) -> tuple[Entiers, Entiers]:
    """La charge la plus petite et la plus grande de chaque place dans un optimum à ces prix."""
    moins = np.where(tableau.prix < prix[:, None], tableau.sieges, 0).sum(axis=1)
    plus = np.where(tableau.prix <= prix[:, None], tableau.sieges, 0).sum(axis=1)
    return moins, plus


def _departager(
    tableau: Tableau, choix: Entiers, prix: Entiers, tirage: Tirage, solveur: Solveur
) -> Entiers:
    """Le moins tiré des optimums : ce sont les affectations des seules paires serrées."""
    n, m = tableau.forme
    _, qui, place = paires_serrees(tableau, prix)
    moins, plus = bornes(tableau, prix)
    ambigu = np.bincount(qui, minlength=n) > 1
    if not ambigu.any():
        return choix
    fixes = charges(tableau, choix[~ambigu])
    moins, plus = np.maximum(moins - fixes, 0), plus - fixes
    gens = np.flatnonzero(ambigu)
    garde = ambigu[qui]
    qui, place = np.searchsorted(gens, qui[garde]), place[garde]
    valeur = tirage(gens[qui], np.where(place == m, -1, place))
    sans = place == m
    # Jamais plus de sièges que de voisins : le couplage de repli en reste petit.
    plus = np.maximum(np.minimum(plus, np.bincount(place, minlength=m + 1)[:m]), moins)
    transport = Transport(
        demandeurs=len(gens),
        places=m,
        qui=qui[~sans],
        place=place[~sans],
        cout=valeur[~sans],
        qui_sans=qui[sans],
        cout_sans=valeur[sans],
        ou=np.tile(np.arange(m), 2),
        combien=np.concatenate([moins, plus - moins]),
        prix=np.zeros(2 * m, dtype=np.int64),
        obligatoire=np.arange(2 * m) < m,
    )
    rendu = choix.copy()
    rendu[gens] = transporter(transport, solveur=solveur)[0]
    return rendu


def tirage_sha256(graine: str, unites: Sequence[int]) -> Tirage:
    """Le tirage publié : les 36 premiers bits du SHA-256 de « graine|unité|place » (-1 : sans).

    Chacun peut le refaire. Deux optimums ont la même somme avec une probabilité négligeable
    (lemme d'isolement : nombre de paires ex aequo / 2^36).
    """

    def tirer(qui: Entiers, place: Entiers) -> Entiers:
        textes = (
            f"{graine}|{unites[i]}|{j}".encode()
            for i, j in zip(qui.tolist(), place.tolist(), strict=True)
        )
        sommes = (int.from_bytes(hashlib.sha256(t).digest()[:5], "big") >> 4 for t in textes)
        return np.fromiter(sommes, dtype=np.int64, count=len(qui))

    return tirer
