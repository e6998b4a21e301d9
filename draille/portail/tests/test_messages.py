"""Les écrans des messages : qui voit quoi, la preuve, les modèles."""

import base64
import re
from datetime import timedelta

import pytest
from django.conf import settings as reglages

from conftest import INSTANT
from draille.moteurs.messages.adaptateur import Envoi, deposer
from draille.moteurs.messages.adaptateur_envoi import envoyer_dus
from draille.moteurs.messages.adaptateur_lettre import lettre, tourner_les_cles
from draille.moteurs.messages.models import Message, ModeleMessage, Tentative
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Consultation
from draille.portail.messages.expedition import en_phrases, expedier
from draille.portail.tests.conftest import LE, NOMINATIFS, ROLES
from draille.socle.acces import Compartiment, Role
from draille.socle.chiffrement import Trousseau
from draille.socle.texte import INSECABLE

COURRIEL = "eleonore@example.org"
CHAMPS = {"date": "mardi 3 novembre 2020", "heure": "14 h", "lieu": "Maison de Brioude"}


@pytest.fixture(autouse=True)
def _dossier(settings, tmp_path):
    settings.DRAILLE_MESSAGES_DOSSIER = tmp_path


@pytest.fixture
def ecrire(departement, personne):
    """Dépose un message à cette personne (ou à une autre)."""
    personne.courriel = COURRIEL
    personne.save(update_fields=["courriel"])

    def deposer_un(modele="convocation_orientation", a=None, **autres):
        envoi = Envoi(
            personne=a or personne,
            modele=modele,
            champs=CHAMPS,
            objet_id=7,
            compartiment=Compartiment.INSERTION,
            **autres,
        )
        return deposer(envoi=envoi, par=departement.par, le=LE)

    return deposer_un


@pytest.fixture
def referent_du_nord(departement):
    agent = departement.agent(
        Role.REFERENT, territoire=departement.nord, identifiant="demo.referent_nord"
    )
    return departement.client(agent)


def _envoyer():
    return envoyer_dus(instant=INSTANT, limite=10)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("adresse", "admis"),
    [
        ("/messages/", {Role.CADRE, Role.ADMINISTRATEUR}),
        ("/messages/modeles/", {Role.CADRE, Role.ADMINISTRATEUR}),
        ("/messages/modeles/rappel_rendez_vous/sms/", {Role.CADRE, Role.ADMINISTRATEUR}),
    ],
)
def test_chaque_page_s_ouvre_a_qui_elle_revient(clients, role, adresse, admis):
    assert clients[role].get(adresse).status_code == (200 if role in admis else 403)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("suite", ["", "lettre.pdf"])
def test_un_message_se_lit_comme_le_dossier_de_sa_personne(clients, ecrire, role, suite):
    message = ecrire(est_algorithmique=True)
    attendu = 200 if role in NOMINATIFS else 403
    assert clients[role].get(f"/messages/{message.pk}/{suite}").status_code == attendu


def test_un_message_d_un_autre_territoire_est_introuvable(ecrire, referent_du_nord):
    message = ecrire()
    for adresse in (
        f"/messages/{message.pk}/",
        f"/messages/{message.pk}/lettre.pdf",
        "/messages/9/",
    ):
        assert referent_du_nord.get(adresse).status_code == 404
    for geste in ("relancer", "annuler"):
        assert referent_du_nord.post(f"/messages/{message.pk}/{geste}/").status_code == 404


def test_le_dossier_montre_les_messages_et_leur_preuve(clients, ecrire, personne, tout_voir):
    message = ecrire()
    retire = ecrire("rappel_rendez_vous")
    Message.objects.filter(pk=retire.pk).update(etat="annule", annule_le=message.depose_le)
    _envoyer()
    dossier = clients[Role.REFERENT].get(f"/personnes/{personne.pk}/").content.decode()
    assert "Courriers et messages" in dossier
    assert f'href="/messages/{message.pk}/"' in dossier
    assert "n&#x27;est pas parti" in dossier or "n'est pas parti" in dossier
    page = clients[Role.REFERENT].get(f"/messages/{message.pk}/").content.decode()
    for dit in (COURRIEL, "mardi 3 novembre 2020", "Remis", str(message.cle_envoi), "Déposé"):
        assert dit in page
    tout_voir()
    assert Consultation.objects.filter(page="message", personne=personne).count() == 1


def test_la_lettre_se_telecharge_telle_qu_elle_est_partie(clients, ecrire, tmp_path):
    ecrire(canal="courrier")
    message = Message.objects.get()
    _envoyer()
    reponse = clients[Role.CADRE].get(f"/messages/{message.pk}/lettre.pdf")
    (fichier,) = tmp_path.rglob("*.pdf")
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse.content == fichier.read_bytes()


def test_un_sms_n_a_pas_de_lettre(clients, ecrire, personne):
    personne.telephone = "0639980123"
    personne.save(update_fields=["telephone"])
    message = ecrire(canal="sms")
    assert clients[Role.CADRE].get(f"/messages/{message.pk}/lettre.pdf").status_code == 404


