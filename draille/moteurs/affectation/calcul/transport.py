"""Un transport de coût minimum en nombres entiers : OR-tools derrière UNE fonction, scipy en repli.

Chaque demandeur prend un siège d'une place permise, ou reste sans. Les deux solveurs sont exacts ;
scipy sert aussi d'oracle aux essais.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Solveur = Literal["ortools", "scipy"]
Entiers = NDArray[np.int64]
_EXACT_EN_FLOTTANT = 2**52


@dataclass(frozen=True, slots=True)
class Transport:
    """Un problème creux, en nombres entiers de tout signe.

    Paires permises : `qui`, `place`, `cout`. Rester sans : `qui_sans`, `cout_sans`. Groupes de
    sièges : `ou` (la place), `combien`, `prix` ; `obligatoire` : tous ceux du groupe sont pris.
    """

    demandeurs: int
    places: int
    qui: NDArray[Any]
    place: NDArray[Any]
    cout: NDArray[Any]
    qui_sans: NDArray[Any]
    cout_sans: NDArray[Any]
    ou: NDArray[Any]
    combien: NDArray[Any]
    prix: NDArray[Any]
    obligatoire: NDArray[np.bool_]


class Infaisable(ValueError):
    """Rien ne sert tous les demandeurs. L'arc « non affecté » l'exclut d'une affectation."""


def transporter(transport: Transport, *, solveur: Solveur) -> tuple[Entiers, str]:
    """La place de chaque demandeur (-1 : sans), et le solveur employé avec sa version.

    « ortools » se replie sur scipy quand la bibliothèque manque. Lève `Infaisable`, ou
    OverflowError si des coûts démesurés ôtaient à scipy son exactitude.
    """
    if solveur == "ortools":
        try:
            from ortools import __version__ as version
            from ortools.graph.python import min_cost_flow
        except ImportError:
            pass
        else:
            choix = _par_flot(transport, min_cost_flow.SimpleMinCostFlow)
            return choix, f"ortools {version}"
    from scipy import __version__ as version_scipy

    return _par_couplage(transport), f"scipy {version_scipy}"


def _par_flot(t: Transport, fabrique: Callable[[], Any]) -> Entiers:
    """Flot de coût minimum : demandeurs, places, puits ; un siège obligatoire est demandé."""
    puits = t.demandeurs + t.places
    libre = ~t.obligatoire
    n_paires, n_sans, n_libres = len(t.qui), len(t.qui_sans), int(libre.sum())
    graphe = fabrique()
    graphe.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([t.qui, t.qui_sans, t.demandeurs + t.ou[libre]]).astype(np.int32),
        np.concatenate([t.demandeurs + t.place, np.full(n_sans + n_libres, puits)]).astype(
            np.int32
        ),
        np.concatenate([np.ones(n_paires + n_sans, np.int64), t.combien[libre]]).astype(np.int64),
        np.concatenate([t.cout, t.cout_sans, t.prix[libre]]).astype(np.int64),
    )
    offre = np.zeros(puits + 1, dtype=np.int64)
    offre[: t.demandeurs] = 1
    np.subtract.at(offre, t.demandeurs + t.ou[t.obligatoire], t.combien[t.obligatoire])
    offre[puits] -= t.demandeurs - int(t.combien[t.obligatoire].sum())
    graphe.set_nodes_supplies(np.arange(puits + 1, dtype=np.int32), offre)
    statut = graphe.solve()
    if statut != graphe.OPTIMAL:
        raise Infaisable(f"le flot rend {statut}")
    pris = np.flatnonzero(graphe.flows(np.arange(n_paires, dtype=np.int32)))
    choix = np.full(t.demandeurs, -1, dtype=np.int64)
    choix[t.qui[pris]] = t.place[pris]
    return choix


def _par_couplage(t: Transport) -> Entiers:
    """Couplage de poids minimum : une colonne par siège, et une à soi pour rester sans."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    if t.demandeurs == 0:
        if t.combien[t.obligatoire].any():
            raise Infaisable("des sièges obligatoires et personne")
        return np.zeros(0, dtype=np.int64)
    groupe, place_du_siege = _deplier(t)
    paire, siege = _paires_et_sieges(t, place_du_siege)
    lignes = np.concatenate([t.qui[paire], t.qui_sans]).astype(np.int64)
    colonnes = np.concatenate([siege, len(groupe) + np.arange(len(t.qui_sans))])
    poids = np.concatenate([t.cout[paire] + t.prix[groupe[siege]], t.cout_sans]).astype(np.int64)
    # Le couplage creux tient un poids nul pour une absence : tous sont décalés d'autant.
    poids += 1 - int(poids.min(initial=1))
    if int(poids.max(initial=0)) * (t.demandeurs + 1) > _EXACT_EN_FLOTTANT:
        raise OverflowError("des coûts trop grands pour un couplage exact en virgule flottante")
    largeur = len(groupe) + len(t.qui_sans)
    hauteur = t.demandeurs
    if t.obligatoire.any():
        # Un siège obligatoire n'échappe pas au couplage parfait ; un figurant prend chaque autre.
        hauteur = max(largeur, t.demandeurs)
        vides = np.concatenate(
            [np.flatnonzero(~t.obligatoire[groupe]), np.arange(len(groupe), largeur)]
        )
        figurants = np.arange(t.demandeurs, hauteur)
        lignes = np.concatenate([lignes, np.repeat(figurants, len(vides))])
        colonnes = np.concatenate([colonnes, np.tile(vides, len(figurants))])
        poids = np.concatenate([poids, np.ones(len(figurants) * len(vides), np.int64)])
    graphe = coo_array((poids.astype(np.float64), (lignes, colonnes)), shape=(hauteur, largeur))
    try:
        trouves = min_weight_full_bipartite_matching(graphe.tocsr())[1][: t.demandeurs]
    except ValueError as erreur:
        raise Infaisable(str(erreur)) from erreur
    ou = np.concatenate([place_du_siege, np.full(len(t.qui_sans), -1)])
    return np.asarray(ou[trouves], dtype=np.int64)


def _deplier(t: Transport) -> tuple[Entiers, Entiers]:
    """Le groupe et la place de chaque siège, rangés par place ; jamais plus que de demandeurs."""
    combien = np.minimum(t.combien, t.demandeurs).astype(np.int64)
    if (combien < t.combien)[t.obligatoire].any():
        raise Infaisable("plus de sièges obligatoires que de demandeurs")
    groupe = np.repeat(np.arange(len(combien)), combien)
    groupe = groupe[np.argsort(t.ou[groupe], kind="stable")]
    return groupe, np.asarray(t.ou[groupe], dtype=np.int64)


def _paires_et_sieges(t: Transport, place_du_siege: Entiers) -> tuple[Entiers, Entiers]:
    """Chaque paire permise, répétée pour chaque siège de sa place."""
    debut = np.searchsorted(place_du_siege, np.arange(t.places + 1))
    nombre = np.diff(debut)[t.place]
    paire = np.repeat(np.arange(len(t.qui)), nombre)
    saut = np.arange(len(paire)) - np.repeat(np.cumsum(nombre) - nombre, nombre)
    return paire, debut[t.place[paire]] + saut
