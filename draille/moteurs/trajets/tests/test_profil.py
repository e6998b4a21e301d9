"""Qui passe où, à quelle allure : les étiquettes d'OpenStreetMap lues une à une."""

import numpy as np
import pytest

from draille.moteurs.trajets.calcul.profil import (
    CLASSES,
    RANG,
    Troncons,
    allures,
    arrete_voiture,
    lire_voie,
)
from draille.moteurs.trajets.tests.petit_reseau import PIED, VOITURE


def _voie(mode="voiture", **etiquettes):
    tags = {c.replace("__", ":"): v for c, v in etiquettes.items()}
    return lire_voie(etiquettes=tags, mode=mode)


@pytest.mark.parametrize(
    ("etiquettes", "voiture", "pied"),
    [
        ({"highway": "motorway"}, True, False),
        ({"highway": "trunk"}, True, True),
        ({"highway": "trunk", "motorroad": "yes"}, True, False),
        ({"highway": "residential"}, True, True),
        ({"highway": "footway"}, False, True),
        ({"highway": "steps"}, False, True),
        ({"highway": "track"}, False, True),
        ({"highway": "track", "tracktype": "grade1"}, True, True),
        ({"highway": "track", "motor_vehicle": "yes"}, True, True),
        ({"highway": "track", "tracktype": "grade1", "motor_vehicle": "forestry"}, False, True),
        ({"highway": "service"}, True, True),
        ({"highway": "service", "service": "driveway"}, False, False),
        ({"highway": "service", "access": "private"}, False, False),
        ({"highway": "unclassified", "access": "private", "foot": "yes"}, False, True),
        ({"highway": "unclassified", "access": "no", "motor_vehicle": "destination"}, True, False),
        ({"highway": "unclassified", "vehicle": "no"}, False, True),
        ({"highway": "primary", "foot": "no"}, True, False),
        ({"highway": "pedestrian", "area": "yes"}, False, False),
        ({"highway": "construction"}, False, False),
        ({"route": "ferry"}, True, True),
        ({"route": "ferry", "motor_vehicle": "no"}, False, True),
        ({"route": "hiking"}, False, False),
        ({"waterway": "river"}, False, False),
    ],
)
def test_qui_passe(etiquettes, voiture, pied):
    assert (lire_voie(etiquettes=etiquettes, mode="voiture") is not None) is voiture
    assert (lire_voie(etiquettes=etiquettes, mode="pied") is not None) is pied


@pytest.mark.parametrize(
    ("etiquettes", "sens"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "no"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"junction": "roundabout", "oneway": "no"}, 0),
    ],
)
def test_le_sens(etiquettes, sens):
    assert _voie(highway="secondary", **etiquettes).sens == sens
    assert _voie(mode="pied", highway="secondary", **etiquettes).sens == 0


def test_une_autoroute_est_a_sens_unique_sans_le_dire():
    assert _voie(highway="motorway").sens == 1
    assert _voie(highway="motorway_link").sens == 1
    assert _voie(highway="trunk").sens == 0


@pytest.mark.parametrize(
    ("texte", "km_h"),
    [
        ("70", 70),
        ("50 mph", 80.4672),
        ("walk", 6),
        ("FR:urban", 50),
        ("FR:rural", 80),
        ("FR:zone30", 30),
        ("signals", 0),
        ("none", 0),
    ],
)
def test_la_limite(texte, km_h):
    assert _voie(highway="primary", maxspeed=texte).limite_km_h == pytest.approx(km_h)


@pytest.mark.parametrize(
    ("texte", "secondes"), [("20", 1200), ("00:20", 1200), ("1:05:30", 3930), ("PT20M", 0)]
)
def test_la_duree_dun_bac(texte, secondes):
    assert _voie(route="ferry", duration=texte).duree_s == secondes


@pytest.mark.parametrize(
    ("etiquettes", "barre"),
    [
        ({}, False),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "bollard"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "cattle_grid"}, False),
    ],
)
def test_ce_qui_barre_la_route(etiquettes, barre):
    assert arrete_voiture(etiquettes) is barre


def _allure(classe, vitesses=VOITURE, **traits):
    troncons = Troncons(
        classe=np.array([RANG[classe]]),
        limite_km_h=np.array([traits.get("limite", 0.0)]),
        sens_unique=np.array([traits.get("unique", False)]),
        en_ville=np.array([traits.get("ville", False)]),
        sinuosite=np.array([traits.get("sinuosite", 1.0)]),
        pente=np.array([traits.get("pente", 0.0)]),
    )
    aller, retour = allures(troncons=troncons, vitesses=vitesses)
    return float(aller[0]) * 3.6, float(retour[0]) * 3.6


def test_la_regle_de_metric_en_campagne():
    # 60 × 0,9 - 0,1 × 5² = 51,5 km/h.
    assert _allure("secondaire", sinuosite=0.9, pente=5.0)[0] == pytest.approx(51.5)
    assert _allure("secondaire", sinuosite=0.4, pente=12.0)[0] == pytest.approx(15)
    # Ni à sens unique, ni en ville, ni sur une voie rapide.
    assert _allure("secondaire", sinuosite=0.9, unique=True)[0] == pytest.approx(60)
    assert _allure("voie_rapide", sinuosite=0.9, pente=5.0)[0] == pytest.approx(90)
    assert _allure("secondaire", ville=True)[0] == pytest.approx(36)


def test_une_limite_plus_basse_lemporte():
    assert _allure("secondaire", limite=30.0)[0] == pytest.approx(30)
    assert _allure("secondaire", limite=110.0)[0] == pytest.approx(60)


def test_une_agglomeration_nabaisse_pas_lautoroute():
    assert _allure("autoroute", ville=True)[0] == pytest.approx(120)


def test_a_pied_on_monte_moins_vite_quon_ne_descend():
    plat = _allure("sentier", PIED)
    assert plat == (pytest.approx(6), pytest.approx(6))
    monte, descend = _allure("sentier", PIED, pente=5.0)
    # Tobler : exp(-3,5 × 0,05) en montant, exp(3,5 × 0,05) en descendant de 5 %.
    assert monte == pytest.approx(6 * np.exp(-0.175))
    assert descend == pytest.approx(6 * np.exp(0.175))


def test_chaque_classe_a_sa_vitesse():
    assert len(VOITURE.km_h) == len(PIED.km_h) == len(CLASSES) == len(RANG)
