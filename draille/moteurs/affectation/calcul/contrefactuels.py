"""« Et si c'était l'autre référent ? » : le surcoût total exact, pour chaque paire, en minutes.

Imposer la place j au demandeur i coûte c(i, j) - c(i, a(i)), plus la distance résiduelle de j à
a(i) : ce que coûte de faire de la place en j et de reprendre celle qu'il laisse. Rien n'est dit de
qui bougerait.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from draille.moteurs.affectation.calcul.affectation import Unites
from draille.moteurs.affectation.calcul.probleme import INTERDIT, Probleme, Solution
from draille.moteurs.affectation.calcul.residuel import (
    INFINI,
    Entiers,
    Residuel,
    Tableau,
    cout_des_choix,
    plus_courts,
    toutes_les_distances,
)

Raison = Literal["retenu", "absent", "type", "secteur", "distance", "plein", "cout"]
_BLOC = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrefactuel:
    """Ce que changerait une autre place. Ne révèle personne d'autre.

    Dixièmes de minute. `minutes` : le trajet jusqu'à elle (nul hors secteur). `ecart` : en plus ou
    en moins du trajet proposé (nul si l'un des deux manque). `surcout` : ce que le total coûterait
    de plus (nul si la place n'est pas possible). `raison` : ce qui l'écarte d'abord.
    """

    demandeur: int
    place: int
    minutes: int | None
    ecart: int | None
    surcout: int | None
    raison: Raison


def surcouts(*, tableau: Tableau, choix: Entiers) -> NDArray[np.int64]:
    """Le surcoût de toutes les paires d'un optimum, forme (n, m) ; INTERDIT si impossible."""
    n, m = tableau.forme
    distance = toutes_les_distances(Residuel.complet(tableau, choix).poids)[: m + 1, : m + 1]
    vers = np.ascontiguousarray(distance.T)[:, :m]
    ici, ou = cout_des_choix(tableau, choix), np.where(choix < 0, m, choix)
    rendu = np.empty((n, m), dtype=np.int64)
    for debut in range(0, n, _BLOC):
        tranche = slice(debut, debut + _BLOC)
        cout = tableau.couts[tranche]
        retour = vers[ou[tranche]]
        total = cout + retour - ici[tranche, None]
        total[(cout < 0) | (retour >= INFINI // 2)] = INTERDIT
        rendu[tranche] = total
    return rendu


def regrets(*, probleme: Probleme, solution: Solution) -> NDArray[np.int64]:
    """Le surcoût total, forme (n, m), si l'on imposait la place j au demandeur i (à son unité).

    Dixièmes de minute, 0 pour la place retenue, INTERDIT si elle n'est pas possible. `solution` est
    optimale (voir `verifier`).
    """
    unites = Unites(probleme=probleme)
    choix = unites.choix(demandeurs=solution.choix)
    return surcouts(tableau=unites.tableau(probleme=probleme), choix=choix)[unites.de]


def expliquer(
    *, probleme: Probleme, solution: Solution, demandeur: int, place: int
) -> Contrefactuel:
    """Pourquoi pas cette place, pour ce demandeur : en minutes, sans révéler personne d'autre."""
    minutes = probleme.demandeurs[demandeur].minutes
    retenue = solution.choix[demandeur]
    trajet = minutes[place] if minutes[place] != INTERDIT else None
    surcout = _surcout(probleme, solution, demandeur, place)
    return Contrefactuel(
        demandeur=demandeur,
        place=place,
        minutes=trajet,
        ecart=None if trajet is None or retenue < 0 else trajet - minutes[retenue],
        surcout=surcout,
        raison="retenu" if retenue == place else _raison(probleme, demandeur, place, surcout),
    )


def _raison(probleme: Probleme, demandeur: int, place: int, surcout: int | None) -> Raison:
    d, p = probleme.demandeurs[demandeur], probleme.places[place]
    if not p.est_presente:
        return "absent"
    # Ceux d'un même foyer vont ensemble : ce qui écarte l'un écarte l'autre.
    foyer = [x for x in probleme.demandeurs if x.unite == d.unite]
    if any(x.orientation not in p.orientations for x in foyer):
        return "type"
    if any(x.minutes[place] == INTERDIT for x in foyer):
        return "secteur"
    if any(x.minutes[place] > probleme.reglage.minutes_max for x in foyer):
        return "distance"
    return "plein" if surcout is None else "cout"


def _surcout(probleme: Probleme, solution: Solution, demandeur: int, place: int) -> int | None:
    unites = Unites(probleme=probleme)
    tableau = unites.tableau(probleme=probleme)
    choix = unites.choix(demandeurs=solution.choix)
    u, m = int(unites.de[demandeur]), len(probleme.places)
    if tableau.couts[u, place] < 0:
        return None
    if choix[u] == place:
        return 0
    poids = Residuel.complet(tableau, choix).poids
    distance, _ = plus_courts(poids, depart=place)
    retour = int(distance[choix[u] if choix[u] >= 0 else m])
    if retour >= INFINI // 2:
        return None
    ici = int(tableau.sans[u] if choix[u] < 0 else tableau.couts[u, choix[u]])
    return int(tableau.couts[u, place]) - ici + retour
