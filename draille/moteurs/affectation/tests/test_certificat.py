"""Le certificat se refait sans solveur, et attrape chaque altération d'un calcul gardé."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from draille.moteurs.affectation.calcul import empreinte, resoudre, verifier
from draille.moteurs.affectation.tests.fabrique import (
    cout_total,
    demandeur,
    enumerer,
    place,
    probleme,
    problemes,
)


@pytest.fixture
def calcul():
    """Trois places pour cinq : chaque prix compte."""
    p = probleme(
        [demandeur(k, 100 + 30 * k, 250 - 20 * k, 400) for k in range(5)],
        [place(2), place(1), place(1)],
    )
    return p, resoudre(probleme=p)


def test_un_calcul_intact_est_prouve(calcul):
    p, solution = calcul
    assert verifier(probleme=p, solution=solution) == ()


def test_un_choix_change_est_vu(calcul):
    p, solution = calcul
    for i in range(5):
        for j in {-1, 0, 1, 2} - {solution.choix[i]}:
            choix = (*solution.choix[:i], j, *solution.choix[i + 1 :])
            assert verifier(probleme=p, solution=replace(solution, choix=choix))


def test_un_choix_change_avec_son_cout_est_vu(calcul):
    """Le fraudeur soigneux recalcule le coût : l'optimalité le trahit encore."""
    p, solution = calcul
    i = solution.choix.index(-1)
    k = solution.choix.index(1)
    choix = list(solution.choix)
    choix[i], choix[k] = choix[k], choix[i]
    fraude = replace(solution, choix=tuple(choix), cout=cout_total(p, choix))
    assert fraude.cout > solution.cout
    assert any("optimalité" in faute for faute in verifier(probleme=p, solution=fraude))


def test_un_cout_change_est_vu(calcul):
    p, solution = calcul
    fautes = verifier(probleme=p, solution=replace(solution, cout=solution.cout - 1))
    assert fautes == ("coût : le total recalculé n'est pas le total gardé",)


def test_un_prix_change_est_vu(calcul):
    p, solution = calcul
    for j in range(3):
        for ecart in (-5000, 5000):
            prix = list(solution.prix)
            prix[j] += ecart
            assert verifier(probleme=p, solution=replace(solution, prix=tuple(prix)))


def test_une_place_depassee_est_vue(calcul):
    p, solution = calcul
    fautes = verifier(probleme=p, solution=replace(solution, choix=(1,) * 5))
    assert "sièges : une place est dépassée" in fautes


def test_une_paire_interdite_est_vue():
    p = probleme([demandeur(1, 100), demandeur(2, -1)], [place(5)])
    solution = resoudre(probleme=p)
    fautes = verifier(probleme=p, solution=replace(solution, choix=(0, 0)))
    assert "admissibilité : une paire interdite est choisie" in fautes


def test_un_foyer_separe_est_vu():
    p = probleme([demandeur(1, 100, 100), demandeur(1, 100, 100)], [place(5), place(5)])
    fautes = verifier(probleme=p, solution=replace(resoudre(probleme=p), choix=(0, 1)))
    assert fautes == ("unité : une même unité a deux places",)


def test_des_formes_qui_ne_vont_pas_sont_vues(calcul):
    p, solution = calcul
    assert verifier(probleme=p, solution=replace(solution, choix=(0,)))
    assert verifier(probleme=p, solution=replace(solution, prix=()))
    assert verifier(probleme=p, solution=replace(solution, choix=(3, 0, 0, 1, 2)))


@settings(max_examples=100, deadline=None)
@given(problemes(), st.data())
def test_aucune_affectation_plus_chere_ne_passe(p, donnees):
    """Propriété : le certificat n'accepte que des optimums, quels que soient les choix."""
    solution = resoudre(probleme=p)
    choix = tuple(
        donnees.draw(st.integers(-1, len(p.places) - 1), label="choix") for _ in p.demandeurs
    )
    cout = cout_total(p, choix)
    fautes = verifier(probleme=p, solution=replace(solution, choix=choix, cout=cout or 0))
    assert (fautes == ()) == (cout == solution.cout)


@settings(max_examples=50, deadline=None)
@given(problemes(), st.data())
def test_des_prix_faux_ne_prouvent_jamais_un_choix_trop_cher(p, donnees):
    optimum = resoudre(probleme=p)
    plus_chers = [(cout, choix) for cout, choix in enumerer(p) if cout > optimum.cout]
    assume(plus_chers)
    cout, choix = donnees.draw(st.sampled_from(plus_chers))
    prix = tuple(donnees.draw(st.integers(0, 6000)) for _ in p.places)
    assert verifier(probleme=p, solution=replace(optimum, choix=choix, cout=cout, prix=prix))


def test_le_certificat_ne_charge_aucun_solveur():
    programme = (
        "import sys\n"
        "from draille.moteurs.affectation.calcul import verifier, Solution\n"
        "from draille.moteurs.affectation.tests.fabrique import *\n"
        "p = probleme([demandeur(1, 100)], [place(2)])\n"
        "s = Solution(choix=(0,), prix=(0,), cout=400, solveur='')\n"
        "assert verifier(probleme=p, solution=s) == ()\n"
        "charges = {m.split('.')[0] for m in sys.modules}\n"
        "assert not charges & {'ortools', 'scipy'}, 'solveur chargé'\n"
    )
    subprocess.run([sys.executable, "-c", programme], check=True)


def test_lempreinte_change_avec_chaque_entree_et_chaque_sortie(calcul):
    p, solution = calcul
    d, lieu = p.demandeurs[0], p.places[0]
    autres_demandeurs = [
        replace(d, unite=99),
        replace(d, orientation="b"),
        replace(d, minutes=(101, *d.minutes[1:])),
        replace(d, continuite=0),
        replace(d, est_sans_vehicule=True),
        replace(d, orientee_le=d.orientee_le + timedelta(days=1)),
    ]
    autres_places = [
        replace(lieu, libres=3),
        replace(lieu, charge=1),
        replace(lieu, capacite=9),
        replace(lieu, orientations=frozenset("ab")),
        replace(lieu, est_presente=False),
    ]
    variantes = [
        *((replace(p, demandeurs=(x, *p.demandeurs[1:])), solution) for x in autres_demandeurs),
        *((replace(p, places=(x, *p.places[1:])), solution) for x in autres_places),
        (replace(p, reglage=replace(p.reglage, base=301)), solution),
        (replace(p, appris=(0, 0, 1)), solution),
        (replace(p, graine="autre"), solution),
        (p, replace(solution, cout=solution.cout + 1)),
        (p, replace(solution, prix=(9, *solution.prix[1:]))),
        (p, replace(solution, choix=(-1, *solution.choix[1:]))),
        (p, replace(solution, solveur="autre")),
    ]
    sommes = {empreinte(probleme=a, solution=b) for a, b in [(p, solution), *variantes]}
    assert len(sommes) == 1 + len(variantes)
    assert empreinte(probleme=p, solution=solution) == empreinte(probleme=p, solution=solution)
    assert all(len(somme) == 64 for somme in sommes)