def test_l_administrateur_compte_sans_rien_lire(clients, ecrire):
    ecrire()
    page = clients[Role.ADMINISTRATEUR].get("/messages/").content.decode()
    assert re.search(r"Courriel</th><td[^>]*>1</td>", page)
    assert "Éléonore" not in page
    assert COURRIEL not in page


def test_la_boite_ne_nomme_que_son_territoire(clients, departement, ecrire):
    ecrire()
    nord = departement.agent(Role.CADRE, territoire=departement.nord, identifiant="demo.cadre_nord")
    assert "Éléonore" in clients[Role.CADRE].get("/messages/?vue=attente").content.decode()
    page = departement.client(nord).get("/messages/?vue=attente").content.decode()
    assert "Éléonore" not in page


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_messages(
    clients, ecrire, personne, django_assert_max_num_queries, tout_voir
):
    def compter(adresse):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as requetes:
            assert clients[Role.CADRE].get(adresse).status_code == 200
        tout_voir()
        return len(requetes)

    adresses = ("/messages/?vue=attente", f"/personnes/{personne.pk}/")
    ecrire()
    _envoyer()
    tout_voir()
    ecrire()
    avec_un = [compter(a) for a in adresses]
    for _ in range(6):
        ecrire()
    assert [compter(a) for a in adresses] == avec_un


def test_un_message_abandonne_alerte_puis_se_relance(clients, ecrire, tout_voir):
    message = ecrire()
    assert "non remis" not in clients[Role.CADRE].get("/").content.decode()
    tout_voir()
    Message.objects.filter(pk=message.pk).update(etat="abandonne", tentatives=14)
    assert "1 non remis" in clients[Role.CADRE].get("/").content.decode()
    page = clients[Role.REFERENT].get(f"/messages/{message.pk}/").content.decode()
    assert "Relancer maintenant" in page
    reponse = clients[Role.REFERENT].post(f"/messages/{message.pk}/relancer/")
    assert reponse.status_code == 302
    tout_voir()
    relu = Message.objects.get()
    assert (relu.etat, relu.canal, relu.relance_a) == ("a_envoyer", "courriel", 14)


def test_un_courriel_abandonne_devient_une_lettre(clients, ecrire, tout_voir):
    message = ecrire()
    Message.objects.filter(pk=message.pk).update(etat="abandonne", tentatives=14)
    clients[Role.REFERENT].post(f"/messages/{message.pk}/relancer/", {"canal": "courrier"})
    tout_voir()
    relu = Message.objects.get()
    assert (relu.etat, relu.canal) == ("a_envoyer", "courrier")
    assert relu.cle_envoi != message.cle_envoi
    assert relu.destination.endswith("3 rue des Tables\nLE PUY-EN-VELAY")


def test_annuler_se_dit_et_ne_se_fait_qu_une_fois(clients, ecrire, tout_voir):
    message = ecrire()
    for attendu in ("est annulé", "rien n"):
        reponse = clients[Role.CADRE].post(f"/messages/{message.pk}/annuler/", follow=True)
        assert attendu in reponse.content.decode()
    tout_voir()
    assert Message.objects.get().etat == "annule"
    assert LigneJournal.objects.filter(code="messages.annuler").count() == 1


MODELE = "/messages/modeles/designation_referent/courrier/"


def _soumettre(client, corps, geste="enregistrer", sujet="Votre référent"):
    return client.post(MODELE, {"sujet": sujet, "corps": corps, "geste": geste})


@pytest.mark.parametrize(
    ("corps", "phrase"),
    [
        ("Votre référent : {{ referent }}.", "La mention légale manque"),
        ("{{ referent }} {{ nir }}\n\n{{ mention_algorithme }}", "« nir » n"),
        ("{{ referent }} {{ Prenom }}\n\n{{ mention_algorithme }}", "Une accolade est mal placée"),
        ("Bonjour\n\n{{ mention_algorithme }}", "manque : la personne en a besoin"),
        ("", "Le texte est vide"),
    ],
)
@pytest.mark.parametrize("geste", ["enregistrer", "apercu", "pdf"])
def test_un_modele_fautif_est_refuse_avec_une_phrase(clients, tout_voir, corps, phrase, geste):
    reponse = _soumettre(clients[Role.CADRE], corps, geste)
    assert reponse.status_code == 422
    assert phrase in reponse.content.decode()
    tout_voir()
    assert not ModeleMessage.objects.exists()


BON = "Bonjour {{prenom}},\r\n\r\n{{ referent }} vous accompagne.\r\n\r\n{{ mention_algorithme }}"


