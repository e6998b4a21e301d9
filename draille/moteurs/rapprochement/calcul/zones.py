"""Dire la zone de chaque paire : presque sûre, à revoir, ou rien."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from draille.moteurs.rapprochement.calcul.blocs import paires
from draille.moteurs.rapprochement.calcul.formes import Profil
from draille.moteurs.rapprochement.calcul.poids import peser
from draille.moteurs.rapprochement.calcul.types import Fiche, PaireTrouvee, Pesee, Seuils, Zone


def zone(pesee: Pesee, *, marge: int, seuils: Seuils) -> Zone:
    """La zone d'un poids. `marge` : de combien il dépasse la meilleure autre paire de l'une des
    deux fiches.

    Un écart franc (prénoms, noms ou dates qui se contredisent) n'est jamais certain, quel que soit
    le reste : quelqu'un regarde.
    """
    if pesee.poids < seuils.revue:
        return Zone.NOUVELLE
    if pesee.poids >= seuils.certaine and marge >= seuils.marge and not pesee.a_ecart:
        return Zone.CERTAINE
    return Zone.A_REVOIR


def rapprocher(
    fiches: Collection[Fiche], *, seuils: Seuils, nouvelles: frozenset[int] | None = None
) -> list[PaireTrouvee]:
    """Les paires presque sûres ou à revoir parmi ces fiches, du plus grand poids au plus petit.

    `nouvelles` : ne rendre que les paires qui portent l'un de ces identifiants ; nul : toutes.
    """
    profils = [Profil(f) for f in fiches]
    return classer(_peser(profils, nouvelles, seuils), seuils=seuils)


def _peser(
    profils: Sequence[Profil], nouvelles: frozenset[int] | None, seuils: Seuils
) -> list[tuple[int, int, Pesee]]:
    n = len(profils)
    pesees = []
    for code in paires(profils, nouvelles=nouvelles):
        a, b = profils[code // n], profils[code % n]
        pesee = peser(a, b)
        if pesee.poids >= seuils.revue:
            x, y = sorted((a.fiche.id, b.fiche.id))
            pesees.append((x, y, pesee))
    return pesees


def classer(pesees: Sequence[tuple[int, int, Pesee]], *, seuils: Seuils) -> list[PaireTrouvee]:
    """La zone de chaque paire (identifiants, pesée), la marge comptée sur celles-ci."""
    meilleurs: dict[int, list[int]] = defaultdict(list)
    for x, y, pesee in pesees:
        meilleurs[x].append(pesee.poids)
        meilleurs[y].append(pesee.poids)
    for poids in meilleurs.values():
        poids.sort(reverse=True)
    rendues = []
    for x, y, pesee in pesees:
        marge = pesee.poids - max(_rival(meilleurs[i], pesee.poids) for i in (x, y))
        ou = zone(pesee, marge=marge, seuils=seuils)
        rendues.append(PaireTrouvee(x, y, pesee.poids, ou, pesee.raisons))
    return sorted(rendues, key=lambda p: (-p.poids, p.premiere, p.seconde))


def _rival(poids: list[int], le_sien: int) -> int:
    """Le meilleur poids de cette fiche, hors cette paire ; très bas s'il n'y en a pas."""
    if len(poids) < 2:
        return -(10**6)
    return poids[1] if poids[0] == le_sien else poids[0]
