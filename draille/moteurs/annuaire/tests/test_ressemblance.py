"""Deux fiches, un lieu ou deux : le barème, sur des cas tirés de la vie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.annuaire.calcul.ressemblance import (
    Empreinte,
    comparer,
    reduire,
    reduire_adresse,
    sort,
)


def _fiche(nom="France services Saugues", commune="Saugues", **plus):
    lus = {
        "adresse": "2 place Antoine Chalamet",
        "code_insee": "43234",
        "telephone": "0471000001",
        "latitude": 44.9605,
        "longitude": 3.5462,
        "courriel": "",
        "siret": "",
        **plus,
    }
    lus["adresse"] = reduire_adresse(lus["adresse"])
    return Empreinte(nom=reduire(nom), nom_sans_commune=reduire(nom, sans=commune), **lus)


def _juger(une, *autres):
    return sort([comparer(une, a) for a in autres], certain=70, a_revoir=45)


def test_la_meme_fiche_ecrite_autrement():
    autre = _fiche(
        nom="FRANCE SERVICES DE SAUGUES",
        adresse="2, pl. Antoine-Chalamet",
        latitude=44.9607,
    )
    assert _juger(_fiche(), autre) == "meme"


def test_la_mairie_au_meme_guichet_se_revoit():
    mairie = _fiche(nom="Mairie de Saugues")
    assert _juger(_fiche(), mairie) == "a_revoir"


def test_deux_fiches_pareilles_et_l_on_ne_choisit_pas():
    assert _juger(_fiche(), _fiche(), _fiche()) == "a_revoir"


@pytest.mark.parametrize(
    "plus",
    [
        # Le même nom ailleurs.
        {"code_insee": "43040", "latitude": 45.29, "longitude": 3.38, "telephone": "",
         "adresse": "1 rue Neuve"},
        # Un autre lieu de la même commune.
        {"nom": "Épicerie solidaire", "adresse": "8 cours Gervais", "latitude": 44.9650,
         "telephone": "0471000002"},
    ],
)  # fmt: skip
def test_deux_lieux(plus):
    assert _juger(_fiche(), _fiche(**plus)) == "nouvelle"


def test_le_meme_telephone_ne_suffit_pas():
    autre = _fiche(
        nom="Bus des solidarités", adresse="", latitude=None, longitude=None, code_insee=""
    )
    assert _juger(_fiche(), autre) == "nouvelle"


def test_sans_position_la_commune_et_l_adresse_parlent():
    sans = _fiche(latitude=None, longitude=None)
    assert _juger(_fiche(), sans) == "meme"


_mots = st.sampled_from("france services maison mairie bus saugues poste centre social".split())
_noms = st.lists(_mots, min_size=1, max_size=4).map(" ".join)
_fiches = st.builds(
    _fiche,
    nom=_noms,
    adresse=st.sampled_from(["", "1 rue Neuve", "1 r neuve", "9 place du Marché"]),
    code_insee=st.sampled_from(["", "43234", "43040"]),
    telephone=st.sampled_from(["", "0471000001", "0471000002"]),
    latitude=st.one_of(st.just(44.96), st.floats(44.9, 45.1)),
    courriel=st.sampled_from(["", "a@example.fr"]),
)


@given(_fiches, _fiches)
def test_comparer_est_symetrique_et_borne(une, autre):
    la, ici = comparer(une, autre), comparer(autre, une)
    assert (la.points, la.nom) == (ici.points, ici.nom)
    assert 0 <= la.points <= 100
    assert comparer(une, une).nom == 100
    brut = sum(r.points for r in la.raisons)
    assert la.points == max(0, min(100, brut))
