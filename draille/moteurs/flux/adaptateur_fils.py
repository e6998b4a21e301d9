"""Lire dans un fil, écrire dans un autre : le serveur travaille pendant que l'on lit."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db import connections

LOTS_D_AVANCE = 3
ATTENTE_S = 0.2

T = TypeVar("T")


class _Fin:
    """Marque la fin des lots."""


def a_deux(lots: Iterator[T], prendre: Callable[[Iterator[T]], None]) -> None:
    """Tire `lots` dans ce fil et les passe à `prendre`, qui les consomme dans un autre.

    Ce que l'un lève arrête l'autre et ressort d'ici : une erreur de lecture est levée dans
    `prendre`, au milieu de sa transaction, qui se défait donc. `prendre` a sa propre connexion.
    """
    file: queue.Queue[T | BaseException | _Fin] = queue.Queue(maxsize=LOTS_D_AVANCE)
    erreurs: list[BaseException] = []

    def travailler() -> None:
        try:
            prendre(_tirer(file))
        except BaseException as erreur:
            erreurs.append(erreur)
        finally:
            connections.close_all()

    fil = threading.Thread(target=travailler, name="flux-ecriture")
    fil.start()
    try:
        for lot in lots:
            if not _passer(file, lot, fil):
                break
        _passer(file, _Fin(), fil)
    except BaseException as erreur:
        _passer(file, erreur, fil)
        fil.join()
        raise
    fil.join()
    if erreurs:
        raise erreurs[0]


def _passer(
    file: "queue.Queue[T | BaseException | _Fin]",
    quoi: T | BaseException | _Fin,
    fil: threading.Thread,
) -> bool:
    """Passe au fil d'écriture ; faux s'il s'est arrêté."""
    while fil.is_alive():
        with contextlib.suppress(queue.Full):
            file.put(quoi, timeout=ATTENTE_S)
            return True
    return False


def _tirer(file: "queue.Queue[T | BaseException | _Fin]") -> Iterator[T]:
    while True:
        quoi = file.get()
        if isinstance(quoi, _Fin):
            return
        if isinstance(quoi, BaseException):
            raise quoi
        yield quoi
