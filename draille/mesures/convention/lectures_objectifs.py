"""Où en est chaque cible d'une convention : valeurs, seuil, tendance."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from draille.mesures.convention import regles
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.regles.suivi import Provenance
from draille.socle.acces import Acces


@dataclass(frozen=True)
class ValeurLue:
    """Une valeur d'une source ; nulle : non publiée, ou rien à compter. `url` ouvre sa preuve."""

    provenance: Provenance
    valeur: Decimal | None
    origine: str
    url: str = ""


@dataclass(frozen=True)
class ObjectifLu:
    """Une cible et ce que l'on en sait une année. `part_atteinte` entre 0 et 1, et au-delà.

    `base` et `seuil` : nuls quand rien n'est publié. `tendance` : la valeur à la fin de l'année,
    dans l'unité de la cible, par la `methode` dite en toutes lettres. `valeurs` : une par source,
    côte à côte ; `bases` : de même, pour l'année de base.
    """

    ligne_code: str
    cible: regles.Cible
    base: Decimal | None
    seuil: Decimal | None
    valeurs: tuple[ValeurLue, ...]
    etat: regles.EtatCible
    part_atteinte: Decimal | None
    tendance: Decimal | None
    methode: str
    bases: tuple[ValeurLue, ...] = ()


def objectifs(
    *, page: PageConvention, annee: int, acces: Acces, le: date
) -> tuple[ObjectifLu, ...]:
    """Chaque cible de la convention, pour une année, à une date."""
    return tuple(
        ObjectifLu(
            ligne_code=ligne.code,
            cible=cible,
            base=None,
            seuil=regles.seuil(cible=cible),
            valeurs=(),
            etat=regles.situer(cible=cible, constate=None),
            part_atteinte=None,
            tendance=None,
            methode="",
        )
        for ligne in page.lecture.lignes
        for cible in ligne.cibles
    )
