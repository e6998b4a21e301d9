"""Le Département chargé : ses communes situées, ses contours légers, ses trajets plausibles."""

import json

import pytest

from draille.demo.mise_en_place import charger_le_departement
from draille.moteurs.trajets.adaptateur import minutes, situees, temps
from draille.noyau.territoire.lectures import contours
from draille.noyau.territoire.models import Commune, ContourCommune


@pytest.fixture
def haute_loire(systeme, le):
    charger_le_departement(code="43", avec_secteurs=False, par=systeme, le=le)
    return dict(Commune.objects.values_list("code_insee", "id"))


def test_chaque_commune_a_sa_position_et_un_contour_leger(haute_loire):
    lus = contours()
    assert {c.commune_id for c in lus} == set(haute_loire.values()) and len(lus) == 257
    assert len(json.dumps([c.geometrie for c in lus], separators=(",", ":"))) < 300_000
    assert situees(communes=haute_loire.values()) == set(haute_loire.values())


def test_une_base_chargee_avant_les_positions_se_complete(haute_loire, systeme, le):
    ContourCommune.objects.all().delete()
    Commune.objects.update(latitude=None, longitude=None, surface_km2=None)
    assert contours() == []
    charger_le_departement(code="43", avec_secteurs=False, par=systeme, le=le)
    assert len(contours()) == 257
    assert situees(communes=haute_loire.values()) == set(haute_loire.values())


@pytest.mark.parametrize(
    ("de", "vers", "vrai"),
    # Des ordres de grandeur, en minutes : un essai de bon sens, pas une mesure.
    [
        ("43157", "43040", 55),
        ("43157", "43268", 30),
        ("43157", "43112", 45),
        ("43137", "43268", 25),
    ],
)
def test_les_trajets_de_haute_loire_sont_plausibles(haute_loire, le, de, vers, vrai):
    estime = temps(de=haute_loire[de], vers=haute_loire[vers], le=le)
    assert estime.bas - 50 <= 10 * vrai <= estime.haut + 50, estime.libelle


def test_le_departement_entier_tient_en_une_requete(haute_loire, le, django_assert_num_queries):
    toutes = list(haute_loire.values())
    with django_assert_num_queries(1):
        grille = minutes(origines=toutes * 20, destinations=toutes[:60], le=le)
    assert grille.minutes.shape == (257 * 20, 60)
    assert (grille.bas < grille.minutes).all() and (grille.minutes < grille.haut).all()
