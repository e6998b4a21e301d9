"""Les actes sur un lieu et les lectures des points ouverts, en base."""

from datetime import date, datetime, time

import pytest

from draille.moteurs.annuaire import adaptateur as actes
from draille.moteurs.annuaire import adaptateur_lectures as lectures
from draille.moteurs.annuaire.adaptateur import FichePoint
from draille.moteurs.annuaire.calcul.ouverture import Plage
from draille.moteurs.annuaire.models import Confirmation, Point, Structure
from draille.noyau.journal.models import LigneJournal
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus

MARDI = date(2020, 10, 13)
MATIN = {"heure_debut": time(9), "heure_fin": time(12)}


@pytest.fixture
def commune(db):
    return Commune.objects.create(
        code_insee="43157", nom="Le Puy-en-Velay", latitude=45.0434, longitude=3.8859
    )


def _fiche(**champs):
    base = {
        "nom": "Maison du Puy",
        "genre": Point.Genre.MAISON_DEPARTEMENT,
        "code_insee": "43157",
        "latitude": 45.04,
        "longitude": 3.88,
        "besoins": ("logement", "droits"),
        "est_premier_accueil": True,
    }
    return FichePoint(**{**base, **champs})


def _inscrit(systeme, **champs):
    return actes.inscrire_point(fiche=_fiche(**champs), par=systeme, le=date(2020, 1, 6))


def _ouvrir(systeme, point, *plages, le=date(2020, 1, 6)):
    return actes.fixer_horaires(point_id=point.pk, plages=plages, par=systeme, le=le)


def _codes():
    return list(LigneJournal.objects.order_by("id").values_list("code", flat=True))


def test_inscrire_rattache_a_la_commune_et_au_journal(systeme, commune):
    point = _inscrit(systeme)
    assert point.commune == commune
    ligne = LigneJournal.objects.get()
    assert (ligne.code, ligne.objet_id) == ("annuaire.inscrire_point", point.pk)
    assert ligne.personne_id is None
    assert ligne.compartiment is None
    assert ligne.charge["genre"] == "maison_departement"


def test_un_siret_ne_designe_qu_une_structure(systeme, commune):
    un = _inscrit(systeme, siret="22430001000015", structure="Département")
    deux = _inscrit(systeme, nom="Maison d'Yssingeaux", siret="22430001000015", structure="CD 43")
    assert un.structure_id == deux.structure_id
    assert Structure.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"nom": "  "}, "annuaire.nom_absent"),
        ({"genre": "guinguette"}, "annuaire.genre_inconnu"),
        ({"besoins": ("logement", "magie")}, "annuaire.besoin_inconnu"),
        ({"latitude": 91.0}, "annuaire.position"),
        ({"longitude": None}, "annuaire.position"),
        ({"courriel": "pas une adresse"}, "annuaire.courriel"),
    ],
)
def test_une_fiche_fausse_est_refusee(systeme, commune, champs, code):
    with pytest.raises(Refus) as refus:
        _inscrit(systeme, **champs)
    assert refus.value.code == code
    assert not Point.objects.exists()


def test_un_partenaire_n_ecrit_pas_l_annuaire(systeme, commune):
    acces = Acces(
        agent_id=3,
        organisation_id=2,
        nom="Partenaire",
        cles_par_role={
            Role.PARTENAIRE: frozenset({cle_generale(compartiment=Compartiment.PARTENAIRE)})
        },
        est_du_departement=False,
    )
    point = _inscrit(systeme)
    for acte in (
        lambda: actes.inscrire_point(fiche=_fiche(), par=acces, le=MARDI),
        lambda: actes.modifier_point(point_id=point.pk, fiche=_fiche(), par=acces, le=MARDI),
        lambda: actes.fermer_point(point_id=point.pk, par=acces, le=MARDI),
        lambda: actes.fixer_horaires(point_id=point.pk, plages=(), par=acces, le=MARDI),
        lambda: actes.confirmer(point_id=point.pk, moyen="Téléphone", par=acces, le=MARDI),
    ):
        with pytest.raises(Refus) as refus:
            acte()
        assert refus.value.code == "acces.refuse"


def test_modifier_dit_les_champs_changes_et_confirme(systeme, commune):
    point = _inscrit(systeme)
    relu = actes.modifier_point(point_id=point.pk, fiche=_fiche(), par=systeme, le=MARDI)
    assert _codes() == ["annuaire.inscrire_point", "annuaire.confirmer"]
    assert relu.confirme_le == MARDI
    actes.modifier_point(
        point_id=point.pk, fiche=_fiche(telephone="0471000000"), par=systeme, le=MARDI
    )
    assert LigneJournal.objects.last().charge == {"champs": ["telephone"]}
    assert Confirmation.objects.last().champs_corriges == ["telephone"]


