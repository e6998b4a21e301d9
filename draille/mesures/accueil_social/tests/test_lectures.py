"""Lire les accueils : droits, ordre, premier contact, recherche, à requêtes constantes."""

from datetime import timedelta

import pytest

from draille.mesures.accueil_social import actes, lectures
from draille.mesures.accueil_social.actes import ReponseSaisie
from draille.mesures.accueil_social.lectures import Filtre
from draille.mesures.accueil_social.models import Accueil
from draille.mesures.accueil_social.tests import fabrique as f
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

HIER = f.LE - timedelta(days=1)


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces) -> None:
    f.au(f.LE, systeme)


def _accueillir(par, le=f.LE, **dits):
    de = dits.pop("de", None)
    saisie = f.connue(de, **dits) if de is not None else f.saisie(**dits)
    return actes.accueillir(saisie=saisie, par=par, le=le)


def test_le_jour_du_plus_recent_au_plus_ancien_dans_son_secteur(systeme):
    ici, la_bas = f.commune(), f.brioude()
    attendus = [_accueillir(systeme, commune_id=ici.pk).pk for _ in range(3)]
    _accueillir(systeme, commune_id=la_bas.pk)
    _accueillir(systeme, HIER, commune_id=ici.pk)
    agent = f.acces(communes=(ici,))
    lus = lectures.du_jour(acces=agent, le=f.LE)
    assert [a.accueil.pk for a in lus] == attendus[::-1]
    assert {a.nom for a in lus} == {"Personne anonyme"}


@pytest.mark.parametrize("role", [Role.PILOTE, Role.ADMINISTRATEUR, Role.PARTENAIRE])
def test_qui_n_ouvre_pas_de_dossier_ne_lit_aucun_accueil(systeme, role):
    de = f.personne(systeme)
    accueil = _accueillir(systeme, de=de)
    lecteur = f.acces(role=role)
    assert lectures.du_jour(acces=lecteur, le=f.LE) == []
    assert lectures.chercher(acces=lecteur, filtre=Filtre()).total == 0
    assert not lectures.de_la_personne(personne_id=de.pk, acces=lecteur).accueils
    with pytest.raises(Refus) as refus:
        lectures.accueil(accueil_id=accueil.pk, acces=lecteur)
    assert refus.value.code == "accueil_social.introuvable"


def test_le_premier_contact_se_calcule_et_se_recalcule(systeme):
    de = f.personne(systeme)
    second = _accueillir(systeme, de=de)
    assert lectures.est_premier_contact(accueil_id=second.pk, acces=systeme)
    # Un accueil d'avant, saisi après : c'est lui le premier contact.
    premier = _accueillir(systeme, HIER, de=de)
    troisieme = _accueillir(systeme, de=de)
    assert [
        lectures.est_premier_contact(accueil_id=a.pk, acces=systeme)
        for a in (premier, second, troisieme)
    ] == [True, False, False]
    anonyme = _accueillir(systeme)
    assert not lectures.est_premier_contact(accueil_id=anonyme.pk, acces=systeme)


def test_un_accueil_dit_ses_besoins_ses_reponses_et_qui_l_a_ecrit(systeme):
    agent, lieu = f.acces(nom="Ines"), f.lieu()
    accueil = _accueillir(
        agent,
        besoins=("violences", "logement"),
        reponses=(ReponseSaisie(genre="lieu_indique", besoin="logement", point_id=lieu.pk),),
    )
    lu = lectures.accueil(accueil_id=accueil.pk, acces=agent)
    assert (lu.agent, lu.besoins, lu.besoins_dits) == (
        "Ines Essai",
        ("violences", "logement"),
        ("Violences", "Logement"),
    )
    (reponse,) = lu.reponses
    assert (reponse.libelle, reponse.lieu, reponse.besoin) == (
        "Lieu indiqué",
        "Maison du Département",
        "logement",
    )


