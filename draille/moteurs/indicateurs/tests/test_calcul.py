"""Compter sans trahir : taux, délais, mois vides, petits nombres tus."""

from datetime import date
from itertools import combinations
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.indicateurs.calcul import (
    BANDES,
    Compte,
    Periode,
    completer,
    masquer,
    resumer_delais,
    taux,
)

SEUIL = 11
REPARTITION = st.lists(st.integers(0, 40), max_size=12)


def test_un_taux_sans_denominateur_nexiste_pas():
    assert taux(0, 0) is None
    assert taux(1, 4) == 0.25
    assert Compte(0, 0).taux is None


def test_un_taux_ne_depasse_pas_cent_pour_cent():
    with pytest.raises(ValueError, match="au-dessus"):
        taux(5, 4)


def test_lannee_a_douze_mois_meme_vides():
    compte = Compte(8, 3)
    serie = completer(comptes={date(2020, 3, 1): compte}, periode=Periode.annee(2020))
    assert [m for m, _ in serie] == [date(2020, m, 1) for m in range(1, 13)]
    assert [c for _, c in serie if c != Compte(0, 0)] == [compte]


@given(jour=st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_un_mois_contient_ses_jours_et_finit_au_suivant(jour):
    periode = Periode.mois(jour)
    assert periode.debut <= jour < periode.fin
    assert periode.premiers_du_mois() == [periode.debut]
    assert periode.fin.day == 1 and (periode.fin - periode.debut).days in (28, 29, 30, 31)


@pytest.mark.parametrize(
    ("jours", "bande"),
    [(-4, 0), (0, 0), (29, 0), (30, 1), (59, 1), (60, 2), (89, 2), (90, 3), (4000, 3)],
)
def test_les_bandes_ont_leurs_bornes(jours, bande):
    nombres = [n for _, n in resumer_delais([jours]).bandes]
    assert nombres == [int(rang == bande) for rang in range(len(BANDES))]


@given(jours=st.lists(st.integers(-30, 400), min_size=1))
def test_un_resume_compte_chaque_delai_une_fois(jours):
    resume = resumer_delais(iter(jours))
    assert resume.nombre == len(jours) == sum(n for _, n in resume.bandes)
    assert (resume.moyenne, resume.mediane) == (mean(jours), median(jours))


def test_sans_delai_ni_moyenne_ni_mediane():
    resume = resumer_delais([])
    assert (resume.nombre, resume.moyenne, resume.mediane) == (0, None, None)


@pytest.mark.parametrize(
    ("nombres", "montres"),
    [
        ([0, 11, 12], [0, 11, 12]),
        ([10, 11, 12], [None, None, 12]),
        ([1, 2, 30, 0], [None, None, None, 0]),
        ([6, 7, 30], [None, None, 30]),
        ([3], [None]),
        ([], []),
    ],
)
def test_masquer(nombres, montres):
    assert masquer(nombres, seuil=SEUIL) == montres


@given(nombres=REPARTITION)
def test_aucun_petit_nombre_nest_montre(nombres):
    montres = masquer(nombres, seuil=SEUIL)
    assert all(
        m is None or (m == n and not 0 < m < SEUIL) for m, n in zip(montres, nombres, strict=True)
    )


@given(nombres=REPARTITION)
def test_le_total_ne_rend_aucun_petit_nombre(nombres):
    """La somme des tus se déduit du total : elle n'est jamais sous le seuil, ni celle d'un seul."""
    montres = masquer(nombres, seuil=SEUIL)
    tus = [n for m, n in zip(montres, nombres, strict=True) if m is None]
    reste = [m for m in montres if m]
    if tus and reste:
        assert len(tus) > 1
        assert sum(tus) >= SEUIL


@given(nombres=REPARTITION)
def test_on_ne_tait_rien_sans_raison(nombres):
    if not any(0 < n < SEUIL for n in nombres):
        assert masquer(nombres, seuil=SEUIL) == nombres


@given(nombres=st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_taire_moins_trahirait(nombres):
    """Aucun ensemble de tus plus petit ne tiendrait la règle avec les mêmes obligés."""
    montres = masquer(nombres, seuil=SEUIL)
    obliges = {i for i, n in enumerate(nombres) if 0 < n < SEUIL}
    tus = {i for i, m in enumerate(montres) if m is None}
    en_plus = [i for i in tus if i not in obliges]
    for taille in range(len(en_plus)):
        for moindre in combinations(en_plus, taille):
            ensemble = obliges | set(moindre)
            assert len(ensemble) == 1 or sum(nombres[i] for i in ensemble) < SEUIL
