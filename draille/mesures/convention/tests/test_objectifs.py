"""La part atteinte et la tendance d'une cible, par des nombres que l'on vérifie de tête."""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention.regles import Cible, GenreCible
from draille.mesures.convention.regles.objectifs import en_mois, part_atteinte, tendance
from draille.mesures.convention.tests.fabrique import PREUVE


def cible(genre, valeur=None, valeur_max=None):
    lues = (None if v is None else Decimal(v) for v in (valeur, valeur_max))
    valeur, haut = lues
    return Cible("c", "c", genre, valeur, "u", PREUVE, valeur_max=haut)


@pytest.mark.parametrize(
    ("genre", "valeur", "valeur_max", "base", "constate", "part"),
    [
        (GenreCible.ABSOLU, 200, None, None, 150, "0.75"),
        (GenreCible.ABSOLU, 200, None, None, 250, "1.25"),
        (GenreCible.ABSOLU, 0, None, None, 5, None),
        (GenreCible.TAUX, 80, None, None, 60, "0.75"),
        (GenreCible.MULTIPLICATEUR, 2, None, 100, 150, "0.75"),
        (GenreCible.MULTIPLICATEUR, 2, None, None, 150, None),
        (GenreCible.MAINTIEN, None, None, 80, 60, "0.75"),
        (GenreCible.MOINS_DE, 1, None, None, "0.9", "1"),
        (GenreCible.MOINS_DE, 1, None, None, 1, "1"),
        (GenreCible.MOINS_DE, 1, None, None, 4, "0.25"),
        (GenreCible.AU_PLUS, 30, None, None, 30, "1"),
        (GenreCible.INTERVALLE, 16, 18, None, 17, "1"),
        (GenreCible.INTERVALLE, 16, 18, None, 8, "0.5"),
        (GenreCible.INTERVALLE, 16, 18, None, 36, "0.5"),
        (GenreCible.ABSOLU, 200, None, None, None, None),
    ],
)
def test_la_part_atteinte(genre, valeur, valeur_max, base, constate, part):
    lue = part_atteinte(
        cible=cible(genre, valeur, valeur_max),
        constate=None if constate is None else Decimal(constate),
        base=None if base is None else Decimal(base),
    )
    assert lue == (None if part is None else Decimal(part))


@pytest.mark.parametrize(
    ("le", "sorte", "attendue"),
    [
        (date(2020, 1, 1), "compte", Decimal(36600)),
        (date(2020, 7, 1), "compte", Decimal(200)),
        (date(2020, 7, 1), "niveau", Decimal(100)),
        (date(2020, 12, 31), "compte", Decimal(100)),
        (date(2021, 5, 1), "compte", Decimal(100)),
        (date(2019, 12, 31), "compte", None),
    ],
)
def test_la_tendance_au_31_decembre(le, sorte, attendue):
    """2020 a 366 jours, et le 1er juillet est le 183e."""
    lue = tendance(valeur=Decimal(100), sorte=sorte, annee=2020, le=le)
    assert lue.valeur == attendue
    assert lue.methode


def test_rien_ne_se_prolonge_de_rien():
    assert tendance(valeur=None, sorte="compte", annee=2020, le=date(2020, 7, 1)).valeur is None


def test_des_jours_en_mois():
    assert en_mois(jours=30.436875) == 1
    assert en_mois(jours=15) == Decimal("0.49")
