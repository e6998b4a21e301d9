"""Les chiffres des accueils : justes, par canal, besoin, réponse ; les petits effectifs tus."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from draille.mesures.accueil_social import actes, lectures
from draille.mesures.accueil_social.actes import OrientationSaisie, ReponseSaisie
from draille.mesures.accueil_social.indicateurs import INDICATEURS
from draille.mesures.accueil_social.regles import delai_median
from draille.mesures.accueil_social.tests import fabrique as f
from draille.moteurs.indicateurs.adaptateur import liste
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Orientation
from draille.socle.acces import Acces, Role

DEBUT, FIN = date(2020, 9, 1), date(2020, 9, 30)


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces) -> None:
    f.au(FIN, systeme)


def _accueillir(par, le=f.LE, **dits):
    de = dits.pop("de", None)
    saisie = f.connue(de, **dits) if de is not None else f.saisie(**dits)
    return actes.accueillir(saisie=saisie, par=par, le=le)


def _lire(acces):
    return lectures.statistiques(acces=acces, debut=DEBUT, fin=FIN)


def _parts(statistiques, code):
    (r,) = [r for r in statistiques.repartitions if r.code == code]
    return {p.code: p.nombre for p in r.parts}


@pytest.fixture
def un_mois(systeme):
    """Trois accueils d'une même personne, dont un hors période ; un autre nommé ; deux anonymes."""
    odile, autre = f.personne(systeme), f.personne(systeme, prenom="Paul")
    reponse = (ReponseSaisie(genre="information", besoin="sante"),)
    _accueillir(systeme, date(2020, 8, 31), de=odile)
    _accueillir(systeme, de=odile, besoins=("sante", "logement"), reponses=reponse)
    _accueillir(systeme, de=odile, canal="telephone", besoins=("sante",), venue="prevue")
    _accueillir(systeme, de=autre, reponses=(*reponse, ReponseSaisie(genre="information")))
    _accueillir(systeme, canal="bus")
    _accueillir(systeme, FIN)


def test_chaque_nombre_est_celui_que_l_on_compte_a_la_main(systeme, un_mois):
    lus = _lire(systeme)
    assert (lus.accueils, lus.personnes, lus.anonymes) == (5, 2, 2)
    # Odile était déjà venue en août : son accueil de septembre n'est pas un premier contact.
    assert (lus.premiers_contacts, lus.sans_reponse_immediate) == (1, 3)
    assert _parts(lus, "canal") == {"guichet": 3, "telephone": 1, "bus": 1}
    assert _parts(lus, "venue") == {"spontanee": 4, "prevue": 1}
    assert _parts(lus, "identite") == {"connue": 3, "anonyme": 2}
    assert _parts(lus, "besoin") == {"sante": 2, "logement": 1}
    assert _parts(lus, "reponse") == {"information": 2}
    assert [(m.mois, m.accueils, m.anonymes) for m in lus.mois] == [(DEBUT, 5, 2)]
    (canal,) = [r for r in lus.repartitions if r.code == "canal"]
    assert canal.parts[0].part == pytest.approx(0.6)


def test_une_periode_vide_n_a_que_des_zeros(systeme):
    lus = _lire(systeme)
    assert (lus.accueils, lus.delai_median_jours, list(lus.mois)) == (0, None, [])
    assert all(not r.parts for r in lus.repartitions)


def test_un_pilote_a_les_chiffres_de_ce_qu_il_tient(systeme, un_mois):
    _accueillir(systeme, commune_id=f.brioude().pk)
    assert _lire(f.acces(role=Role.PILOTE)).accueils == 6
    assert _lire(f.acces(role=Role.PILOTE, communes=(f.brioude(),))).accueils == 1
    assert _lire(f.acces(role=Role.PARTENAIRE)).accueils == 0


