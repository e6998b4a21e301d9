"""Génération de colonnes : quelles paires donner au solveur, quand les donner toutes coûte trop.

Une paire laissée de côté n'y reste que si, aux prix trouvés, elle ne vaut pas mieux que le choix de
son demandeur : l'optimum reste celui de toutes les paires.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.affectation.calcul.residuel import (
    INFINI,
    Entiers,
    Residuel,
    Tableau,
    cout_des_choix,
    plus_courts,
)
from draille.moteurs.affectation.calcul.transport import Transport

BLOC = 512
_AJOUTS = 16
Rangs = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Paires:
    """Des paires permises, en rangs : qui, quelle place."""

    qui: Rangs
    place: Rangs


def _coller(morceaux: list[Paires]) -> Paires:
    vide = np.zeros(0, dtype=np.int32)
    return Paires(
        np.concatenate([vide, *(x.qui for x in morceaux)]),
        np.concatenate([vide, *(x.place for x in morceaux)]),
    )


def ajouter(paires: Paires, autres: Paires) -> Paires:
    """Les unes et les autres."""
    return _coller([paires, autres])


def _ouvertes(tableau: Tableau) -> NDArray[np.bool_]:
    return np.asarray(tableau.sieges.sum(axis=1) > 0)


def toutes(tableau: Tableau) -> Paires:
    """Toutes les paires permises, là où il reste une place."""
    ouverte, morceaux = _ouvertes(tableau), []
    for debut in range(0, tableau.forme[0], BLOC):
        qui, place = np.nonzero((tableau.couts[debut : debut + BLOC] >= 0) & ouverte)
        morceaux.append(Paires((qui + debut).astype(np.int32), place.astype(np.int32)))
    return _coller(morceaux)


def les_meilleures(
    tableau: Tableau, prix: Entiers, *, combien: int, hasard: np.random.Generator
) -> Paires:
    """Les `combien` moindres coût + prix de chacun, brouillés d'un quart de l'écart des prix.

    Sans ce brouillage, les voisins d'une même commune garderaient tous les mêmes places.
    """
    ouverte, morceaux = _ouvertes(tableau), []
    bruit = 1 + int(np.percentile(prix, 90) - np.percentile(prix, 10)) // 4
    genre = np.int32 if bruit < 2**30 else np.int64
    for debut in range(0, tableau.forme[0], BLOC):
        bloc = tableau.couts[debut : debut + BLOC]
        permis = (bloc >= 0) & ouverte
        total = bloc + prix + hasard.integers(0, bruit + 1, bloc.shape, dtype=genre)
        morceaux.append(_moindres(total, permis, combien, debut))
    return _coller(morceaux)


def _moindres(total: Entiers, permis: NDArray[np.bool_], combien: int, debut: int) -> Paires:
    """Les `combien` plus petites valeurs permises de chaque ligne."""
    total = np.where(permis, total, INFINI)
    garde = np.argpartition(total, combien - 1, axis=1)[:, :combien].ravel()
    lignes = np.repeat(np.arange(len(total)), combien)
    bon = permis[lignes, garde]
    return Paires((lignes[bon] + debut).astype(np.int32), garde[bon].astype(np.int32))


def en_transport(tableau: Tableau, paires: Paires) -> Transport:
    """Le transport de ces paires, avec tous les sièges et le droit de rester sans."""
    n, m = tableau.forme
    ou, segment = np.nonzero(tableau.sieges)
    return Transport(
        demandeurs=n,
        places=m,
        qui=paires.qui,
        place=paires.place,
        cout=tableau.couts[paires.qui, paires.place],
        qui_sans=np.arange(n),
        cout_sans=tableau.sans,
        ou=ou,
        combien=tableau.sieges[ou, segment],
        prix=tableau.prix[ou, segment],
        obligatoire=np.zeros(len(ou), dtype=bool),
    )


def violees(tableau: Tableau, paires: Paires, choix: Entiers) -> Paires:
    """Les paires qui, aux prix de cet optimum restreint, vaudraient mieux que le choix de chacun.

    Vide : l'optimum restreint est celui de toutes les paires.
    """
    prix = _prix_restreints(tableau, paires, choix)
    ouverte = _ouvertes(tableau)
    valeur = cout_des_choix(tableau, choix) + np.append(prix, 0)[choix]
    morceaux = []
    for debut in range(0, tableau.forme[0], BLOC):
        bloc = tableau.couts[debut : debut + BLOC]
        reduit = bloc + prix - valeur[debut : debut + BLOC, None]
        mieux = (reduit < 0) & (bloc >= 0) & ouverte
        lignes = np.flatnonzero(mieux.any(axis=1))
        if len(lignes):
            trouvees = _moindres(reduit[lignes], mieux[lignes], min(_AJOUTS, mieux.shape[1]), 0)
            qui = (lignes[trouvees.qui] + debut).astype(np.int32)
            morceaux.append(Paires(qui, trouvees.place))
    return _coller(morceaux)


def _prix_restreints(tableau: Tableau, paires: Paires, choix: Entiers) -> Entiers:
    """Les prix des places, n'eût-on que ces paires."""
    m = tableau.forme[1]
    ici = cout_des_choix(tableau, choix)
    ou = np.where(choix < 0, m, choix)
    residuel = Residuel.du_puits(tableau, choix)
    ecart = tableau.couts[paires.qui, paires.place] - ici[paires.qui]
    np.minimum.at(residuel.poids, (ou[paires.qui], paires.place), ecart)
    np.minimum.at(residuel.poids[:, m], ou, tableau.sans - ici)
    np.fill_diagonal(residuel.poids, INFINI)
    distance, cycle = plus_courts(residuel.poids, depart=m + 1)
    if cycle:
        raise ArithmeticError("le solveur n'a pas rendu l'optimum de ces paires")
    return -distance[:m]
