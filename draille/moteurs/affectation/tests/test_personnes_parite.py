"""Compter par personnes ; dire ce qu'un calcul a donné par groupe, et si l'on relit vraiment."""

from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draille.moteurs.affectation.calcul import (
    NON_AFFECTE,
    Demandeur,
    GroupeLigne,
    alerter,
    parite,
    resoudre,
    resoudre_personnes,
    verifier_personnes,
)
from draille.moteurs.affectation.tests.fabrique import (
    cout_de_la_paire,
    demandeur,
    place,
    prix_des_sieges,
    probleme,
    problemes,
)


def _cout_personnes(p, choix) -> int | None:
    """Le coût où chaque personne prend un siège ; à la main."""
    total, par_unite = 0, {}
    for i, j in enumerate(choix):
        if par_unite.setdefault(p.demandeurs[i].unite, j) != j:
            return None
        paire = p.reglage.cout_non_affecte if j < 0 else cout_de_la_paire(p, i, j)
        if paire is None:
            return None
        total += paire
    for j, nombre in Counter(j for j in choix if j >= 0).items():
        prix = prix_des_sieges(p, j)
        if nombre > len(prix):
            return None
        total += sum(prix[:nombre])
    return total


def _tous(p, rang=0, choix=()):
    if rang == len(p.demandeurs):
        yield choix
        return
    for j in range(-1, len(p.places)):
        yield from _tous(p, rang + 1, (*choix, j))


@settings(max_examples=40, deadline=None)
@given(problemes())
def test_par_personnes_loptimum_est_celui_de_lenumeration(p):
    solution = resoudre_personnes(probleme=p)
    couts = (_cout_personnes(p, choix) for choix in _tous(p))
    assert solution.cout == min(c for c in couts if c is not None)
    assert _cout_personnes(p, solution.choix) == solution.cout
    assert verifier_personnes(probleme=p, solution=solution) == ()


@settings(max_examples=40, deadline=None)
@given(problemes(couples=False))
def test_sans_couple_les_deux_reglages_coutent_pareil(p):
    assert resoudre_personnes(probleme=p).cout == resoudre(probleme=p).cout


def test_un_couple_prend_deux_places_chez_un_seul_referent():
    couple = [demandeur(1, 100, 300), demandeur(1, 100, 300)]
    p = probleme(couple, [place(1), place(2)])
    assert resoudre(probleme=p).choix == (0, 0)
    assert resoudre_personnes(probleme=p).choix == (1, 1)
    petites = replace(p, places=(place(1), place(1)))
    assert resoudre_personnes(probleme=petites).choix == (NON_AFFECTE, NON_AFFECTE)


def test_une_alteration_par_personnes_est_vue():
    p = probleme([demandeur(1, 100, 300), demandeur(1, 100, 300)], [place(1), place(2)])
    solution = resoudre_personnes(probleme=p)
    for choix in [(0, 0), (0, 1), (1,), (2, 2), (-1, -1)]:
        assert verifier_personnes(probleme=p, solution=replace(solution, choix=choix))
    assert verifier_personnes(probleme=p, solution=replace(solution, cout=solution.cout - 1))


def _lignes(nombre: int, **termes) -> list[GroupeLigne]:
    defaut = {"territoire": "Brioude", "sexe": "F", "age": "30-49", "minutes": 200}
    return [GroupeLigne(**{**defaut, **termes})] * nombre


def _axe(lignes, axe, **termes):
    return {g.valeur: g for g in parite(lignes=lignes, **termes) if g.axe == axe}


def test_un_groupe_de_moins_de_onze_est_tu():
    lignes = _lignes(30) + _lignes(10, sexe="X") + _lignes(9, sexe="H")
    sexes = _axe(lignes, "sexe")
    assert sexes["F"].effectif == 30
    for tu in (sexes["X"], sexes["H"]):
        assert (tu.effectif, tu.minutes, tu.pour_mille_proches, tu.pour_mille_sans) == (None,) * 4


def test_onze_suffisent():
    sexes = _axe(_lignes(11) + _lignes(11, sexe="H"), "sexe")
    assert {s: g.effectif for s, g in sexes.items()} == {"F": 11, "H": 11}


def test_un_groupe_tu_seul_en_fait_taire_un_second():
    """Le total moins les autres le révélerait."""
    lignes = _lignes(40) + _lignes(20, sexe="H") + _lignes(3, sexe="X")
    sexes = _axe(lignes, "sexe")
    assert {s for s, g in sexes.items() if g.effectif is None} == {"X", "H"}


def test_les_parts_et_la_moyenne():
    lignes = _lignes(6, minutes=300) + _lignes(5, minutes=400) + _lignes(9, minutes=None)
    groupe = _axe(lignes, "territoire")["Brioude"]
    assert (groupe.effectif, groupe.minutes) == (20, round((6 * 300 + 5 * 400) / 11))
    assert (groupe.pour_mille_proches, groupe.pour_mille_sans) == (300, 450)


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 900)), max_size=80))
def test_aucun_petit_groupe_ne_se_lit_ni_ne_se_deduit(tirees):
    lignes = [
        GroupeLigne(territoire=t, sexe="F", age="30-49", minutes=minutes) for t, minutes in tirees
    ]
    vrais = Counter(t for t, _ in tirees)
    rendus = _axe(lignes, "territoire")
    for territoire, groupe in rendus.items():
        assert groupe.effectif in (None, vrais[territoire])
        assert groupe.effectif is None or groupe.effectif >= 11
    tus = [t for t, g in rendus.items() if g.effectif is None]
    assert len(tus) != 1 or len(rendus) == 1


def test_le_sexe_et_lage_ne_sont_jamais_une_entree():
    assert not {c.name for c in fields(Demandeur)} & {"territoire", "sexe", "age"}


@pytest.mark.parametrize(
    ("relues", "changees", "attendue"),
    [
        (0, 0, None),
        (100, 0, "trop_peu"),
        (100, 1, None),
        (101, 1, "trop_peu"),
        (100, 25, None),
        (100, 26, "trop"),
        (8, 2, None),
        (8, 3, "trop"),
    ],
)
def test_lalerte_sur_le_taux_de_changements(relues, changees, attendue):
    rendue = alerter(
        relues=relues, changees=changees, plancher_pour_mille=10, plafond_pour_mille=250
    )
    assert rendue == attendue


def test_plus_de_changees_que_de_relues_est_refuse():
    with pytest.raises(ValueError, match="relues"):
        alerter(relues=1, changees=2, plancher_pour_mille=10, plafond_pour_mille=250)
