"""Le plus proche, les plus proches, et le repli d'un moteur sur un autre."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from draille.moteurs.trajets.calcul.recherche import MoteurGraphe
from draille.moteurs.trajets.calcul.temps import (
    AU_DELA,
    INCONNU,
    Matrice,
    Methode,
    Moteur,
    Point,
    Temps,
)

CASES_PAR_BLOC = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proche:
    """Une destination, par son rang dans la liste donnée, et le temps pour y aller."""

    rang: int
    temps: Temps


@dataclass(frozen=True, slots=True, kw_only=True)
class AvecRepli:
    """Un moteur dont les cases inconnues sont remplies, et marquées, par l'estimation."""

    principal: Moteur
    secours: Moteur

    @property
    def methode(self) -> Methode:
        """Celle du moteur principal ; chaque temps dit la sienne."""
        return self.principal.methode

    def matrice(
        self,
        *,
        origines: Sequence[Point],
        destinations: Sequence[Point],
        limite: int | None = None,
    ) -> Matrice:
        """Les temps du principal, et ceux de l'estimation là où il ne sait pas."""
        sue = self.principal.matrice(origines=origines, destinations=destinations, limite=limite)
        inconnues = sue.minutes == INCONNU
        if not inconnues.any():
            return sue
        estimee = self.secours.matrice(origines=origines, destinations=destinations)
        if inconnues.all():
            return estimee
        return replace(
            sue,
            minutes=np.where(inconnues, estimee.minutes, sue.minutes),
            bas=np.where(inconnues, estimee.bas, sue.bas),
            haut=np.where(inconnues, estimee.haut, sue.haut),
            repli=inconnues,
        )

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps d'un point à un autre."""
        matrice = self.matrice(origines=(origine,), destinations=(destination,))
        return matrice.temps(origine=0, destination=0)

    def plus_proche(
        self, *, origines: Sequence[Point], destinations: Sequence[Point]
    ) -> tuple[npt.NDArray[np.int64], Matrice] | None:
        """Le plus proche en une recherche, quand un graphe connaît toutes les destinations."""
        principal = self.principal
        if not isinstance(principal, MoteurGraphe) or not principal.connait(destinations):
            return None
        rangs, sue = principal.plus_proche(origines=origines, destinations=destinations)
        seules = np.flatnonzero(sue.minutes[:, 0] == INCONNU)
        if not len(seules):
            return rangs, sue
        dites, estimee = _par_blocs(
            self.secours, [origines[i] for i in seules.tolist()], destinations
        )
        rangs[seules] = dites
        repli = np.zeros((len(origines), 1), dtype=bool)
        repli[seules] = True
        for nom in ("minutes", "bas", "haut"):
            getattr(sue, nom)[seules] = getattr(estimee, nom)
        return rangs, replace(sue, repli=repli)


def plus_proches(
    *, moteur: Moteur, origine: Point, destinations: Sequence[Point], limite: int
) -> tuple[Proche, ...]:
    """Les destinations à `limite` dixièmes de minute au plus, de la plus proche à la plus loin.

    À temps égal, dans l'ordre donné.
    """
    ligne = moteur.matrice(origines=(origine,), destinations=destinations, limite=limite)
    temps = ligne.minutes[0] if len(destinations) else np.empty(0, np.int32)
    rangs = np.flatnonzero((temps <= limite) & (temps != INCONNU))
    tries = rangs[np.argsort(temps[rangs], kind="stable")]
    return tuple(
        Proche(rang=int(r), temps=ligne.temps(origine=0, destination=int(r))) for r in tries
    )


def plus_proche(
    *, moteur: Moteur, origines: Sequence[Point], destinations: Sequence[Point]
) -> tuple[npt.NDArray[np.int64], Matrice]:
    """Pour chaque origine, le rang de sa destination la plus proche et son temps (matrice (n, 1)).

    Par blocs : la mémoire ne dépend pas du nombre d'origines. Demande une destination au moins.
    """
    if isinstance(moteur, AvecRepli):
        rendu = moteur.plus_proche(origines=origines, destinations=destinations)
        if rendu is not None:
            return rendu
    return _par_blocs(moteur, origines, destinations)


def _par_blocs(
    moteur: Moteur, origines: Sequence[Point], destinations: Sequence[Point]
) -> tuple[npt.NDArray[np.int64], Matrice]:
    pas = max(1, CASES_PAR_BLOC // max(1, len(destinations)))
    rangs: list[npt.NDArray[np.int64]] = []
    blocs: list[Matrice] = []
    for debut in range(0, max(1, len(origines)), pas):
        bloc = moteur.matrice(origines=origines[debut : debut + pas], destinations=destinations)
        choix = np.argmin(np.where(bloc.minutes == INCONNU, AU_DELA, bloc.minutes), axis=1)
        rangs.append(choix)
        blocs.append(_colonnes(bloc, choix))
    return np.concatenate(rangs), _empiler(blocs)


def _colonnes(bloc: Matrice, choix: npt.NDArray[np.int64]) -> Matrice:
    ou = (np.arange(len(choix)), choix)
    return replace(
        bloc,
        minutes=bloc.minutes[ou][:, None],
        bas=bloc.bas[ou][:, None],
        haut=bloc.haut[ou][:, None],
        repli=None if bloc.repli is None else bloc.repli[ou][:, None],
    )


def _empiler(blocs: Sequence[Matrice]) -> Matrice:
    """Un bloc entier estimé dans une matrice d'un autre moteur y est tout entier en repli."""
    methode = next((b.methode for b in blocs if b.methode != "estimation"), blocs[0].methode)
    replis = [
        b.repli if b.repli is not None else np.full(b.minutes.shape, b.methode != methode)
        for b in blocs
    ]
    repli = np.concatenate(replis)
    return replace(
        blocs[0],
        minutes=np.concatenate([b.minutes for b in blocs]),
        bas=np.concatenate([b.bas for b in blocs]),
        haut=np.concatenate([b.haut for b in blocs]),
        methode=methode,
        repli=repli if repli.any() else None,
    )
