"""Qui est couvert à un moment, et pourquoi les autres ne le sont pas."""

from datetime import date, time

import pytest

from draille.mesures.accueil_social import lectures_couverture, lectures_couverture_projets
from draille.mesures.accueil_social.lectures_couverture import Raison, couverture
from draille.mesures.accueil_social.lectures_couverture_projets import (
    dependances,
    effet_fermeture,
    implantation,
)
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment, jour_ouvre
from draille.mesures.accueil_social.tests.fabrique import lieu
from draille.mesures.accueil_social.tests.fabrique_couverture import (
    LUNDI,
    MARDI,
    SAMEDI,
    pays,
)
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

TOUS = 18_000 + 2_400 + 3_700 + 1_700 + 6_700


@pytest.fixture
def monde(systeme):
    return pays()


def _par_nom(lue):
    return {c.nom: c for c in lue.communes}


def test_le_lundi_seul_le_puy_recoit_et_chacun_sait_pourquoi(monde, systeme):
    lue = couverture(le=LUNDI, acces=systeme)
    communes = _par_nom(lue)
    assert [c.nom for c in lue.communes if c.est_couverte] == ["Le Puy-en-Velay", "Saint-Paulien"]
    assert (lue.departement.population, lue.departement.couverts) == (TOUS, 20_400)
    assert lue.departement.part == pytest.approx(20_400 / TOUS)
    # Langeac et Saugues ont un lieu assez près, mais il ne reçoit que le mardi.
    assert communes["Langeac"].raison is Raison.FERME
    assert communes["Langeac"].ferme.nom == "Permanence de Langeac"
    assert communes["Langeac"].ferme_temps.minutes < 300 <= communes["Langeac"].temps.minutes
    assert communes["Saugues"].raison is Raison.FERME
    # Le lieu de Brioude n'existe plus : il ne se dit pas fermé, il n'est pas.
    assert communes["Brioude"].raison is Raison.LOIN
    assert communes["Brioude"].point.nom == "Accueil du Puy"
    assert communes["Brioude"].minutes >= 30
    assert [c.nom for c in lue.hors] == ["Brioude", "Langeac", "Saugues"]


def test_le_mardi_apres_midi_la_permanence_compte_et_le_matin_non(monde, systeme):
    apres_midi = couverture(le=MARDI, heure=time(15), acces=systeme)
    assert _par_nom(apres_midi)["Langeac"].est_couverte
    assert _par_nom(apres_midi)["Saugues"].est_couverte
    matin = couverture(le=MARDI, heure=time(10), acces=systeme)
    assert _par_nom(matin)["Langeac"].raison is Raison.FERME
    # Sans heure, une ouverture dans la journée suffit.
    assert _par_nom(couverture(le=MARDI, acces=systeme))["Langeac"].est_couverte


@pytest.mark.parametrize(
    ("jour", "ouvre"),
    [
        (LUNDI, LUNDI),
        (SAMEDI, date(2020, 9, 14)),
        # Le samedi 31 octobre, puis un dimanche de Toussaint.
        (date(2020, 10, 31), date(2020, 11, 2)),
        (date(2020, 5, 1), date(2020, 5, 4)),
    ],
)
def test_sans_jour_demande_on_compte_le_premier_jour_ouvre(jour, ouvre):
    assert jour_ouvre(le=jour) == ouvre


def test_le_samedi_rien_nest_ouvert(monde, systeme):
    lue = couverture(le=SAMEDI, acces=systeme)
    assert lue.departement.couverts == 0
    assert lue.points == ()
    assert {p.nom for p in lue.fermes} == {"Accueil du Puy", "Permanence de Langeac"}
    assert _par_nom(lue)["Brioude"].raison is Raison.AUCUN
    assert _par_nom(lue)["Brioude"].point is None


def test_la_semaine_dit_la_part_de_chaque_jour(monde, systeme):
    lue = couverture(le=LUNDI, acces=systeme)
    parts = dict(lue.semaine)
    assert len(parts) == 7
    assert parts[LUNDI] == pytest.approx(20_400 / TOUS)
    assert parts[MARDI] == pytest.approx((TOUS - 6_700) / TOUS)
    assert parts[SAMEDI] == 0


def test_les_territoires_du_moins_couvert_au_mieux_couvert(monde, systeme):
    lue = couverture(le=LUNDI, acces=systeme)
    epci = [(t.nom, t.population, t.couverts) for t in lue.territoires["epci"]]
    assert epci == [("Rives", 12_100, 0), ("Agglomération", 20_400, 20_400)]
    assert [t.nom for t in lue.territoires["canton"]] == ["Canton du Puy"]


