"""L'agenda et les lieux, tels qu'un agent les parcourt."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from draille.mesures.rendez_vous.models import Creneau, Lieu, Motif, Plage
from draille.mesures.rendez_vous.tests.conftest import Monde
from draille.mesures.rendez_vous.tests.fabrique_ecrans import (
    JOUR,
    creneaux,
    demande,
    fixe,
    personne,
    plage,
)
from draille.socle.acces import Role

Connecter = Callable[..., Client]
LUNDI = date(2020, 10, 19)


def texte(reponse) -> str:
    return reponse.content.decode().replace("&#x27;", "'")


def _plage(**champs: str) -> dict[str, str]:
    return {
        "jour": "3",
        "heure_debut": "14:00",
        "heure_fin": "16:00",
        "duree_minutes": "60",
        "capacite": "1",
        "motif": "orientation",
        **champs,
    }


def test_la_semaine_d_un_lieu_dit_libre_pris_ferme_et_les_places(
    connecter: Connecter, monde: Monde
) -> None:
    plage(monde.lieu, monde.systeme, jour=2, capacite=6)
    fixe(demande(personne("Chalendar", monde.puy)), creneaux()[0], monde.systeme)
    seance = Creneau.objects.filter(capacite=6).order_by("debut")[0]
    fixe(demande(personne("Ybert", monde.puy)), seance, monde.systeme)
    ferme = Creneau.objects.filter(jour=LUNDI, lieu=monde.lieu).order_by("debut")[2]
    Creneau.objects.filter(pk=ferme.pk).update(est_ferme=True)
    page = texte(connecter(Role.CADRE).get(f"/agenda/?lieu={monde.lieu.pk}&jour=2020-10-22"))
    assert "Semaine du 19 octobre 2020" in page
    assert "Chalendar" in page
    assert "1 sur 6" in page
    assert page.count("creneau--ferme") == 2
    assert "Rouvrir" in page
    assert f"jour={date(2020, 10, 12)}" in page and f"jour={date(2020, 10, 26)}" in page


def test_on_change_de_semaine_par_des_liens(connecter: Connecter, monde: Monde) -> None:
    client = connecter(Role.CADRE)
    page = texte(client.get(f"/agenda/?lieu={monde.lieu.pk}"))
    assert 'rel="prev"' in page and 'rel="next"' in page
    assert "Cette semaine" not in page
    ailleurs = texte(client.get(f"/agenda/?lieu={monde.lieu.pk}&jour=2021-06-01"))
    assert "Cette semaine" in ailleurs
    assert "Aucun créneau cette semaine" in ailleurs
    illisible = client.get("/agenda/?lieu=chat&agent=9999999&jour=hier")
    assert illisible.status_code == 200


def test_un_referent_ouvre_sur_son_agenda(connecter: Connecter, monde: Monde) -> None:
    plage(monde.lieu, monde.systeme, motif=Motif.REFERENT, agent=monde.referent, jour=4)
    page = texte(connecter(Role.REFERENT, agent=monde.referent).get("/agenda/"))
    assert f'<option value="{monde.referent.pk}" selected>' in page
    # Son nom est au titre ; chaque créneau ne dit que le lieu.
    assert "<span>Bureau du Puy</span>" in page


def test_le_samedi_l_agenda_ouvre_sur_la_semaine_qui_vient(
    connecter: Connecter, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connecter(Role.CADRE)
    monkeypatch.setenv("DRAILLE_DATE", "2020-10-17")
    assert "Semaine du 19 octobre 2020" in texte(client.get("/agenda/"))


def test_fermer_puis_rouvrir_un_creneau(connecter: Connecter, monde: Monde) -> None:
    client, libre = connecter(Role.CADRE), creneaux()[0]
    adresse = f"/agenda/creneaux/{libre.pk}/"
    assert "Personne n'y est attendu" in texte(client.get(adresse))
    assert "Créneau fermé." in texte(client.post(adresse, follow=True))
    assert "de nouveau proposé" in texte(client.get(adresse))
    assert "Créneau rouvert." in texte(client.post(adresse, follow=True))
    monde.ouvrir()
    assert not Creneau.objects.get(pk=libre.pk).est_ferme


def test_un_creneau_pris_ne_se_ferme_pas(connecter: Connecter, monde: Monde) -> None:
    pris = creneaux()[0]
    fixe(demande(personne("Chalendar", monde.puy)), pris, monde.systeme)
    client, adresse = connecter(Role.CADRE), f"/agenda/creneaux/{pris.pk}/"
    page = texte(client.get(adresse))
    assert "Une personne y est attendue" in page
    assert "<button" not in page.split('<main id="contenu"')[1]
    refus = client.post(adresse)
    assert refus.status_code == 200
    assert "Déplacez ou annulez d'abord" in texte(refus)


def test_un_referent_ne_ferme_que_ses_creneaux(connecter: Connecter, monde: Monde) -> None:
    plage(monde.lieu, monde.systeme, motif=Motif.REFERENT, agent=monde.referent, jour=4)
    client = connecter(Role.REFERENT, agent=monde.referent)
    le_sien = creneaux(Motif.REFERENT)[0]
    assert client.post(f"/agenda/creneaux/{creneaux()[0].pk}/").status_code == 404
    assert "Créneau fermé." in texte(client.post(f"/agenda/creneaux/{le_sien.pk}/", follow=True))


def test_ouvrir_un_lieu_et_sa_plage(connecter: Connecter, monde: Monde) -> None:
    client = connecter(Role.CADRE)
    vide = texte(client.post("/lieux/nouveau/", {"nom": ""}))
    assert "Donnez un nom au lieu." in vide
    assert "Choisissez une commune." in vide
    termes = {
        "nom": "Maison de Langeac",
        "organisation": monde.organisation.pk,
        "commune": monde.brioude.pk,
        "adresse": "2 rue d'essai",
        "telephone": "",
        "acces_handicap": "",
    }
    suite = client.post("/lieux/nouveau/", termes, follow=True)
    assert "Le lieu est ouvert" in texte(suite)
    assert "porte déjà le code" in texte(client.post("/lieux/nouveau/", termes))
    monde.ouvrir()
    nouveau = Lieu.objects.get(nom="Maison de Langeac")
    suite = texte(client.post(f"/lieux/{nouveau.pk}/", _plage(), follow=True))
    assert "La plage est ouverte" in suite
    assert "Le mercredi" in suite
    assert Creneau.objects.filter(lieu=nouveau).exists()
    liste = texte(client.get("/lieux/"))
    assert "Maison de Langeac" in liste


@pytest.mark.parametrize(
    ("champs", "dit"),
    [
        ({"jour": ""}, "Choisissez un jour de la semaine"),
        ({"jour": "un_jour", "jour_exceptionnel": ""}, "Indiquez une date."),
        ({"jour": "un_jour", "jour_exceptionnel": "32/13/2020"}, "ne se lit pas"),
        ({"jour": "un_jour", "jour_exceptionnel": "2020-01-06"}, "est passée"),
        ({"heure_fin": "13:00"}, "vient après celle du début"),
        ({"heure_debut": "midi"}, "Cette heure ne se lit pas"),
        ({"duree_minutes": "0"}, "trop petit"),
        ({"duree_minutes": "300"}, "Corrigez les heures ou la durée"),
        ({"capacite": ""}, "Écrivez un nombre."),
        ({"motif": "referent"}, "quel référent reçoit"),
    ],
)
def test_une_plage_mal_remplie_se_dit_doucement(
    champs: dict[str, str], dit: str, connecter: Connecter, monde: Monde
) -> None:
    page = texte(connecter(Role.CADRE).post(f"/lieux/{monde.lieu.pk}/", _plage(**champs)))
    assert dit in page
    assert "avis--tuile" in page
    monde.ouvrir()
    assert Plage.objects.count() == 2


def test_une_seance_collective_et_une_plage_d_un_jour(connecter: Connecter, monde: Monde) -> None:
    client = connecter(Role.CHARGE_ORIENTATION)
    page = texte(
        client.post(
            f"/lieux/{monde.lieu.pk}/",
            _plage(jour="un_jour", jour_exceptionnel="2020-10-21", capacite="12"),
            follow=True,
        )
    )
    assert "Mercredi 21 octobre 2020" in page
    assert "séance collective de 12\N{NO-BREAK SPACE}places" in page
    agenda = texte(client.get(f"/agenda/?lieu={monde.lieu.pk}&jour=2020-10-21"))
    assert "0 sur 12" in agenda


def test_fermer_un_jour_puis_lever_la_fermeture(connecter: Connecter, monde: Monde) -> None:
    client = connecter(Role.CADRE)
    adresse = f"/lieux/{monde.lieu.pk}/fermeture/"
    assert "Indiquez une date." in texte(client.post(adresse, {"fermeture-jour": ""}))
    suite = texte(client.post(adresse, {"fermeture-jour": LUNDI.isoformat()}, follow=True))
    assert "Ce jour est fermé" in suite
    monde.ouvrir()
    du_jour = Creneau.objects.filter(lieu=monde.lieu, jour=LUNDI)
    assert not du_jour.filter(est_ferme=False).exists()
    fermeture = Plage.objects.get(est_fermeture=True)
    suite = texte(client.post(f"/lieux/plages/{fermeture.pk}/fermer/", follow=True))
    assert "La fermeture est levée." in suite
    monde.ouvrir()
    assert du_jour.filter(est_ferme=False).exists()


def test_un_jour_occupe_ne_se_ferme_pas(connecter: Connecter, monde: Monde) -> None:
    fixe(demande(personne("Chalendar", monde.puy)), creneaux()[0], monde.systeme)
    occupe = creneaux()[0]
    page = texte(
        connecter(Role.CADRE).post(
            f"/lieux/{occupe.lieu_id}/fermeture/", {"fermeture-jour": occupe.jour.isoformat()}
        )
    )
    assert "Déplacez ou annulez d'abord" in page
    assert "Chalendar" in page


def test_arreter_une_plage_et_fermer_un_lieu(connecter: Connecter, monde: Monde) -> None:
    client = connecter(Role.CADRE)
    seule = Plage.objects.get(lieu=monde.autre_lieu)
    suite = texte(client.post(f"/lieux/plages/{seule.pk}/fermer/", follow=True))
    assert "La plage est arrêtée." in suite
    assert "déjà retirée" in texte(client.post(f"/lieux/plages/{seule.pk}/fermer/", follow=True))
    assert client.post("/lieux/plages/999999/fermer/").status_code == 404
    suite = texte(client.post(f"/lieux/{monde.autre_lieu.pk}/fermer/", follow=True))
    assert "Le lieu est fermé" in suite
    assert "fermé le 15 octobre 2020" in suite
    assert "Ouvrir une plage" not in suite
    encore = texte(client.post(f"/lieux/{monde.autre_lieu.pk}/fermer/", follow=True))
    assert "il est fermé" in encore
    assert client.get("/lieux/999999/").status_code == 404


def test_un_lieu_ou_l_on_est_attendu_ne_se_ferme_pas(connecter: Connecter, monde: Monde) -> None:
    pris = creneaux()[0]
    fixe(demande(personne("Chalendar", monde.puy)), pris, monde.systeme)
    suite = texte(connecter(Role.CADRE).post(f"/lieux/{pris.lieu_id}/fermer/", follow=True))
    assert "Déplacez ou annulez d'abord" in suite
    monde.ouvrir()
    assert Lieu.objects.get(pk=pris.lieu_id).fin is None


def test_un_referent_ne_tient_que_ses_plages(connecter: Connecter, monde: Monde) -> None:
    client = connecter(Role.REFERENT, agent=monde.referent)
    adresse = f"/lieux/{monde.lieu.pk}/"
    page = texte(client.get(adresse))
    assert "Fermer ce lieu" not in page
    assert str(monde.collegue) not in page
    autre = Plage.objects.get(lieu=monde.lieu)
    assert client.post(f"/lieux/plages/{autre.pk}/fermer/").status_code == 403
    for qui in ("", str(monde.collegue.pk)):
        refuse = texte(client.post(adresse, _plage(motif="referent", agent=qui)))
        assert "à corriger" in refuse
    suite = client.post(
        adresse, _plage(motif="referent", agent=str(monde.referent.pk)), follow=True
    )
    assert "La plage est ouverte" in texte(suite)
    monde.ouvrir()
    assert Creneau.objects.filter(agent=monde.referent).exists()
    assert client.post(f"/lieux/{monde.lieu.pk}/fermer/").status_code == 403
    assert client.get("/lieux/nouveau/").status_code == 403


def test_ce_qui_reste_a_renseigner_se_voit_dans_l_agenda(
    connecter: Connecter, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    passe = creneaux()[0]
    fixe(demande(personne("Chalendar", monde.puy)), passe, monde.systeme)
    monkeypatch.setenv("DRAILLE_DATE", "2020-10-21")
    page = texte(connecter(Role.CADRE).get(f"/agenda/?lieu={passe.lieu_id}"))
    assert "1 à renseigner" in page
    assert "(à renseigner)" in page
    # Un créneau passé ne se ferme plus.
    assert "Fermer<span" not in page


def test_les_pages_des_lieux_lisent_en_un_nombre_constant_de_requetes(
    connecter: Connecter, monde: Monde, django_assert_num_queries
) -> None:
    client = connecter(Role.CADRE)
    adresses = ("/lieux/", f"/lieux/{monde.lieu.pk}/", f"/agenda/?lieu={monde.lieu.pk}")
    comptes = {}
    for adresse in adresses:
        client.get(adresse)
        with CaptureQueriesContext(connection) as peu:
            client.get(adresse)
        comptes[adresse] = len(peu)
    monde.ouvrir()
    for jour in (2, 3, 4, 5):
        plage(monde.lieu, monde.systeme, jour=jour)
        plage(monde.lieu, monde.systeme, motif=Motif.REFERENT, agent=monde.referent, jour=jour)
    for adresse in adresses:
        with django_assert_num_queries(comptes[adresse]):
            client.get(adresse)


def test_l_agenda_ne_montre_que_la_semaine(connecter: Connecter, monde: Monde) -> None:
    assert JOUR < LUNDI
    page = texte(connecter(Role.ACCUEIL).get(f"/agenda/?lieu={monde.lieu.pk}&jour={LUNDI}"))
    assert page.count('<li class="agenda__rang') == 3
    assert "Fermer<span" not in page
