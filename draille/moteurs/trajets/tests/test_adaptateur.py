"""Des communes de la base aux temps : une requête, et un refus clair sans position."""

from datetime import date

import numpy as np
import pytest

from draille.moteurs.trajets.adaptateur import minutes, precision, situees, temps
from draille.noyau.territoire.models import Commune
from draille.socle.refus import Refus

LE = date(2020, 10, 31)
pytestmark = pytest.mark.django_db


def _commune(insee, nom, **champs):
    return Commune.objects.create(code_insee=insee, nom=nom, population=1000, **champs)


@pytest.fixture
def communes():
    puy = _commune("43157", "Le Puy-en-Velay", latitude=45.043, longitude=3.885, surface_km2=16.8)
    brioude = _commune("43040", "Brioude", latitude=45.294, longitude=3.384, surface_km2=13.5)
    langeac = _commune("43112", "Langeac", latitude=45.1, longitude=3.494, surface_km2=34.0)
    return puy.pk, brioude.pk, langeac.pk


def test_la_matrice_suit_lordre_demande_et_les_repetitions(communes):
    puy, brioude, langeac = communes
    grille = minutes(origines=(brioude, puy, brioude), destinations=(langeac, puy), le=LE)
    assert grille.minutes.shape == (3, 2)
    assert (grille.minutes[0] == grille.minutes[2]).all()
    for i, de in enumerate((brioude, puy, brioude)):
        for j, vers in enumerate((langeac, puy)):
            assert grille.temps(origine=i, destination=j) == temps(de=de, vers=vers, le=LE)
    assert grille.methode == "estimation"


def test_du_puy_a_brioude_lordre_de_grandeur_est_bon(communes):
    puy, brioude, langeac = communes
    # Par la nationale 102, une petite heure ; Langeac est entre les deux.
    assert 400 < temps(de=puy, vers=brioude, le=LE).minutes < 750
    assert (
        temps(de=brioude, vers=langeac, le=LE).minutes < temps(de=puy, vers=brioude, le=LE).minutes
    )


def test_la_meme_commune_prend_le_plancher(communes):
    ici = temps(de=communes[0], vers=communes[0], le=LE)
    assert (ici.minutes, ici.libelle) == (50, "5 min en voiture (estimation, entre 1 et 9)")


@pytest.mark.parametrize("combien", [3, 60])
def test_une_requete_quel_que_soit_le_nombre(communes, combien, django_assert_num_queries):
    puy, brioude, langeac = communes
    with django_assert_num_queries(1):
        minutes(origines=(puy, brioude, langeac) * combien, destinations=communes, le=LE)


def test_une_matrice_sans_origine_est_vide(communes):
    assert minutes(origines=(), destinations=communes, le=LE).minutes.shape == (0, 3)
    assert minutes(origines=(), destinations=(), le=LE).minutes.dtype == np.int32


def test_une_commune_sans_position_est_refusee_par_son_nom(communes):
    perdue = _commune("43999", "Perdue").pk
    with pytest.raises(Refus, match="La position de Perdue n'est pas connue") as refus:
        minutes(origines=(perdue,), destinations=communes, le=LE)
    assert refus.value.code == "trajets.commune_sans_position"
    assert situees(communes=(perdue, *communes)) == frozenset(communes)


@pytest.mark.parametrize(
    "manque",
    [{"latitude": None}, {"surface_km2": None}, {"surface_km2": 0.0}, {"population": None}],
)
def test_une_commune_a_moitie_connue_nest_pas_situee(communes, manque):
    Commune.objects.filter(pk=communes[0]).update(**manque)
    assert situees(communes=communes) == frozenset(communes[1:])


def test_une_commune_inconnue_est_refusee(communes):
    with pytest.raises(Refus, match="une commune inconnue"):
        temps(de=99_000, vers=communes[0], le=LE)


def test_la_precision_se_lit_avec_sa_source():
    lue = precision(le=LE)
    assert lue.methode == "estimation" and 0 < lue.erreur_minutes < 5
    assert "Isère" in lue.source
