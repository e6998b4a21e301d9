"""Le pilotage, règles pures : quand on lit, ce qui change, ce qui tient sur une feuille."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.convention.regles.pilotage import (
    Gravite,
    Moment,
    Point,
    Sens,
    au_meme_jour,
    avancement,
    evolution,
    par_gravite,
    regrouper,
    resumer,
)
from draille.mesures.convention.regles.suivi import Etape

MONTANTS = st.decimals(min_value=0, max_value=10**7, places=2)


@pytest.mark.parametrize(
    ("annee", "le", "dernier", "mois"),
    [
        (2020, date(2020, 10, 31), date(2020, 10, 31), 10),
        (2019, date(2020, 10, 31), date(2019, 12, 31), 12),
        (2020, date(2020, 1, 1), date(2020, 1, 1), 1),
    ],
)
def test_une_annee_se_compte_jusqu_a_la_lecture_ou_jusqu_a_sa_fin(annee, le, dernier, mois):
    moment = Moment(annee, le)
    assert (moment.dernier_jour, moment.mois) == (dernier, mois)
    assert moment.bornes() == (date(annee, 1, 1), dernier)


def test_le_mois_en_cours_s_arrete_a_la_lecture():
    moment = Moment(2020, date(2020, 10, 15))
    assert moment.bornes(9) == (date(2020, 9, 1), date(2020, 9, 30))
    assert moment.bornes(10) == (date(2020, 10, 1), date(2020, 10, 15))


@pytest.mark.parametrize(
    ("annee", "le", "autre", "attendu"),
    [
        (2020, date(2020, 10, 31), 2019, date(2019, 10, 31)),
        (2020, date(2020, 2, 29), 2019, date(2019, 2, 28)),
        (2019, date(2020, 5, 4), 2020, date(2020, 12, 31)),
        (2021, date(2021, 2, 28), 2020, date(2020, 2, 29)),
        (2020, date(2020, 2, 28), 2019, date(2019, 2, 28)),
    ],
)
def test_deux_annees_se_lisent_au_meme_jour(annee, le, autre, attendu):
    assert au_meme_jour(moment=Moment(annee, le), annee=autre) == Moment(autre, attendu)


def test_ce_qui_manque_d_un_cote_ne_se_compare_pas():
    assert evolution(avant=None, apres=3).sens is Sens.INCONNU
    assert evolution(avant=4, apres=None).ecart is None
    de_zero = evolution(avant=0, apres=5)
    assert (de_zero.ecart, de_zero.part, de_zero.sens) == (Decimal(5), None, Sens.PLUS)
    baisse = evolution(avant=8, apres=6)
    assert (baisse.part, baisse.sens) == (Decimal("-0.2500"), Sens.MOINS)
    assert evolution(avant=7, apres=7).sens is Sens.EGAL


@given(prevu=MONTANTS, engage=MONTANTS, paye=MONTANTS)
def test_les_parts_d_une_ligne_font_le_plus_grand_de_ses_montants(prevu, engage, paye):
    a = avancement(montants={Etape.PREVUE: prevu, Etape.ENGAGEE: engage, Etape.EXECUTEE: paye})
    assert min(a.paye, a.engage, a.reste) >= 0
    assert a.paye == paye
    assert a.paye + a.engage + a.reste == max(prevu, engage, paye)


def test_un_montant_non_publie_ne_compte_pas():
    a = avancement(montants={Etape.EXECUTEE: Decimal(5)})
    assert (a.paye, a.engage, a.reste) == (5, 0, 0)


@given(
    st.lists(st.tuples(st.text(max_size=5), st.tuples(MONTANTS, MONTANTS)), max_size=14),
    st.integers(2, 9),
)
def test_regrouper_ne_perd_aucun_euro(parts, au_plus):
    groupes = regrouper(parts, au_plus=au_plus)
    assert len(groupes) == min(len(parts), au_plus)
    for colonne in (0, 1):
        assert sum(v[colonne] for _, v in groupes) == sum(v[colonne] for _, v in parts)


def test_le_plus_grave_se_lit_d_abord_et_une_fois():
    retard = Point(Gravite.RETARD, "en retard")
    risque, autre = Point(Gravite.RISQUE, "un"), Point(Gravite.RISQUE, "deux")
    assert par_gravite([risque, retard, autre, risque]) == (retard, risque, autre)
    assert resumer([retard, risque, autre], au_plus=2) == ((retard, risque), 1)
    assert resumer([retard], au_plus=2) == ((retard,), 0)
