"""Le réglage « personnes » : un couple compte deux places, chez un seul référent.

Une unité qui prend plusieurs sièges du même référent n'est plus un flot : un programme en nombres
entiers le résout exactement, aux tailles d'une semaine.
"""

from typing import Any

import numpy as np

from draille.moteurs.affectation.calcul.affectation import Unites
from draille.moteurs.affectation.calcul.probleme import INTERDIT, Probleme, Solution
from draille.moteurs.affectation.calcul.residuel import (
    Entiers,
    Tableau,
    cout_des_choix,
    cout_des_sieges,
)


def resoudre_personnes(*, probleme: Probleme) -> Solution:
    """L'affectation de coût minimum où chaque personne compte une place et l'unité un référent.

    Aucun prix : la preuve par les prix ne vaut que pour un flot. Lève RuntimeError si le solveur
    n'a pas prouvé l'optimum.
    """
    from scipy import __version__ as version

    unites = Unites(probleme=probleme)
    tableau = unites.tableau(probleme=probleme)
    choix = _resoudre(tableau, unites.tailles) if len(unites.noms) else np.zeros(0, np.int64)
    return Solution(
        choix=tuple(choix[unites.de].tolist()),
        prix=(),
        cout=_cout(tableau, choix, unites.tailles),
        solveur=f"scipy {version} milp",
    )


def verifier_personnes(*, probleme: Probleme, solution: Solution) -> tuple[str, ...]:
    """Admissibilité, un référent par unité, sièges comptés par personne, coût recalculé."""
    if len(solution.choix) != len(probleme.demandeurs):
        return ("formes : un choix par demandeur",)
    if any(not -1 <= j < len(probleme.places) for j in solution.choix):
        return ("choix : une place inconnue",)
    unites = Unites(probleme=probleme)
    try:
        choix = unites.choix(demandeurs=solution.choix)
    except ValueError as erreur:
        return (f"unité : {erreur}",)
    tableau, fautes = unites.tableau(probleme=probleme), []
    if (cout_des_choix(tableau, choix) == INTERDIT).any():
        fautes.append("admissibilité : une paire interdite est choisie")
    if (_charges(tableau, choix, unites.tailles) > tableau.sieges.sum(axis=1)).any():
        fautes.append("sièges : une place est dépassée")
    if _cout(tableau, choix, unites.tailles) != solution.cout:
        fautes.append("coût : le total recalculé n'est pas le total gardé")
    return tuple(fautes)


def _charges(tableau: Tableau, choix: Entiers, tailles: Entiers) -> Entiers:
    rendu = np.zeros(tableau.forme[1], dtype=np.int64)
    np.add.at(rendu, choix[choix >= 0], tailles[choix >= 0])
    return rendu


def _cout(tableau: Tableau, choix: Entiers, tailles: Entiers) -> int:
    charge = _charges(tableau, choix, tailles)
    return int(cout_des_choix(tableau, choix).sum()) + cout_des_sieges(tableau, charge)


def _resoudre(tableau: Tableau, tailles: Entiers) -> Entiers:
    """Variables : paires permises, puis « sans » par unité, puis sièges par segment."""
    # Chargé ici : lourd, et ce réglage est rare.
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, m = tableau.forme
    qui, place = np.nonzero(tableau.couts >= 0)
    ou, segment = np.nonzero(tableau.sieges)
    k, s = len(qui), len(ou)
    une = _creuse(
        np.concatenate([qui, np.arange(n)]), np.arange(k + n), np.ones(k + n), (n, k + n + s)
    )
    sieges = _creuse(
        np.concatenate([place, ou]),
        np.concatenate([np.arange(k), k + n + np.arange(s)]),
        np.concatenate([tailles[qui], np.full(s, -1)]),
        (m, k + n + s),
    )
    rendu = milp(
        np.concatenate([tableau.couts[qui, place], tableau.sans, tableau.prix[ou, segment]]),
        integrality=np.ones(k + n + s),
        bounds=Bounds(0, np.concatenate([np.ones(k + n), tableau.sieges[ou, segment]])),
        constraints=[LinearConstraint(une, 1, 1), LinearConstraint(sieges, -np.inf, 0)],
        options={"mip_rel_gap": 0.0},
    )
    if rendu.status != 0:
        raise RuntimeError(f"le programme entier n'est pas résolu : {rendu.message}")
    choix = np.full(n, -1, dtype=np.int64)
    pris = np.flatnonzero(rendu.x[:k] > 0.5)
    choix[qui[pris]] = place[pris]
    return choix


def _creuse(lignes: Entiers, colonnes: Entiers, valeurs: np.ndarray, forme: tuple[int, int]) -> Any:
    from scipy.sparse import coo_array

    return coo_array((valeurs.astype(np.float64), (lignes, colonnes)), shape=forme).tocsr()
