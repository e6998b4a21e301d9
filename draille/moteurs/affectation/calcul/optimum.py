"""L'optimum exact d'un tableau : peu d'arcs d'abord, la preuve sur tous, puis un départage publié.

1. Peu de paires par demandeur (`colonnes.py`), résolues par un transport entier ; aux prix trouvés,
   les paires écartées qui vaudraient mieux entrent, et l'on recommence.
2. Sur TOUTES les paires, le graphe résiduel des places : les derniers cycles négatifs sont suivis.
   Sans cycle négatif, l'optimum est prouvé.
3. Les prix des places sont les plus petits possibles : ce que ferait gagner une place de plus.
4. Entre tous les optimums, celui dont la somme des tirages publiés est la plus petite : le résultat
   ne dépend ni du solveur ni de l'ordre des lignes.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.affectation.calcul.colonnes import (
    BLOC,
    Paires,
    ajouter,
    en_transport,
    les_meilleures,
    toutes,
    violees,
)
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
_ASSEZ_PEU, _CYCLES_MAX = 60, 100
_TOUTES_LES_PAIRES = 60_000
_ECHANTILLON, _VOISINS = 10, 14


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
    toutes_les_paires: bool = False,
) -> Optimum:
    """L'affectation de coût minimum, exacte et prouvée, de tout le tableau.

    `tirage` départage les ex aequo (None : l'un d'eux). `toutes_les_paires` : les donner toutes au
    solveur d'emblée, ce qui ne change que la durée et la mémoire. Lève `Infaisable`.
    """
    n, m = tableau.forme
    entier = toutes_les_paires or tableau.couts.size <= _TOUTES_LES_PAIRES or m <= 2 * _VOISINS
    paires = toutes(tableau) if entier else _premieres(tableau, solveur)
    while True:
        choix, nom = transporter(en_transport(tableau, paires), solveur=solveur)
        absentes = None if entier else violees(tableau, paires, choix)
        if absentes is None or len(absentes.qui) <= _ASSEZ_PEU:
            residuel = Residuel.complet(tableau, choix)
            distance = _suivre_les_cycles(residuel)
            if distance is not None:
                break
        if absentes is None:
            raise ArithmeticError("le solveur n'a pas rendu l'optimum de toutes les paires")
        paires = ajouter(paires, absentes)
    choix, prix = residuel.choix, -distance[:m]
    if tirage is not None:
        choix = _departager(tableau, choix, prix, tirage, solveur)
    return Optimum(choix, prix, cout_total(tableau, choix), nom)


def _premieres(tableau: Tableau, solveur: Solveur) -> Paires:
    """Les paires les moins chères aux prix d'un échantillon : un demandeur et un siège sur dix."""
    n = tableau.forme[0]
    hasard = np.random.default_rng(n)
    garde = np.sort(hasard.permutation(n)[::_ECHANTILLON])
    cumul = np.cumsum(tableau.sieges)
    avant = cumul - tableau.sieges.ravel()
    sieges = (cumul // _ECHANTILLON - avant // _ECHANTILLON).reshape(tableau.sieges.shape)
    petit = Tableau(tableau.couts[garde], sieges, tableau.prix, tableau.sans[garde])
    prix = optimiser(tableau=petit, solveur=solveur, toutes_les_paires=True).prix
    return les_meilleures(tableau, prix, combien=_VOISINS, hasard=hasard)


def _suivre_les_cycles(residuel: Residuel) -> Entiers | None:
    """Suit les cycles négatifs ; rend les distances depuis le puits, None si c'est trop long."""
    for _ in range(_CYCLES_MAX):
        distance, cycle = residuel.depuis_le_puits()
        if not cycle:
            return distance
        residuel.deplacer(cycle)
    return None


def cout_total(tableau: Tableau, choix: Entiers) -> int:
    """Paires, sièges et non affectés."""
    return int(cout_des_choix(tableau, choix).sum()) + cout_des_sieges(
        tableau, charges(tableau, choix)
    )


def paires_serrees(tableau: Tableau, prix: Entiers) -> tuple[Entiers, Entiers, Entiers]:
    """La valeur de chaque demandeur à ces prix, et les paires (qui, place) qui l'atteignent.

    Valeur : le moindre de « sans » et de coût + prix. Place m : rester sans.
    """
    n, m = tableau.forme
    valeur = np.empty(n, dtype=np.int64)
    qui, place = [], []
    for debut in range(0, n, BLOC):
        bloc = tableau.couts[debut : debut + BLOC]
        total = np.empty((len(bloc), m + 1), dtype=np.int64)
        total[:, :m] = np.where(bloc < 0, INFINI, bloc + prix)
        total[:, m] = tableau.sans[debut : debut + BLOC]
        moindre = total.min(axis=1)
        valeur[debut : debut + BLOC] = moindre
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


def tirage_publie(graine: str, unites: Sequence[int]) -> Tirage:
    """Le tirage publié, de 36 bits : chacun peut le refaire.

    SHA-256 de « graine|unité|N » et de « graine|place|J » (J : rang de la place, -1 pour sans) ;
    leurs 8 premiers octets, gros-boutistes, unis par OU exclusif ; SplitMix64 ; les 36 bits de
    poids fort. Deux optimums ont la même somme avec une probabilité négligeable (lemme
    d'isolement : nombre de paires ex aequo / 2^36).
    """

    def graines(espece: str, noms: Sequence[int]) -> NDArray[np.uint64]:
        textes = (f"{graine}|{espece}|{nom}".encode() for nom in noms)
        sommes = (int.from_bytes(hashlib.sha256(t).digest()[:8], "big") for t in textes)
        return np.fromiter(sommes, dtype=np.uint64, count=len(noms))

    def tirer(qui: Entiers, place: Entiers) -> Entiers:
        gens = np.flatnonzero(np.bincount(qui, minlength=1))
        x = graines("unité", [unites[i] for i in gens.tolist()])[np.searchsorted(gens, qui)]
        x ^= graines("place", range(-1, int(place.max(initial=-1)) + 1))[place + 1]
        return (_splitmix64(x) >> np.uint64(28)).astype(np.int64)

    return tirer


def _splitmix64(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Le brassage de SplitMix64 (Steele, Lea et Flood, 2014), modulo 2^64."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