def test_un_modele_modifie_fait_une_version_que_les_messages_suivent(
    clients, departement, personne, tout_voir
):
    assert _soumettre(clients[Role.CADRE], BON).status_code == 302
    page = clients[Role.CADRE].get(MODELE).content.decode()
    assert "Version 1, du 31 octobre 2020" in page
    assert "Version d&#x27;origine" in page or "Version d'origine" in page
    tout_voir()
    assert ModeleMessage.objects.get().est_algorithmique
    personne.courriel = ""
    personne.save(update_fields=["courriel"])
    envoi = Envoi(
        personne=personne,
        modele="designation_referent",
        champs={"referent": "Ada L."},
        objet_id=1,
        compartiment=Compartiment.INSERTION,
        est_algorithmique=True,
    )
    message = deposer(envoi=envoi, par=departement.par, le=LE)
    assert message.version == 1
    assert message.contenu.startswith("Bonjour Éléonore,\n\nAda L. vous accompagne.\n\nCette déc")
    assert LigneJournal.objects.get(code="messages.modifier_modele").charge == {
        "modele": "designation_referent",
        "canal": "courrier",
        "version": 1,
    }


def test_un_modele_inchange_ne_fait_pas_de_version(clients, tout_voir):
    _soumettre(clients[Role.CADRE], BON)
    reponse = _soumettre(clients[Role.CADRE], BON)
    assert "Rien n" in reponse.content.decode()
    tout_voir()
    assert ModeleMessage.objects.count() == 1


def test_l_apercu_d_un_modele_se_voit_en_texte_et_en_pdf(clients):
    page = _soumettre(clients[Role.CADRE], BON, "apercu").content.decode()
    assert "Dominique Modèle vous accompagne" in page
    assert "Commission d&#x27;accès" in page or "Commission d'accès" in page
    reponse = _soumettre(clients[Role.CADRE], BON, "pdf")
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse.content[:5] == b"%PDF-"


def test_un_modele_inconnu_est_introuvable(clients):
    for adresse in ("/messages/modeles/rien/sms/", "/messages/modeles/designation_referent/sms/"):
        assert clients[Role.CADRE].get(adresse).status_code == 404


def test_un_autre_compartiment_ouvre_le_dossier_sans_les_messages(
    departement, ecrire, personne, tout_voir
):
    message = ecrire()
    personne.compartiments = [Compartiment.SOCIAL, Compartiment.INSERTION]
    personne.save(update_fields=["compartiments"])
    agent = departement.agent(Role.REFERENT, identifiant="demo.assistante")
    agent.habilitations.update(compartiment=Compartiment.SOCIAL)
    client = departement.client(agent)
    page = client.get(f"/personnes/{personne.pk}/")
    assert page.status_code == 200
    assert "Courriers et messages" not in page.content.decode()
    assert client.get(f"/messages/{message.pk}/").status_code == 404


def test_les_messages_et_leurs_preuves_suivent_la_personne_qui_demenage(
    ecrire, personne, departement
):
    message = ecrire()
    _envoyer()
    personne.commune = departement.brioude
    personne.save(update_fields=["commune"])
    attendue = 200_000 + departement.brioude.pk
    assert Message.objects.get(pk=message.pk).cle_acces == attendue
    assert Tentative.objects.get(message=message).cle_acces == attendue


def test_expedier_dit_le_bilan_sans_rien_de_personnel(ecrire, settings):
    ecrire(a_envoyer_le=INSTANT - timedelta(days=1))
    (phrase,) = en_phrases(expedier(limite=10))
    assert phrase.replace(INSECABLE, " ").startswith("1 message remis, 0 à réessayer")
    settings.DRAILLE_DEMONSTRATION = False
    settings.DRAILLE_SMTP_HOTE, settings.DRAILLE_SMTP_PORT = "127.0.0.1", 1
    ecrire(a_envoyer_le=INSTANT - timedelta(days=1))
    phrases = en_phrases(expedier(limite=10))
    assert "« courriel » manque (receveur_injoignable)" in phrases[1]
    assert COURRIEL not in " ".join(phrases)


def test_changer_de_cle_rechiffre_les_lettres(ecrire, monkeypatch):
    message = ecrire()
    _envoyer()
    avant = Message.objects.get(pk=message.pk)
    clair = lettre(message=avant)
    ancien = reglages.DRAILLE_CLES
    nouvelle = "9:" + base64.b64encode(b"n" * 32).decode()
    neuf = Trousseau.lire(f"{nouvelle},{ancien}")
    monkeypatch.setattr("draille.moteurs.messages.adaptateur_lettre.trousseau", lambda: neuf)
    assert tourner_les_cles() == 1
    apres = Message.objects.get(pk=message.pk)
    assert bytes(apres.piece)[0] == 9
    assert lettre(message=apres) == clair


def test_le_travailleur_envoie_chaque_minute(ecrire):
    from draille.portail import taches

    message = ecrire(a_envoyer_le=INSTANT - timedelta(days=1))
    taches.expedier_messages(timestamp=0)
    assert Message.objects.get(pk=message.pk).etat == "remis"
    registre = taches.app.periodic_registry.periodic_tasks
    assert any(t.task.name == "draille.expedier" for t in registre.values())