def test_fermer_garde_le_passe(systeme, commune):
    point = _inscrit(systeme)
    actes.fermer_point(point_id=point.pk, par=systeme, le=MARDI)
    assert point.pk not in {p.pk for p in lectures.points(le=MARDI)}
    assert point.pk in {p.pk for p in lectures.points(le=date(2020, 10, 12))}
    with pytest.raises(Refus) as refus:
        actes.confirmer(point_id=point.pk, moyen="Téléphone", par=systeme, le=MARDI)
    assert refus.value.code == "annuaire.point_ferme"


def test_les_points_ouverts_selon_le_jour_et_l_heure(systeme, commune):
    maison = _inscrit(systeme)
    _ouvrir(systeme, maison, Plage(jour=2, le=None, **MATIN))
    inconnu = _inscrit(systeme, nom="Mairie sans heures")
    asso = _inscrit(systeme, nom="Association", est_premier_accueil=False)
    _ouvrir(systeme, asso, Plage(jour=2, le=None, **MATIN))

    def ouverts(**quoi):
        return [p.nom for p in lectures.points_ouverts(**quoi)]

    assert ouverts(le=MARDI) == ["Maison du Puy"]
    assert ouverts(le=MARDI, heure=time(12)) == []
    assert ouverts(le=MARDI, heure=time(9), premier_accueil=False) == [
        "Association",
        "Maison du Puy",
    ]
    assert ouverts(le=date(2020, 10, 14)) == []
    assert [p.pk for p in lectures.sans_horaires(le=MARDI)] == [inconnu.pk]


def test_de_nouveaux_horaires_ne_changent_pas_le_passe(systeme, commune):
    point = _inscrit(systeme)
    _ouvrir(systeme, point, Plage(jour=2, le=None, **MATIN))
    jeudi = Plage(jour=4, le=None, **MATIN)
    ferme = Plage(jour=None, le=date(2020, 10, 22), est_fermeture=True)
    _ouvrir(systeme, point, jeudi, ferme, le=MARDI)
    ouverts = {jour for jour in range(1, 32) if lectures.points_ouverts(le=date(2020, 10, jour))}
    assert ouverts == {6, 15, 29}
    lisible = lectures.horaires_de(point_id=point.pk, le=MARDI)
    assert [j.nom for j in lisible.jours if j.heures] == ["jeudi"]
    assert lisible.exceptions == ((date(2020, 10, 22), "fermé"),)
    # Fixer deux fois le même jour ne laisse qu'une semaine.
    _ouvrir(systeme, point, jeudi, le=MARDI)
    assert point.horaires.count() == 2


@pytest.mark.parametrize(
    "plage",
    [
        Plage(jour=2, le=None, heure_debut=time(12), heure_fin=time(9)),
        Plage(jour=2, le=MARDI, **MATIN),
        Plage(jour=None, le=None, **MATIN),
        Plage(jour=8, le=None, **MATIN),
        Plage(jour=2, le=None, est_fermeture=True),
        Plage(jour=2, le=None, rangs=(6,), **MATIN),
    ],
)
def test_un_horaire_impossible_est_refuse(systeme, commune, plage):
    point = _inscrit(systeme)
    with pytest.raises(Refus) as refus:
        _ouvrir(systeme, point, plage)
    assert refus.value.code == "annuaire.horaire"


def test_confirmer_se_date_et_ne_se_double_pas(systeme, commune):
    point = _inscrit(systeme)
    for _ in range(2):
        actes.confirmer(point_id=point.pk, moyen="Téléphone", par=systeme, le=MARDI)
    assert Confirmation.objects.count() == 1
    point.refresh_from_db()
    assert point.confirme_le == MARDI
    assert _codes().count("annuaire.confirmer") == 1


def test_les_points_proches_par_besoin(systeme, commune, django_assert_num_queries):
    loin = _inscrit(systeme, nom="Brioude", latitude=45.294, longitude=3.384, code_insee="43040")
    pres = _inscrit(systeme, nom="Centre-ville")
    _inscrit(systeme, nom="Autre chose", besoins=("emploi",))
    flottant = _inscrit(systeme, nom="Bus", latitude=None, longitude=None, code_insee="43040")
    with django_assert_num_queries(3):
        proches = lectures.proches(commune_id=commune.pk, besoin="logement", le=MARDI, limite=5)
    assert [p.point.pk for p in proches] == [pres.pk, loin.pk, flottant.pk]
    # Le Puy à Brioude : 48 km à vol d'oiseau.
    assert proches[1].distance_km == pytest.approx(48.2, abs=0.5)
    assert proches[2].distance_km is None


def test_les_lectures_sont_a_requetes_constantes(systeme, commune, django_assert_num_queries):
    for rang in range(4):
        point = _inscrit(systeme, nom=f"Lieu {rang}")
        _ouvrir(systeme, point, Plage(jour=2, le=None, **MATIN))
    with django_assert_num_queries(2):
        ouverts = lectures.points_ouverts(le=MARDI)
        prochaines = [
            lectures.prochaine_ouverture(point=p, instant=datetime(2020, 10, 13, 12, 0))
            for p in ouverts
        ]
        noms = {p.structure.nom for p in ouverts}
    assert len(noms) == 4
    assert {jour for jour, _ in prochaines} == {date(2020, 10, 20)}
