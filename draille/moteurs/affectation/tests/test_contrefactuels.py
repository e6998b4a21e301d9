"""« Pourquoi pas ce référent ? » : égal à la re-résolution forcée, et sans indiscrétion."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings

from draille.moteurs.affectation.calcul import (
    INTERDIT,
    Contrefactuel,
    expliquer,
    regrets,
    resoudre,
)
from draille.moteurs.affectation.tests.fabrique import (
    demandeur,
    enumerer,
    place,
    probleme,
    problemes,
)


@settings(max_examples=100, deadline=None)
@given(problemes())
def test_un_contrefactuel_est_la_resolution_forcee(p):
    """Par énumération : le moindre coût parmi les affectations où i est en j."""
    solution = resoudre(probleme=p)
    rendu = regrets(probleme=p, solution=solution)
    assert rendu.shape == (len(p.demandeurs), len(p.places))
    toutes = list(enumerer(p))
    for i in range(len(p.demandeurs)):
        for j in range(len(p.places)):
            forces = [cout for cout, choix in toutes if choix[i] == j]
            attendu = min(forces) - solution.cout if forces else INTERDIT
            assert rendu[i, j] == attendu
            lu = expliquer(probleme=p, solution=solution, demandeur=i, place=j)
            assert lu.surcout == (None if attendu == INTERDIT else attendu)


@settings(max_examples=40, deadline=None)
@given(problemes(gens=14, referents=6, couples=False))
def test_un_contrefactuel_est_la_resolution_forcee_en_plus_grand(p):
    """Par le moteur : on interdit au demandeur toute autre place, et de rester sans."""
    solution = resoudre(probleme=p)
    rendu = regrets(probleme=p, solution=solution)
    for i, d in enumerate(p.demandeurs):
        for j in range(len(p.places)):
            seul = replace(d, minutes=tuple(x if k == j else -1 for k, x in enumerate(d.minutes)))
            force = replace(p, demandeurs=(*p.demandeurs[:i], seul, *p.demandeurs[i + 1 :]))
            refait = resoudre(probleme=force)
            if rendu[i, j] == INTERDIT:
                assert refait.choix[i] != j
            elif refait.choix[i] == j:
                assert refait.cout - solution.cout == rendu[i, j]
            else:
                # Le forcer coûterait plus que de le laisser sans : le moteur l'a laissé.
                assert refait.cout - solution.cout <= rendu[i, j]


def test_la_place_retenue_ne_coute_rien_et_les_autres_jamais_moins():
    p = probleme([demandeur(k, 100, 120, 300) for k in range(6)], [place(2)] * 3)
    solution = resoudre(probleme=p)
    rendu = regrets(probleme=p, solution=solution)
    assert (rendu >= 0).all()
    assert all(rendu[i, j] == 0 for i, j in enumerate(solution.choix))


@pytest.mark.parametrize(
    ("change", "raison"),
    [
        ({"est_presente": False}, "absent"),
        ({"orientations": frozenset("b")}, "type"),
        ({"libres": 0}, "plein"),
        ({}, "cout"),
    ],
)
def test_la_raison_vient_de_la_place(change, raison):
    p = probleme([demandeur(1, 100, 200)], [place(1), replace(place(3), **change)])
    lu = expliquer(probleme=p, solution=resoudre(probleme=p), demandeur=0, place=1)
    assert (lu.raison, lu.minutes, lu.ecart) == (raison, 200, 100)
    assert lu.surcout == (100 if raison == "cout" else None)


def test_la_raison_vient_du_trajet_ou_du_secteur():
    p = probleme([demandeur(1, 100, -1, 901)], [place(1)] * 3)
    solution = resoudre(probleme=p)
    secteur = expliquer(probleme=p, solution=solution, demandeur=0, place=1)
    assert (secteur.raison, secteur.minutes, secteur.ecart) == ("secteur", None, None)
    distance = expliquer(probleme=p, solution=solution, demandeur=0, place=2)
    assert (distance.raison, distance.minutes, distance.ecart) == ("distance", 901, 801)
    retenu = expliquer(probleme=p, solution=solution, demandeur=0, place=0)
    assert (retenu.raison, retenu.surcout, retenu.ecart) == ("retenu", 0, 0)


def test_ce_qui_ecarte_un_membre_du_foyer_ecarte_lautre():
    p = probleme(
        [demandeur(1, 100, 100), demandeur(1, 100, 100, orientation="b")],
        [replace(place(2), orientations=frozenset("ab")), place(2)],
    )
    lu = expliquer(probleme=p, solution=resoudre(probleme=p), demandeur=0, place=1)
    assert (lu.raison, lu.surcout) == ("type", None)


def test_une_explication_ne_nomme_personne_dautre():
    assert {c.name for c in fields(Contrefactuel)} == {
        "demandeur",
        "place",
        "minutes",
        "ecart",
        "surcout",
        "raison",
    }