def test_la_bande_encadre_la_part_et_la_methode_est_dite(monde, systeme):
    d = couverture(le=MARDI, acces=systeme).departement
    assert d.part_basse <= d.part <= d.part_haute
    assert couverture(le=MARDI, acces=systeme).methode == "estimation"
    temps = _par_nom(couverture(le=MARDI, acces=systeme))["Saint-Paulien"].temps
    assert temps.bas < temps.minutes < temps.haut


def test_une_commune_sans_position_est_hors_et_le_dit(monde, systeme):
    Commune.objects.create(code_insee="43999", nom="Nulle-Part", population=100)
    lue = couverture(le=LUNDI, acces=systeme)
    assert _par_nom(lue)["Nulle-Part"].raison is Raison.POSITION
    assert lue.departement.population == TOUS + 100
    # Elle n'est pas candidate, et le calcul tient.
    assert implantation(nombre=1, moment=Moment(le=LUNDI), acces=systeme).candidats == 5


def test_un_point_sans_position_prend_la_mairie_de_sa_commune(monde, systeme):
    lieu("Sans place", ou=monde.communes["Brioude"], latitude=None, longitude=None)
    lue = couverture(le=LUNDI, acces=systeme)
    assert _par_nom(lue)["Brioude"].point.nom == "Sans place"
    nulle_part = Commune.objects.create(code_insee="43999", nom="Nulle-Part", population=0)
    lieu("Perdu", ou=nulle_part)
    assert couverture(le=LUNDI, acces=systeme).non_situes == ("Perdu",)


def test_des_heures_inconnues_ne_comptent_pas_et_se_disent(systeme):
    pays(mardi=False)
    lue = couverture(le=MARDI, acces=systeme)
    assert lue.sans_heures == ("Permanence de Langeac",)
    assert not _par_nom(lue)["Langeac"].est_couverte


def test_un_point_qui_ne_tient_pas_le_premier_accueil_ne_compte_que_sur_demande(monde, systeme):
    autre = lieu("Médiathèque", ou=monde.communes["Brioude"])
    autre.est_premier_accueil = False
    autre.save()
    assert not _par_nom(couverture(le=LUNDI, acces=systeme))["Brioude"].est_couverte
    assert _par_nom(couverture(le=LUNDI, tous=True, acces=systeme))["Brioude"].est_couverte


def test_a_pied_on_va_moins_loin(monde, systeme):
    a_pied = couverture(le=LUNDI, mode="pied", acces=systeme)
    assert [c.nom for c in a_pied.communes if c.est_couverte] == ["Le Puy-en-Velay"]


def test_sans_aucune_commune_la_page_a_quelque_chose_a_lire(systeme):
    lue = couverture(le=LUNDI, acces=systeme)
    assert lue.departement.part is None
    assert lue.communes == () and lue.semaine[0] == (LUNDI, None)
    assert implantation(nombre=2, moment=Moment(le=LUNDI), acces=systeme).ajouts == ()
    assert dependances(moment=Moment(le=LUNDI), acces=systeme) == ()


def test_fermer_le_puy_dit_qui_perd_et_ou_lon_irait(monde, systeme):
    rendue = effet_fermeture(point_id=monde.puy.pk, moment=Moment(le=MARDI), acces=systeme)
    assert [c.nom for c in rendue.perdues] == ["Le Puy-en-Velay", "Saint-Paulien"]
    assert rendue.population_perdue == 20_400
    assert rendue.part_apres == pytest.approx((3_700 + 1_700) / TOUS)
    deplacees = {c.nom: c for c in rendue.communes}
    assert deplacees["Saint-Paulien"].vers.nom == "Permanence de Langeac"
    assert deplacees["Saint-Paulien"].apres.minutes > deplacees["Saint-Paulien"].avant.minutes


def test_fermer_ce_qui_ne_recoit_pas_est_refuse_avec_une_issue(monde, systeme):
    with pytest.raises(Refus) as refus:
        effet_fermeture(point_id=monde.langeac.pk, moment=Moment(le=LUNDI), acces=systeme)
    assert refus.value.code == "couverture.point_ferme"
    assert "Choisissez un jour" in refus.value.message


def test_les_points_dont_on_depend_le_plus_dabord(monde, systeme):
    lues = dependances(moment=Moment(le=MARDI), acces=systeme)
    assert [(d.point.nom, d.population) for d in lues] == [
        ("Accueil du Puy", 20_400),
        ("Permanence de Langeac", 5_400),
    ]


