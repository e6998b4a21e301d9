"""Où en est une cible : la part atteinte, et la valeur attendue à la fin de l'année."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from draille.mesures.convention.regles.calculs import situer
from draille.mesures.convention.regles.modele import Cible, GenreCible

DIXIEME_DE_MILLE = Decimal("0.0001")
CENTIEME = Decimal("0.01")
JOURS_PAR_MOIS = Decimal("365.2425") / 12

Sorte = Literal["compte", "niveau"]


@dataclass(frozen=True)
class Tendance:
    """La valeur attendue à la fin de l'année, et comment on la calcule ; nulle : rien à en dire."""

    valeur: Decimal | None
    methode: str


def part_atteinte(
    *, cible: Cible, constate: Decimal | None, base: Decimal | None
) -> Decimal | None:
    """La part de la cible atteinte : 1 quand elle l'est tout juste, plus quand elle est dépassée.

    Pour « moins de » et « au plus », c'est la limite divisée par la valeur, 1 au plus ; pour un
    intervalle, 1 dedans, et le rapport à la borne la plus proche dehors. None quand il manque une
    valeur, ou que la cible vaut zéro.
    """
    etat = situer(cible=cible, constate=constate, base=base)
    if constate is None or etat.seuil is None:
        return None
    if cible.genre in (GenreCible.MOINS_DE, GenreCible.AU_PLUS):
        if etat.est_atteinte:
            return Decimal(1)
        return _rapport(etat.seuil, constate)
    if cible.genre is GenreCible.INTERVALLE:
        if etat.est_atteinte:
            return Decimal(1)
        haut = cible.valeur_max if cible.valeur_max is not None else etat.seuil
        bas = constate < etat.seuil
        return _rapport(constate, etat.seuil) if bas else _rapport(haut, constate)
    return _rapport(constate, etat.seuil)


def _rapport(numerateur: Decimal, denominateur: Decimal) -> Decimal | None:
    if denominateur == 0:
        return None
    return (numerateur / denominateur).quantize(DIXIEME_DE_MILLE, ROUND_HALF_UP)


def tendance(*, valeur: Decimal | None, sorte: Sorte, annee: int, le: date) -> Tendance:
    """La valeur à la fin de l'année `annee`, vue le jour `le` (inclus).

    Un compte qui s'accumule se prolonge au prorata des jours écoulés ; un niveau (un taux, un
    délai moyen) se prend tel qu'il est. Une année finie ne se projette pas ; une année à venir ne
    se dit pas.
    """
    debut, fin = date(annee, 1, 1), date(annee, 12, 31)
    if valeur is None:
        return Tendance(None, "Aucune valeur : rien à prolonger.")
    if le < debut:
        return Tendance(None, "L'année n'a pas commencé.")
    if le >= fin:
        return Tendance(valeur, "Année finie : la valeur constatée.")
    if sorte == "niveau":
        return Tendance(valeur, "La valeur à ce jour, supposée constante jusqu'au 31 décembre.")
    ecoules, total = (le - debut).days + 1, (fin - debut).days + 1
    attendue = (valeur * total / ecoules).quantize(CENTIEME, ROUND_HALF_UP)
    return Tendance(
        attendue,
        f"Au prorata des jours : {ecoules} jours écoulés sur {total}, au même rythme.",
    )


def en_mois(*, jours: float) -> Decimal:
    """Des jours en mois (365,2425 / 12 jours), au centième."""
    return (Decimal(str(jours)) / JOURS_PAR_MOIS).quantize(CENTIEME, ROUND_HALF_UP)
