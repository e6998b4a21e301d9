"""L'estimation des trajets : ce qui doit être vrai quels que soient les points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.trajets.calcul import (
    Coefficients,
    Estimation,
    Moteur,
    Point,
    Temps,
    distances_km,
)

CALEE = Coefficients(
    constante=1.5509,
    distance=0.7859,
    densite=-0.0479,
    distance_min_km=1.0,
    densite_min=0.45,
    minutes_min=5.0,
    bande_bas=0.84,
    bande_haut=1.31,
    bande_minutes=3.5,
)
MOTEUR: Moteur = Estimation(coefficients=CALEE)
PUY = Point(latitude=45.043, longitude=3.885, densite=1130.0)
BRIOUDE = Point(latitude=45.294, longitude=3.384, densite=490.0)

points = st.builds(
    Point,
    latitude=st.floats(41, 51),
    longitude=st.floats(-5, 9),
    densite=st.floats(0, 20_000),
)


def _au_nord(km: float) -> Point:
    return Point(latitude=PUY.latitude + km / 111.195, longitude=PUY.longitude, densite=100.0)


def test_la_distance_du_puy_a_brioude_est_connue():
    # 48,26 km à vol d'oiseau par la formule de Vincenty sur l'ellipsoïde.
    (km,) = distances_km(origines=[PUY], destinations=[BRIOUDE])[0]
    assert km == pytest.approx(48.26, rel=0.004)


def test_le_calcul_a_la_main():
    temps = MOTEUR.temps(origine=PUY, destination=_au_nord(10.0))
    attendu = np.exp(1.5509 + 0.7859 * np.log(10) - 0.0479 * (np.log(1130) + np.log(100)))
    assert temps.minutes == pytest.approx(10 * attendu, abs=1)


@given(depart=points, arrivee=points)
def test_la_bande_contient_le_temps_et_le_plancher_tient(depart, arrivee):
    temps = MOTEUR.temps(origine=depart, destination=arrivee)
    assert 0 < temps.bas <= temps.minutes - 35 and temps.minutes + 35 <= temps.haut
    assert temps.minutes >= 50 and temps.methode == "estimation"


@given(depart=points, arrivee=points)
def test_laller_vaut_le_retour(depart, arrivee):
    aller = MOTEUR.temps(origine=depart, destination=arrivee)
    retour = MOTEUR.temps(origine=arrivee, destination=depart)
    assert abs(aller.minutes - retour.minutes) <= 1


@given(st.lists(st.floats(0, 300), min_size=2, max_size=30))
def test_plus_loin_nest_jamais_plus_court(kilometres):
    destinations = [_au_nord(km) for km in sorted(kilometres)]
    ligne = MOTEUR.matrice(origines=[PUY], destinations=destinations).minutes[0]
    assert (np.diff(ligne) >= 0).all()


def test_entre_communes_denses_la_route_est_plus_rapide():
    lent, rapide = (
        MOTEUR.temps(origine=PUY, destination=Point(latitude=45.3, longitude=3.9, densite=d))
        for d in (5.0, 500.0)
    )
    assert rapide.minutes < lent.minutes


@given(
    st.lists(points, min_size=1, max_size=6),
    st.lists(points, min_size=1, max_size=6),
)
def test_la_matrice_dit_ce_que_disent_les_temps_un_a_un(origines, destinations):
    matrice = MOTEUR.matrice(origines=origines, destinations=destinations)
    assert matrice.minutes.shape == (len(origines), len(destinations))
    assert matrice.minutes.dtype == matrice.bas.dtype == matrice.haut.dtype == np.int32
    for i, origine in enumerate(origines):
        for j, destination in enumerate(destinations):
            assert matrice.temps(origine=i, destination=j) == MOTEUR.temps(
                origine=origine, destination=destination
            )


def test_une_matrice_vide_garde_sa_forme():
    assert MOTEUR.matrice(origines=[], destinations=[PUY, BRIOUDE]).minutes.shape == (0, 2)
    assert MOTEUR.matrice(origines=[PUY], destinations=[]).minutes.shape == (1, 0)


def test_la_meme_commune_prend_le_plancher():
    assert MOTEUR.temps(origine=PUY, destination=PUY).minutes == 50


def test_une_commune_sans_habitant_se_calcule():
    desert = Point(latitude=45.1, longitude=3.9, densite=0.0)
    assert MOTEUR.temps(origine=PUY, destination=desert).minutes > 0


def test_le_libelle_dit_toujours_que_cest_une_estimation():
    temps = Temps(minutes=244, bas=204, haut=320, methode="estimation")
    assert temps.libelle == "24 min en voiture (estimation, entre 20 et 32)"
    # Les bornes s'arrondissent vers l'extérieur : la bande montrée contient la vraie.
    etroit = Temps(minutes=245, bas=209, haut=321, methode="estimation")
    assert etroit.libelle == "25 min en voiture (estimation, entre 20 et 33)"


def test_un_temps_de_reseau_ne_se_dit_pas_estime():
    assert Temps(minutes=244, bas=244, haut=244, methode="graphe").libelle == "24 min en voiture"
