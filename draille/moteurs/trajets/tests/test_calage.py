"""L'erreur annoncée dans les paramètres est celle que l'on remesure sur les données du calage."""

from datetime import date
from pathlib import Path

import pytest

from bench.calage_trajets import CENTRES, TEMPS, caler, lire, mesurer_les_coefficients, principal
from draille.moteurs.trajets.adaptateur import moteur, precision
from draille.moteurs.trajets.calcul import Estimation

LE = date(2020, 10, 31)


@pytest.fixture(scope="module")
def lues(donnees: Path):
    dossier = donnees / "geo"
    if not ((dossier / TEMPS).is_file() and (dossier / CENTRES).is_file()):
        pytest.skip("temps routiers du calage absents (DRAILLE_DONNEES/geo)")
    return lire(dossier)


@pytest.fixture(scope="module")
def calage(lues):
    return caler(lues)


def test_les_coefficients_inscrits_sont_ceux_du_calage(calage):
    en_vigueur = moteur(le=LE)
    assert isinstance(en_vigueur, Estimation)
    assert en_vigueur.coefficients == calage.coefficients


def test_lerreur_annoncee_est_vraie_sur_des_communes_jamais_vues(calage):
    annoncee = precision(le=LE)
    assert round(calage.tenue.minutes, 2) == float(annoncee.erreur_minutes)
    assert round(calage.tenue.classe, 3) == float(annoncee.part_bien_classee)
    assert calage.tenue.minutes < 5 and calage.tenue.classe >= 0.91
    assert "OpenStreetMap (ODbL)" in annoncee.source


def test_la_bande_contient_huit_temps_sur_dix_meme_courts(calage):
    assert calage.part_dans_la_bande == pytest.approx(0.81, abs=0.01)
    assert calage.part_courte_dans_la_bande >= 0.8


def test_lestimation_vaut_mieux_que_le_vol_doiseau(calage):
    assert calage.vol_doiseau.minutes - calage.tenue.minutes > 3
    assert calage.tenue.classe > calage.vol_doiseau.classe


def test_le_moteur_qui_tourne_est_bien_la_droite_calee(lues, calage):
    tel_quel = mesurer_les_coefficients(lues, calage.coefficients)
    assert tel_quel.minutes == pytest.approx(calage.tenue.minutes, abs=0.05)


def test_le_calage_sans_donnees_le_dit(tmp_path, capsys):
    assert principal([str(tmp_path)]) == 2
    assert "Calage sauté" in capsys.readouterr().out
