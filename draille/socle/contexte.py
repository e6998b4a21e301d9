"""Le contexte d'une transaction : qui agit, avec quelles clés, à quel instant.

PostgreSQL le lit dans sa sécurité par ligne ; sans lui, aucune ligne personnelle n'est visible.
"""

from collections.abc import Iterable, Iterator
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


@contextmanager
def elargi(*, cles: Iterable[int]) -> Iterator[None]:
    """Ajoute ces clés à celles de la transaction, le temps du bloc.

    Pour l'acte qui touche plus que ce que son auteur peut lire (un partenaire répond, deux dossiers
    se rejoignent). L'acte a d'abord vérifié le droit ; il ne rend rien de ce qu'il a lu ainsi.
    """
    # Un point de reprise : si le bloc échoue, PostgreSQL rend lui-même les clés d'avant.
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SELECT current_setting('draille.cles', true)")
        (avant,) = curseur.fetchone()
        tenues = [c for c in (avant or "{}").strip("{}").split(",") if c]
        ajoutees = ",".join([*tenues, *map(str, cles)])
        curseur.execute("SELECT set_config('draille.cles', %s, true)", ["{" + ajoutees + "}"])
        yield
        curseur.execute("SELECT set_config('draille.cles', %s, true)", [avant])
