"""Où envoyer quelqu'un : les points proches qui prennent son besoin, en minutes."""

from datetime import date, time

from draille.mesures.accueil_social.lectures_types import LieuPropose
from draille.socle.acces import Acces


def points_pour(
    *,
    commune_id: int,
    besoin: str | None,
    le: date,
    limite: int,
    acces: Acces,
    heure: time | None = None,
) -> list[LieuPropose]:
    """Les `limite` points les plus proches qui prennent ce besoin (tous s'il est nul), en minutes.

    Lève `Refus('acces.refuse')` à qui n'ouvre pas l'annuaire.
    """
    raise NotImplementedError
