"""Le crédit en versions, l'exécution et la décision modificative qu'elle implique."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.suivi_rsa.regles import budget as r
from draille.mesures.suivi_rsa.regles.publies import compter
from draille.mesures.suivi_rsa.tests.fabrique_budget import vote

LE = date(2020, 9, 30)
MILLION = Decimal(1_000_000)


def mois(rang: int) -> date:
    return date(2020, rang, 1)


def attendus(debut: int, valeur: int, marge: int = 0) -> dict[date, r.Attendu]:
    return {
        mois(n): r.Attendu(
            mois(n), Decimal(valeur), Decimal(valeur - marge), Decimal(valeur + marge)
        )
        for n in range(debut, 13)
    }


def execution(
    *, credit: str = "12000000", droits: int = 9, mandats=None, prevus=None, le: date = LE
) -> r.Execution:
    """Neuf mois à un million, par défaut."""
    return r.executer(
        annee=2020,
        versions=r.versions(votes=[vote(credit)], annee=2020, le=le),
        droits={mois(n): MILLION for n in range(1, droits + 1)},
        mandats=mandats or {},
        attendus=attendus(droits + 1, 1_000_000) if prevus is None else prevus,
        le=le,
    )


def test_les_versions_se_lisent_a_une_date():
    votes = [
        vote("19300000", compte_le=date(2020, 1, 1)),
        vote("800000", code="juin", nature=r.MODIFICATIVE, compte_le=date(2020, 6, 30)),
        vote("600000", code="dm", nature=r.MODIFICATIVE, compte_le=date(2020, 10, 27)),
        vote("1", annee=2021, compte_le=date(2020, 1, 1)),
    ]
    a = {
        le: [v.credit for v in r.versions(votes=votes, annee=2020, le=le)]
        for le in (date(2020, 6, 29), date(2020, 6, 30), date(2020, 10, 27))
    }
    assert a[date(2020, 6, 29)] == [Decimal(19_300_000)]
    assert a[date(2020, 6, 30)] == [Decimal(19_300_000), Decimal(20_100_000)]
    assert a[date(2020, 10, 27)][-1] == Decimal(20_700_000)


def test_un_mois_compte_ses_mandats_sinon_ses_droits_sinon_la_prevision():
    e = execution(mandats={mois(1): Decimal(1_100_000)})
    # Un seul mois commun : les mandats valent 1,1 fois les droits, la prévision aussi.
    assert e.coefficient == Decimal("1.1")
    assert e.realise == Decimal(9_100_000)
    assert e.mois[9].attendu.valeur == Decimal(1_100_000)
    assert e.total.valeur == Decimal(12_400_000)
    assert e.mois[11].cumul == e.total.valeur
    assert e.reste == Decimal(2_900_000)


def test_un_mois_inconnu_empeche_le_total():
    e = execution(droits=0, prevus=attendus(3, 1_000_000))
    assert e.inconnus == (mois(1), mois(2))
    assert e.total is None
    assert r.decision_impliquee(execution=e, delai_jours=30, niveau=80, le=LE) is None


def test_la_decision_dit_le_montant_le_mois_et_la_date():
    i = r.decision_impliquee(
        execution=execution(credit="11500000", prevus=attendus(10, 1_000_000, 50_000)),
        delai_jours=30,
        niveau=80,
        le=LE,
    )
    assert (i.manque, i.bas, i.haut) == (Decimal(500_000), Decimal(350_000), Decimal(650_000))
    assert i.epuise_en == mois(12)
    assert i.avant_le == date(2020, 10, 31)
    dite = i.phrase.replace("\u202f", " ").replace("\xa0", " ")
    assert "s'épuiserait en décembre 2020" in dite
    assert "Il manquerait 500 000 € (entre 350 000 € et 650 000 €, 80 chances sur 100)" in dite
    assert "serait à voter le 31 octobre 2020 au plus tard" in dite


def test_une_date_passee_se_dit():
    i = r.decision_impliquee(
        execution=execution(credit="9500000"), delai_jours=30, niveau=80, le=LE
    )
    assert i.epuise_en == mois(10)
    assert "était à voter le 31 août 2020" in i.phrase


def test_un_credit_suffisant_se_dit_et_l_intervalle_previent():
    i = r.decision_impliquee(
        execution=execution(prevus=attendus(10, 1_000_000, 200_000)),
        delai_jours=30,
        niveau=80,
        le=LE,
    )
    assert not i.est_due
    assert i.epuise_en is None
    assert "à surveiller" in i.phrase
    large = r.decision_impliquee(
        execution=execution(credit="20000000"), delai_jours=30, niveau=80, le=LE
    )
    assert "Aucune décision modificative n'est à prévoir" in large.phrase


@given(
    st.lists(st.integers(1, 5_000_000), min_size=12, max_size=12),
    st.integers(1, 60_000_000),
    st.integers(0, 12),
)
def test_la_decision_est_exacte_au_centime(centimes, credit, faits):
    """Ce qui manque, ajouté au crédit, l'épuise exactement ; le mois dit est le premier dépassé."""
    montants = {mois(n): Decimal(c) / 100 for n, c in enumerate(centimes, 1)}
    e = r.executer(
        annee=2020,
        versions=r.versions(votes=[vote(f"{credit / 100:.2f}")], annee=2020, le=LE),
        droits={m: v for m, v in montants.items() if m.month <= faits},
        mandats={},
        attendus={m: r.Attendu(m, v, v, v) for m, v in montants.items()},
        le=date(2020, 12, 31),
    )
    i = r.decision_impliquee(execution=e, delai_jours=30, niveau=80, le=LE)
    assert e.credit + i.manque == sum(montants.values()) == e.mois[-1].cumul
    cumul = Decimal(0)
    premier = None
    for m, v in montants.items():
        cumul += v
        if premier is None and cumul > e.credit:
            premier = m
    assert i.epuise_en == premier
    assert i.est_due == (premier is not None)


@pytest.mark.parametrize(
    ("precision", "le", "nature", "attendu"),
    [
        (r.JOUR, date(2020, 6, 15), r.MODIFICATIVE, date(2020, 6, 15)),
        (r.MOIS, date(2020, 6, 1), r.MODIFICATIVE, date(2020, 6, 30)),
        (r.JOUR, date(2019, 12, 16), r.PRIMITIF, date(2020, 1, 1)),
        (r.JOUR, date(2021, 1, 18), r.MODIFICATIVE, date(2021, 1, 18)),
    ],
)
def test_depuis_quand_un_vote_compte(precision, le, nature, attendu):
    assert compter(precision, le, nature, 2020) == attendu