def test_une_personne_que_l_on_ne_voit_pas_n_a_pas_de_nom(systeme):
    """L'accueil d'un secteur dont la personne n'est plus visible se lit sans elle."""
    de = f.personne(systeme)
    accueil = _accueillir(systeme, de=de)
    Personne.objects.filter(pk=de.pk).update(compartiments=[2])
    agent = f.acces(communes=(f.commune(),))
    f.au(f.LE, agent)
    assert lectures.accueil(accueil_id=accueil.pk, acces=agent).nom == "Personne suivie ailleurs"


def test_chercher_par_tout_ce_que_l_on_sait(systeme):
    de, lieu = f.personne(systeme, nom="Chabrier"), f.lieu()
    f.personne(systeme, nom="Malzieu", prenom="Odilon")
    un = _accueillir(systeme, de=de, canal="bus", besoins=("sante",), point_id=lieu.pk)
    autre = _accueillir(systeme, HIER, venue="prevue")

    def trouves(**dits):
        page = lectures.chercher(acces=systeme, filtre=Filtre(**dits))
        assert page.total == len(page.accueils)
        return [a.accueil.pk for a in page.accueils]

    assert trouves() == [un.pk, autre.pk]
    assert trouves(texte="chabrier") == trouves(canal="bus") == trouves(besoin="sante") == [un.pk]
    assert trouves(identite="connue") == trouves(point_id=lieu.pk) == trouves(debut=f.LE) == [un.pk]
    assert trouves(venue="prevue") == trouves(fin=HIER) == trouves(identite="anonyme") == [autre.pk]
    assert trouves(texte="Malzieu") == trouves(texte="c") == trouves(besoin="emploi") == []


def test_les_pages_se_suivent_et_restent_dans_leurs_bornes(systeme):
    for _ in range(27):
        _accueillir(systeme)
    pages = [lectures.chercher(acces=systeme, filtre=Filtre(), page=n) for n in (1, 2, 0, 99)]
    assert [(p.page, p.pages, len(p.accueils), p.total) for p in pages] == [
        (1, 2, 25, 27),
        (2, 2, 2, 27),
        (1, 2, 25, 27),
        (2, 2, 2, 27),
    ]
    vus = {a.accueil.pk for p in pages[:2] for a in p.accueils}
    assert len(vus) == 27


def test_le_dossier_suit_la_personne_qui_demenage(systeme):
    de = f.personne(systeme)
    _accueillir(systeme, de=de, besoins=("sante",), note_partagee="Une note.")
    Personne.objects.filter(pk=de.pk).update(commune=f.brioude())
    la_bas = f.acces(communes=(f.brioude(),))
    f.au(f.LE, la_bas)
    dossier = lectures.de_la_personne(personne_id=de.pk, acces=la_bas)
    assert [a.besoins for a in dossier.accueils] == [("sante",)]
    assert [n.note.texte for n in dossier.notes] == ["Une note."]
    ici = f.acces(communes=(f.commune(),), nom="ici")
    assert not lectures.de_la_personne(personne_id=de.pk, acces=ici).accueils


def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_d_accueils(
    systeme, django_assert_max_num_queries
):
    lieu = f.lieu()
    agents = [f.acces(nom=f"agent {n}") for n in range(4)]
    for n in range(12):
        de = f.personne(systeme, nom=f"Personne {n}")
        actes.accueillir(
            saisie=f.connue(
                de,
                besoins=("sante", "logement"),
                reponses=(ReponseSaisie(genre="lieu_indique", point_id=lieu.pk),),
                note_partagee="Une note.",
            ),
            par=agents[n % 4],
            le=f.LE,
        )
    assert Accueil.objects.count() == 12
    with django_assert_max_num_queries(4):
        assert len(lectures.du_jour(acces=systeme, le=f.LE)) == 12
    with django_assert_max_num_queries(6):
        lectures.chercher(acces=systeme, filtre=Filtre(texte="Personne"))
    with django_assert_max_num_queries(6):
        lectures.de_la_personne(personne_id=de.pk, acces=systeme)
