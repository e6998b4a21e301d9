"""Les règles sans base : alertes, unités, réglage, moyennes."""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.referent_unique import regles
from draille.mesures.referent_unique.regles import PARAMETRES_REGLAGE, Arrivant, reglage_de

BAS, HAUT = Decimal("0.01"), Decimal("0.25")


@pytest.mark.parametrize(
    ("changees", "relues", "attendu"),
    [
        (0, 0, ""),
        (0, 99, ""),
        (0, 100, "vérifiez que chacune est bien relue"),
        (1, 100, ""),
        (1, 101, "vérifiez"),
        (25, 100, ""),
        (26, 100, "revoir le réglage"),
        (1, 2, "revoir le réglage"),
    ],
)
def test_lalerte_sur_le_taux_de_changements(changees, relues, attendu):
    dite = regles.alerte(changees=changees, relues=relues, bas=BAS, haut=HAUT)
    assert (attendu in dite) if attendu else dite == ""


def arrivant(personne_id, unite_id, orientation):
    return Arrivant(
        demande_id=personne_id,
        personne_id=personne_id,
        unite_id=unite_id,
        orientation=orientation,
        orientee_le=date(2020, 10, 5),
        est_sans_vehicule=False,
        commune_id=1,
        cle_acces=200_001,
    )


@pytest.mark.parametrize(
    ("permis", "ensemble"),
    [
        ([{0: 100}, {0: 120}], True),
        ([{0: 100, 1: 300}, {1: 300}], True),
        ([{0: 100, 2: 321}, {1: 120, 2: 321}], False),
        ([{0: 100, 2: 320}, {1: 120, 2: 320}], True),
        ([{0: 100}, {1: 100}], False),
        ([{0: 100}, {}], False),
        ([{}, {}], False),
    ],
)
def test_un_foyer_reste_ensemble_si_personne_ne_sen_eloigne_trop(permis, ensemble):
    deux = [arrivant(1, 50, "a"), arrivant(2, 50, "b")]
    attendu = {1: 50, 2: 50} if ensemble else {1: -1, 2: -2}
    assert regles.unites(arrivants=deux, permis=permis, ecart=200) == attendu


def test_une_personne_seule_est_son_unite():
    assert regles.unites(arrivants=[arrivant(1, 50, "a")], permis=[{}], ecart=0) == {1: 50}


def test_le_reglage_refuse_ce_qui_rendrait_un_cout_negatif():
    valeurs = dict.fromkeys(PARAMETRES_REGLAGE, 10)
    assert reglage_de(valeurs).segments == 10
    with pytest.raises(ValueError, match="bonus_continuite"):
        reglage_de(valeurs | {"bonus_continuite": 11})
    with pytest.raises(KeyError):
        reglage_de({"base": 1})


@pytest.mark.parametrize(("dixiemes", "minutes"), [(0, 0), (4, 0), (5, 1), (244, 24), (-15, -2)])
def test_les_minutes_entieres(dixiemes, minutes):
    assert regles.minutes_entieres(dixiemes) == minutes


def test_lecart_type_et_la_moyenne():
    assert regles.ecart_type([]) is None
    assert regles.ecart_type([2, 4, 4, 4, 5, 5, 7, 9]) == 2.0
    assert (regles.moyenne([]), regles.moyenne([1, 2])) == (None, 2)


def test_le_sceau_change_avec_chaque_rang():
    base = {"moteur": "m", "nature": "semaine", "places": [{"agent_id": 1}]}
    un = regles.sceau(**base, lignes=[(1, 2, -1)])
    assert (
        len({un, regles.sceau(**base, lignes=[(1, 3, -1)]), regles.sceau(**base, lignes=[])}) == 3
    )