def test_hors_du_departement_un_petit_effectif_se_tait_et_ne_se_deduit_pas(systeme):
    for n in range(30):
        canal = "telephone" if n < 12 else "bus" if n < 15 else "guichet"
        _accueillir(systeme, canal=canal)
    dehors = replace(f.acces(role=Role.PILOTE), est_du_departement=False)
    lus = _lire(dehors)
    assert (lus.seuil, lus.accueils, lus.personnes) == (11, 30, 0)
    # Trois accueils au bus se tairaient seuls : la plus petite des autres cases se tait avec eux.
    assert _parts(lus, "canal") == {"guichet": 15, "telephone": None, "bus": None}
    assert _parts(_lire(systeme), "canal") == {"guichet": 15, "telephone": 12, "bus": 3}


def test_le_delai_va_de_l_orientation_a_sa_premiere_reponse(systeme):
    partenaire = f.partenaire()
    orientations = (
        OrientationSaisie(partenaire_id=partenaire.pk, portee=("nom",), forme_consentement="oral"),
    )
    for nom, reponses in (("Un", (4, 20)), ("Deux", (9,)), ("Trois", ())):
        de = f.personne(systeme, nom=nom)
        _accueillir(systeme, de=de, orientations=orientations)
        pk = Orientation.objects.get(personne=de).pk
        for geste, jours in zip((partage.accepter, partage.recevoir), reponses, strict=False):
            geste(orientation_id=pk, par=systeme, le=f.LE + timedelta(days=jours))
    # Une orientation qui ne vient pas d'un accueil ne compte pas ici.
    ailleurs = f.personne(systeme, nom="Quatre")
    partage.orienter(
        demande=partage.DemandeOrientation(personne=ailleurs, destination="Ailleurs"),
        par=systeme,
        le=f.LE,
    )
    lus = _lire(systeme)
    assert (lus.orientations, lus.orientations_repondues) == (3, 2)
    assert lus.delai_median_jours == delai_median([4, 9]) == 6


def test_neuf_requetes_quel_que_soit_le_nombre_d_accueils(
    systeme, un_mois, django_assert_max_num_queries
):
    for _ in range(10):
        _accueillir(systeme, besoins=("sante",))
    with django_assert_max_num_queries(12):
        _lire(systeme)


def test_chaque_indicateur_compte_ce_qu_il_dit(systeme):
    departement, autre = f.lieu(), f.lieu("Autre", hors=True)
    odile, paul = f.personne(systeme), f.personne(systeme, prenom="Paul")
    reponses = (ReponseSaisie(genre="information"),)
    premier = _accueillir(systeme, de=odile, point_id=departement.pk, reponses=reponses)
    _accueillir(systeme, de=odile, point_id=departement.pk)
    tardif = _accueillir(systeme, de=paul, point_id=autre.pk)
    complete = _accueillir(systeme, point_id=departement.pk)
    actes.completer(accueil_id=complete.pk, reponses=reponses, par=systeme, le=f.LE)
    actes.completer(accueil_id=tardif.pk, reponses=reponses, par=systeme, le=FIN)
    for point in (departement, departement, autre):
        partage.orienter(
            demande=partage.DemandeOrientation(
                personne=odile, destination="Là", point_id=point.pk, origine_id=premier.pk
            ),
            par=systeme,
            le=f.LE,
        )
    un, deux, _ = Orientation.objects.order_by("pk").values_list("pk", flat=True)
    partage.recevoir(orientation_id=un, par=systeme, le=FIN)
    partage.terminer(orientation_id=un, par=systeme, le=FIN)
    partage.perdre(orientation_id=deux, par=systeme, le=FIN)

    periode = Periode(DEBUT, date(2020, 10, 1))
    comptes = {}
    for indicateur in INDICATEURS:
        lignes = liste(indicateur=indicateur, periode=periode, acces=systeme, le=FIN)
        comptes[indicateur.code] = (sum(x.dans_numerateur for x in lignes), len(lignes))
    assert comptes == {
        "accueil-personnes": (0, 1),
        "accueil-personnes-structures": (0, 1),
        "accueil-accueils": (0, 4),
        "accueil-anonymes": (0, 1),
        "accueil-reponse-immediate": (2, 4),
    }
