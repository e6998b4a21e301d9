"""Lire et écrire des heures : formats réels, sales, et l'aller-retour."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.annuaire.calcul.horaires import (
    ecrire_exceptions,
    ecrire_jour,
    ecrire_osm,
    lire_exceptions,
    lire_osm,
    lire_semaine,
)
from draille.moteurs.annuaire.calcul.ouverture import Plage

LE = date(2020, 10, 13)


def _dites(plages):
    return [(p.jour, *p.rangs, f"{p.heure_debut:%H:%M}", f"{p.heure_fin:%H:%M}") for p in plages]


@pytest.mark.parametrize(
    ("texte", "dites", "remarques"),
    [
        ("09:00 - 12:00 / 13:30 - 17:00", [(1, "09:00", "12:00"), (1, "13:30", "17:00")], 0),
        ("9h-12h et 14h00-17h30", [(1, "09:00", "12:00"), (1, "14:00", "17:30")], 0),
        ("", [], 0),
        ("00:00 - 00:00", [], 1),
        ("00:00 - 00:00 / 09:00 - 12:00", [(1, "09:00", "12:00")], 1),
        ("17:00 - 09:00", [], 1),
        ("25:00 - 26:00", [], 1),
        ("sur rendez-vous", [], 1),
        ("09:00 - 12:30 / 12:00 - 17:00", [(1, "09:00", "17:00")], 1),
        ("08:30 - 11:30 / 08:30 - 11:30", [(1, "08:30", "11:30")], 1),
        ("14:00 - 24:00", [(1, "14:00", "23:59")], 0),
    ],
)
def test_une_journee_de_france_services(texte, dites, remarques):
    plages, dit = lire_semaine({1: texte})
    assert _dites(plages) == dites
    assert len(dit) == remarques


@pytest.mark.parametrize(
    ("texte", "dites", "remarques"),
    [
        (
            "Mo-Tu 09:30-12:30,13:30-17:00; Sa 09:30-12:30",
            [
                (1, "09:30", "12:30"),
                (1, "13:30", "17:00"),
                (2, "09:30", "12:30"),
                (2, "13:30", "17:00"),
                (6, "09:30", "12:30"),
            ],
            0,
        ),
        # Une règle remplace la précédente pour ses jours.
        ("Mo-Tu 09:00-12:00; Tu 14:00-16:00", [(1, "09:00", "12:00"), (2, "14:00", "16:00")], 0),
        ("Mo-Tu 09:00-12:00; Tu off", [(1, "09:00", "12:00")], 0),
        # Une virgule ajoute.
        ("Mo 09:00-12:00, Mo 14:00-16:00", [(1, "09:00", "12:00"), (1, "14:00", "16:00")], 0),
        ("We[1,3] 14:00-17:00", [(3, 1, 3, "14:00", "17:00")], 0),
        (
            "We 09:00-12:00; We[1] off",
            [(3, 2, 3, 4, 5, "09:00", "12:00")],
            0,
        ),
        ("Sa-Mo 10:00-11:00", [(d, "10:00", "11:00") for d in (1, 6, 7)], 0),
        ("Th 01:00-12:00,17:00-18:30", [(4, "17:00", "18:30")], 1),
        ("Oct-May Mo 09:00-12:00; Tu 09:00-12:00", [(2, "09:00", "12:00")], 1),
        ('Mo 09:00-12:00 "sur rendez-vous"; PH off', [(1, "09:00", "12:00")], 0),
        ("", [], 0),
        ("n'importe quoi", [], 1),
    ],
)
def test_les_heures_d_openstreetmap(texte, dites, remarques):
    plages, dit = lire_osm(texte)
    assert _dites(plages) == dites
    assert len(dit) == remarques


_minutes = st.integers(min_value=5 * 60, max_value=23 * 60 + 59)


@st.composite
def _semaines(draw):
    """Des plages disjointes par jour et par semaine du mois."""
    plages = []
    for jour in draw(st.sets(st.integers(1, 7), max_size=7)):
        bornes = sorted(draw(st.lists(_minutes, min_size=2, max_size=4, unique=True)))
        rangs = draw(st.sampled_from([(), (1,), (1, 3), (2, 4), (1, 2, 3, 4)]))
        for debut, fin in zip(bornes[::2], bornes[1::2], strict=False):
            plages.append(
                Plage(
                    jour=jour,
                    le=None,
                    rangs=rangs,
                    heure_debut=time(*divmod(debut, 60)),
                    heure_fin=time(*divmod(fin, 60)),
                )
            )
    return plages


@given(_semaines())
def test_ecrire_puis_lire_rend_la_meme_semaine(plages):
    relues, remarques = lire_osm(ecrire_osm(plages=plages, le=LE))
    assert remarques == []
    assert set(relues) == set(plages)


@given(_semaines())
def test_un_jour_ecrit_se_relit(plages):
    for jour in range(1, 8):
        heures, rangs = ecrire_jour(plages=plages, jour=jour, le=LE)
        lus = tuple(int(r) for r in rangs.split(",") if r)
        relues, remarques = lire_semaine({jour: heures}, rangs=lus)
        assert remarques == []
        assert set(relues) == {p for p in plages if p.jour == jour}


def test_un_jour_a_deux_rythmes_ne_s_ecrit_pas_d_un_trait():
    plages, _ = lire_osm("We[1] 09:00-12:00, We[2] 14:00-17:00")
    assert ecrire_jour(plages=plages, jour=3, le=LE) is None
    assert lire_osm(ecrire_osm(plages=plages, le=LE))[0] == plages


def test_les_jours_a_part():
    texte = (
        "24/12/2020 au 26/12/2020 fermé\n31/12/2020 9h-12h / 14h-16h\n"
        "01/09/2020 fermé\n32/12/2020 fermé\n28/12/2020 au 27/12/2020 fermé\nNoël fermé\n"
    )
    plages, remarques = lire_exceptions(texte, le=LE)
    # Le 1er septembre est passé ; trois lignes ne se lisent pas.
    assert [p.le.day for p in plages if p.est_fermeture] == [24, 25, 26]
    assert len(remarques) == 3
    assert ecrire_exceptions(plages=plages, le=LE) == (
        "24/12/2020 au 26/12/2020 fermé\n31/12/2020 09:00-12:00 / 14:00-16:00"
    )
    assert set(lire_exceptions(ecrire_exceptions(plages=plages, le=LE), le=LE)[0]) == set(plages)
