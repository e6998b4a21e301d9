"""Le contexte d'une transaction : qui agit, avec quelles clés, à quel instant.

PostgreSQL le lit dans sa sécurité par ligne ; sans lui, aucune ligne personnelle n'est visible.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from draille.socle.acces import Acces

_POSER = (
    "SELECT set_config('draille.cles', %s, true), set_config('draille.agent', %s, true),"
    " set_config('draille.instant', %s, true)"
)


def poser(*, acces: Acces, instant: datetime) -> None:
    """Pose le contexte pour la transaction en cours. Lève AssertionError hors d'une transaction."""
    assert connection.in_atomic_block, "le contexte d'accès se pose dans une transaction"
    cles = "{" + ",".join(map(str, acces.cles)) + "}"
    with connection.cursor() as curseur:
        curseur.execute(_POSER, [cles, str(acces.agent_id or ""), instant.isoformat()])


@contextmanager
def ouvrir(*, acces: Acces, instant: datetime) -> Iterator[Acces]:
    """Ouvre une transaction sous ce contexte ; la validation suit la sortie du bloc.

    `instant` (avec fuseau) est l'instant d'écriture des lignes de journal du bloc.
    """
    with transaction.atomic():
        poser(acces=acces, instant=instant)
        yield acces