def test_le_prochain_point_couvre_le_plus_dhabitants_et_le_prouve(monde, systeme):
    rendue = implantation(nombre=2, moment=Moment(le=LUNDI), acces=systeme)
    assert rendue.est_prouvee and rendue.gain == 12_100
    premier, second = rendue.ajouts
    assert (premier.apport, premier.communes) == (6_700, ("Brioude",))
    assert set(second.communes) == {"Langeac", "Saugues"}
    assert second.part == pytest.approx(1.0)
    assert second.total == 12_100
    # Un troisième n'apporterait personne : il n'est pas proposé.
    assert len(implantation(nombre=5, moment=Moment(le=LUNDI), acces=systeme).ajouts) == 2


def test_la_prudence_compte_chaque_trajet_au_plus_long(monde, systeme, monkeypatch):
    # À 20 minutes de seuil, Saint-Paulien est à 19 du Puy, et à 25 au plus long.
    monkeypatch.setattr(lectures_couverture.Moment, "seuil_minutes", property(lambda moi: 20))
    moment = Moment(le=LUNDI)
    lue = couverture(le=LUNDI, acces=systeme)
    assert [c.nom for c in lue.limites] == ["Saint-Paulien"]
    couvertes = implantation(nombre=5, moment=moment, acces=systeme)
    assert "Saint-Paulien" not in {nom for a in couvertes.ajouts for nom in a.communes}
    prudente = implantation(nombre=5, prudent=True, moment=moment, acces=systeme)
    assert ("Saint-Paulien",) in [a.communes for a in prudente.ajouts]
    assert prudente.part_avant < couvertes.part_avant


def test_une_permanence_choisit_son_jour_et_evite_celui_qui_est_deja_tenu(monde, systeme):
    rendue = implantation(nombre=5, forme="permanence", moment=Moment(le=LUNDI), acces=systeme)
    assert len(rendue.jours) == 5
    assert all(a.jour.weekday() < 5 for a in rendue.ajouts)
    # Brioude manque cinq jours, Langeac et Saugues quatre : cinq matinées à Brioude.
    assert [a.communes for a in rendue.ajouts] == [("Brioude",)] * 5
    assert rendue.gain == 5 * 6_700
    assert len({a.jour for a in rendue.ajouts}) == 5


@pytest.mark.parametrize("nombre", [0, 6])
def test_on_demande_de_un_a_cinq_lieux(monde, systeme, nombre):
    with pytest.raises(Refus) as refus:
        implantation(nombre=nombre, moment=Moment(le=LUNDI), acces=systeme)
    assert refus.value.code == "couverture.nombre"


@pytest.mark.parametrize(
    "lecture",
    [
        lambda acces: couverture(le=LUNDI, acces=acces),
        lambda acces: dependances(moment=Moment(le=LUNDI), acces=acces),
        lambda acces: effet_fermeture(point_id=1, moment=Moment(le=LUNDI), acces=acces),
        lambda acces: implantation(nombre=1, moment=Moment(le=LUNDI), acces=acces),
    ],
)
def test_un_partenaire_ne_lit_pas_la_couverture(monde, lecture):
    partenaire = Acces(1, 1, "Partenaire", {Role.PARTENAIRE: frozenset({600_001})})
    with pytest.raises(Refus) as refus:
        lecture(partenaire)
    assert refus.value.code == "acces.refuse"


@pytest.mark.parametrize("communes", [0, 40])
def test_les_requetes_ne_dependent_pas_du_nombre(
    monde, systeme, communes, django_assert_max_num_queries
):
    for rang in range(communes):
        ou = Commune.objects.create(
            code_insee=f"44{rang:03}",
            nom=f"Commune {rang}",
            population=100,
            surface_km2=10,
            latitude=45 + rang / 100,
            longitude=3.5,
        )
        lieu(f"Lieu {rang}", ou=ou)
    with django_assert_max_num_queries(7):
        couverture(le=LUNDI, acces=systeme)
    with django_assert_max_num_queries(6):
        effet_fermeture(point_id=monde.puy.pk, moment=Moment(le=LUNDI), acces=systeme)
    with django_assert_max_num_queries(6):
        implantation(nombre=1, forme="permanence", moment=Moment(le=LUNDI), acces=systeme)


def test_le_seuil_vient_du_parametre_date(monde, systeme, monkeypatch):
    monkeypatch.setattr(
        lectures_couverture.Moment, "seuil_minutes", property(lambda moi: 10), raising=True
    )
    lue = couverture(le=LUNDI, acces=systeme)
    assert [c.nom for c in lue.communes if c.est_couverte] == ["Le Puy-en-Velay"]
    assert lue.seuil_minutes == 10
    assert (
        lectures_couverture_projets.implantation(
            nombre=1, moment=Moment(le=LUNDI), acces=systeme
        ).seuil_minutes
        == 10
    )
