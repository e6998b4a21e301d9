"""Réparer sans remanier : le plus petit nombre de changements qui rend l'affectation admissible."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from draille.moteurs.affectation.calcul.affectation import Unites
from draille.moteurs.affectation.calcul.optimum import cout_total, optimiser
from draille.moteurs.affectation.calcul.probleme import Probleme
from draille.moteurs.affectation.calcul.residuel import Tableau
from draille.moteurs.affectation.calcul.transport import Solveur


@dataclass(frozen=True, slots=True, kw_only=True)
class Changement:
    """Un demandeur qui change de place. `vers` : -1 si personne ne peut le prendre.

    `cout` : ce que sa paire coûte de plus qu'avant, dixièmes de minute (nul si la paire d'avant
    n'est plus permise).
    """

    demandeur: int
    de: int
    vers: int
    cout: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reparation:
    """Une proposition : tout ce qui changerait, dit ; le reste ne bouge pas. `cout` : le total."""

    choix: tuple[int, ...]
    changements: tuple[Changement, ...]
    cout: int
    solveur: str


def reparer(
    *, probleme: Probleme, actuels: Sequence[int], solveur: Solveur = "ortools"
) -> Reparation:
    """Le plus petit ensemble de changements qui rend `actuels` admissible, puis le moindre coût.

    `actuels` : la place de chaque demandeur, -1 pour qui n'en a pas : il attend, la réparation n'y
    touche pas. Les places `libres` du problème sont celles que ces demandeurs peuvent prendre, les
    leurs comprises. Ordre des buts : que personne ne perde son référent, le moins d'unités
    déplacées, le moindre coût ; ex aequo départagés par la graine. Lève ValueError si les longueurs
    ne s'accordent pas.
    """
    if len(actuels) != len(probleme.demandeurs):
        raise ValueError("une place actuelle par demandeur")
    suivis = [i for i, j in enumerate(actuels) if j >= 0]
    reduit = replace(probleme, demandeurs=tuple(probleme.demandeurs[i] for i in suivis))
    unites = Unites(probleme=reduit)
    tableau = unites.tableau(probleme=reduit)
    # Deux membres d'une unité chez deux référents : aucun des deux n'est une place à garder.
    ici = np.array([actuels[i] for i in suivis], dtype=np.int64)
    avant = np.full(len(unites.noms), -1, dtype=np.int64)
    avant[unites.de] = ici
    avant[unites.de[avant[unites.de] != ici]] = -1
    optimum = optimiser(
        tableau=_peser(tableau, avant, unites.tailles),
        solveur=solveur,
        tirage=unites.tirage(graine=probleme.graine),
        toutes_les_paires=True,
    )
    choix = list(actuels)
    for i, j in zip(suivis, optimum.choix[unites.de].tolist(), strict=True):
        choix[i] = j
    rang = dict(zip(suivis, unites.de.tolist(), strict=True))
    changements = tuple(
        Changement(
            demandeur=i,
            de=actuels[i],
            vers=choix[i],
            cout=_ecart(tableau, rang[i], actuels[i], choix[i]),
        )
        for i in suivis
        if choix[i] != actuels[i]
    )
    return Reparation(
        choix=tuple(choix),
        changements=changements,
        cout=cout_total(tableau, optimum.choix),
        solveur=optimum.solveur,
    )


def _peser(tableau: Tableau, avant: np.ndarray, tailles: np.ndarray) -> Tableau:
    """Le même tableau, où un changement pèse plus que tous les coûts, et une perte plus qu'eux."""
    n = tableau.forme[0]
    sommet = max(int(tableau.couts.max(initial=0)), int(tableau.sans.max(initial=0)))
    changement = n * (sommet + int(tableau.prix.max(initial=0))) + 1
    couts = tableau.couts + np.where(tableau.couts < 0, 0, changement).astype(np.int64)
    reste = np.flatnonzero(avant >= 0)
    reste = reste[tableau.couts[reste, avant[reste]] >= 0]
    couts[reste, avant[reste]] -= changement
    return replace(tableau, couts=couts, sans=tableau.sans + changement * (n + 1))


def _ecart(tableau: Tableau, unite: int, de: int, vers: int) -> int | None:
    avant = int(tableau.couts[unite, de])
    apres = int(tableau.couts[unite, vers] if vers >= 0 else tableau.sans[unite])
    return None if avant < 0 else apres - avant
