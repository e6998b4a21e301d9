"""Sous quel contexte un fichier s'intègre : un seul à la fois, et sans angle mort."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle, cle_generale
from draille.socle.refus import Refus

ROLES_FICHIERS = (Role.CADRE, Role.CHARGE_ORIENTATION)
CLE_INSERTION = cle_generale(compartiment=Compartiment.INSERTION)
CLE_SANS_COMMUNE = cle(compartiment=Compartiment.INSERTION, commune_id=None)
VERROU, VERROU_ECRITURE = 4_304_307, 4_304_308
_REGLAGES = ("draille.cles", "draille.agent", "draille.instant")
_LIRE_CONTEXTE = "SELECT " + ", ".join(
    f"coalesce(current_setting('{nom}', true), '')" for nom in _REGLAGES
)
_RENDRE_CONTEXTE = "SELECT " + ", ".join(f"set_config('{nom}', %s, true)" for nom in _REGLAGES)


def exiger(par: Acces, action: str) -> None:
    """Lève `Refus('acces.refuse')` sans un rôle qui traite les dossiers de toute l'insertion."""
    par.exiger(ROLES_FICHIERS, cle_ligne=CLE_INSERTION, action=action)


def elargir(par: Acces) -> Acces:
    """L'agent, avec de quoi tout voir le temps de l'acte.

    Une personne déjà connue d'un autre compartiment doit être retrouvée, non inscrite deux fois :
    c'est le traitement qui la voit, l'agent n'en reçoit rien.
    """
    cles = frozenset(cle_generale(compartiment=c) for c in Compartiment)
    return replace(par, cles_par_role={**par.cles_par_role, Role.SYSTEME: cles})


@contextmanager
def elargi(*, par: Acces, instant: datetime | None) -> Iterator[Acces]:
    """Une transaction (ou un point de reprise) sous un contexte élargi, rendu tel quel ensuite.

    `instant` n'est demandé que hors d'une transaction ; dedans, c'est celui du contexte ouvert.
    """
    large = elargir(par)
    if not connection.in_atomic_block:
        with contexte.ouvrir(acces=large, instant=_exiger_instant(instant)):
            yield large
        return
    ouvert = instant_ouvert()
    with connection.cursor() as curseur:
        curseur.execute(_LIRE_CONTEXTE)
        avant = curseur.fetchone()
    with transaction.atomic():
        contexte.poser(acces=large, instant=ouvert or _exiger_instant(instant))
        yield large
    with connection.cursor() as curseur:
        curseur.execute(_RENDRE_CONTEXTE, avant)


def instant_ouvert() -> datetime | None:
    """L'instant du contexte ouvert, nul s'il n'y en a pas."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT nullif(current_setting('draille.instant', true), '')::timestamptz")
        ouvert: datetime | None = curseur.fetchone()[0]
    return ouvert


def _exiger_instant(instant: datetime | None) -> datetime:
    if instant is None:
        raise Refus(
            code="flux.sans_instant",
            message="L'instant de l'acte manque : ouvrez un contexte, ou donnez « instant ».",
        )
    return instant


@contextmanager
def seul() -> Iterator[None]:
    """Attend son tour : un seul fichier s'intègre à la fois, quel que soit le serveur."""
    if connection.in_atomic_block:
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
        yield
        return
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_lock(%s)", [VERROU])
    try:
        yield
    finally:
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_unlock(%s)", [VERROU])


def empreinte_vide() -> "hashlib._Hash":
    """L'empreinte d'un contenu, à nourrir au fil de la lecture."""
    return hashlib.sha256()
