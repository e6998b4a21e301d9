"""Les lieux proposés : en minutes, selon le besoin, ouverts ou non ce jour-là."""

from datetime import date, time, timedelta

import pytest

from draille.mesures.accueil_social import lectures
from draille.mesures.accueil_social.tests import fabrique as f
from draille.moteurs.annuaire.models import Horaire
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces) -> None:
    f.au(f.LE, systeme)


def _pour(besoin=None, *, par, **dits):
    return lectures.points_pour(
        commune_id=f.commune().pk,
        besoin=besoin,
        le=dits.get("le", f.LE),
        limite=dits.get("limite", 5),
        acces=par,
        heure=dits.get("heure"),
    )


def test_les_plus_proches_d_abord_et_ceux_qui_prennent_le_besoin(systeme):
    loin = f.lieu("Loin", ou=f.brioude())
    pres = f.lieu("Pres")
    f.lieu("Hors sujet", besoins=["emploi"])
    lieux = _pour("logement", par=systeme)
    assert [lieu.point.pk for lieu in lieux] == [pres.pk, loin.pk]
    assert lieux[0].temps.minutes < lieux[1].temps.minutes
    assert {lieu.temps.methode for lieu in lieux} == {"estimation"}
    assert lieux[1].temps.bas < lieux[1].temps.minutes < lieux[1].temps.haut
    assert len(_pour(par=systeme)) == 3
    assert [lieu.point.pk for lieu in _pour(par=systeme, limite=1)] != [loin.pk]


def test_un_lieu_sans_position_vient_apres_sans_minutes(systeme):
    perdu = f.lieu("Perdu", latitude=None, longitude=None)
    f.lieu("Loin", ou=f.brioude())
    lieux = _pour(par=systeme)
    assert (lieux[-1].point.pk, lieux[-1].temps) == (perdu.pk, None)


def test_sans_commune_situee_les_lieux_se_disent_sans_minutes(systeme):
    f.lieu()
    f.commune().__class__.objects.update(surface_km2=None)
    assert [lieu.temps for lieu in _pour(par=systeme)] == [None]


@pytest.mark.parametrize(
    ("le", "heure", "ouvert", "dit"),
    [
        (f.LE, None, True, "Ouvert, jusqu'à 17 h"),
        (f.LE, time(16, 59), True, "Ouvert, jusqu'à 17 h"),
        (f.LE, time(17), False, "Ouvre le 8 septembre 2020, 9 h – 17 h"),
        (date(2020, 9, 5), None, False, "Ouvre le 7 septembre 2020, 9 h – 17 h"),
    ],
)
def test_ouvert_ou_quand_il_ouvrira(systeme, le, heure, ouvert, dit):
    f.lieu()
    (lieu,) = _pour(par=systeme, le=le, heure=heure)
    assert (lieu.est_ouvert, lieu.horaire_dit.replace("\xa0", " ")) == (ouvert, dit)


def test_des_heures_inconnues_ne_se_disent_ni_ouvertes_ni_fermees(systeme):
    f.lieu("Muet", heures=False)
    (lieu,) = _pour(par=systeme)
    assert lieu.est_ouvert is None
    assert "appelez" in lieu.horaire_dit


def test_un_lieu_ferme_pour_longtemps_le_dit(systeme):
    point = f.lieu(heures=False)
    Horaire.objects.create(
        point=point,
        le=f.LE + timedelta(days=200),
        heure_debut=time(9),
        heure_fin=time(12),
        debut=f.DEPUIS,
    )
    (lieu,) = _pour(par=systeme)
    assert (lieu.est_ouvert, lieu.prochaine_ouverture) == (False, None)
    assert lieu.horaire_dit.startswith("Fermé pour longtemps")


def test_cinq_requetes_quel_que_soit_le_nombre_de_lieux(systeme, django_assert_max_num_queries):
    for n in range(20):
        f.lieu(f"Lieu {n}", ou=f.brioude() if n % 2 else None)
    commune = f.commune()
    with django_assert_max_num_queries(5):
        lectures.points_pour(
            commune_id=commune.pk, besoin="logement", le=f.LE, limite=6, acces=systeme
        )


def test_un_partenaire_n_ouvre_pas_l_annuaire(systeme):
    with pytest.raises(Refus) as refus:
        _pour(par=f.acces(role=Role.PARTENAIRE))
    assert refus.value.code == "acces.refuse"
