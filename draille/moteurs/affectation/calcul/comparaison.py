"""Ce que donnerait l'habitude, le premier arrivé au plus proche : pour comparer seulement."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.affectation.calcul.affectation import Unites
from draille.moteurs.affectation.calcul.optimum import cout_total
from draille.moteurs.affectation.calcul.probleme import INTERDIT, Probleme, Solution
from draille.moteurs.affectation.calcul.residuel import Entiers


def premier_arrive_plus_proche(*, probleme: Probleme) -> Solution:
    """Chacun, par date d'orientation puis par unité, au plus proche référent permis encore libre.

    Coût recalculé comme celui de l'optimum ; aucun prix : rien n'est prouvé.
    """
    unites = Unites(probleme=probleme)
    tableau = unites.tableau(probleme=probleme)
    trajets = np.zeros(tableau.forme, dtype=np.int64)
    np.add.at(trajets, unites.de, np.maximum(probleme.minutes, 0))
    jours = np.full(len(unites.noms), np.iinfo(np.int64).max)
    np.minimum.at(jours, unites.de, [d.orientee_le.toordinal() for d in probleme.demandeurs])
    choix = au_plus_proche(
        trajets=np.where(tableau.couts == INTERDIT, INTERDIT, trajets),
        libres=tableau.sieges.sum(axis=1),
        ordre=np.argsort(jours, kind="stable").tolist(),
    )
    return Solution(
        choix=tuple(choix[unites.de].tolist()),
        prix=(),
        cout=cout_total(tableau, choix),
        solveur="premier arrivé",
    )


def au_plus_proche(*, trajets: NDArray[np.int64], libres: Entiers, ordre: Sequence[int]) -> Entiers:
    """Le choix de chacun, servi dans cet ordre : le moindre trajet permis où il reste une place."""
    reste = libres.copy()
    choix = np.full(trajets.shape[0], -1, dtype=np.int64)
    for i in ordre:
        possibles = np.flatnonzero((trajets[i] != INTERDIT) & (reste > 0))
        if len(possibles):
            j = int(possibles[trajets[i, possibles].argmin()])
            choix[i] = j
            reste[j] -= 1
    return choix
