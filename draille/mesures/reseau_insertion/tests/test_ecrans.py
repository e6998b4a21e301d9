"""Les écrans : qui voit quoi, répondre, relancer, et un nombre de requêtes qui ne croît pas."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from draille.mesures.reseau_insertion.tests.conftest import LE
from draille.moteurs.messages.models import Message
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Consentement, Orientation
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Consultation
from draille.socle.acces import Role
from draille.socle.chiffrement import trousseau


def _texte(reponse) -> str:
    texte = re.sub(r"<[^>]+>", " ", reponse.content.decode())
    return re.sub(r"\s+", " ", texte.replace("&#x27;", "'"))


def _lien(monde) -> str:
    monde.ouvrir()
    message = Message.objects.latest("pk")
    url = trousseau().dechiffrer(bytes(message.secret)).decode()
    return "/" + url.split("/", 3)[3]


def test_le_partenaire_repond_et_l_accueil_le_voit(monde, connecter):
    orientation = monde.orienter(monde.consentir(("nom", "besoins")))
    partenaire = connecter(Role.PARTENAIRE, monde.partenaire.organisation)
    liste = _texte(partenaire.get(reverse("partenaire_recues")))
    assert "Aline Testot" in liste
    page = _texte(partenaire.get(reverse("partenaire_orientation", args=[orientation.pk])))
    assert "06 39" not in page
    envoi = reverse("partenaire_repondre", args=[orientation.pk])
    sans_motif = partenaire.post(envoi, {"geste": "refuser"})
    assert sans_motif.status_code == 422
    assert "Dites pourquoi" in _texte(sans_motif)
    partenaire.post(envoi, {"geste": "accepter", "nouvelles": "Mardi 20 à 10 h"})
    social = connecter(Role.TRAVAILLEUR_SOCIAL)
    vue = _texte(social.get(reverse("orientation_suivie", args=[orientation.pk])))
    assert "Mardi 20 à 10 h" in vue
    assert "acceptée" in vue


def test_chaque_lecture_du_partenaire_est_ecrite_une_fois_par_jour_pour_la_liste(monde, connecter):
    orientation = monde.orienter(monde.consentir())
    partenaire = connecter(Role.PARTENAIRE, monde.partenaire.organisation)
    for _ in range(2):
        partenaire.get(reverse("partenaire_recues"))
        partenaire.get(reverse("partenaire_orientation", args=[orientation.pk]))
    monde.ouvrir()
    pages = list(Consultation.objects.order_by("pk").values_list("page", flat=True))
    assert pages.count("Liste des orientations (partenaire)") == 1
    assert pages.count("Orientation reçue (partenaire)") == 2
    cadre = connecter(Role.CADRE)
    lu = _texte(cadre.get(reverse("partenaire_acces", args=[monde.partenaire.pk])))
    assert lu.count("Aline Testot") == 3


def test_un_partenaire_n_ouvre_ni_dossier_ni_page_du_departement(monde, connecter):
    orientation = monde.orienter(monde.consentir())
    for organisation in (monde.partenaire.organisation, monde.autre.organisation):
        client = connecter(Role.PARTENAIRE, organisation)
        for nom, arguments in (
            ("personne", [monde.personne.pk]),
            ("consentements", [monde.personne.pk]),
            ("orienter_personne", [monde.personne.pk]),
            ("orientation_suivie", [orientation.pk]),
            ("orientations_suivies", []),
            ("partenaires", []),
            ("partenaire_acces", [monde.partenaire.pk]),
        ):
            assert client.get(reverse(nom, args=arguments)).status_code == 403, nom
    autre = connecter(Role.PARTENAIRE, monde.autre.organisation)
    page = reverse("partenaire_orientation", args=[orientation.pk])
    assert autre.get(page).status_code == 404
    assert connecter(Role.TRAVAILLEUR_SOCIAL).get(page).status_code == 403


def test_le_lien_montre_repond_et_se_trace_sans_connexion(monde):
    orientation = monde.orienter(monde.consentir(("nom",)))
    lien, visiteur = _lien(monde), Client(enforce_csrf_checks=True)
    assert "Testot" not in lien
    page = visiteur.get(lien)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "Aline Testot" in _texte(page)
    assert "06 39" not in _texte(page)
    jeton_csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    assert visiteur.post(lien, {"geste": "recevoir"}).status_code == 403
    merci = visiteur.post(lien, {"geste": "recevoir", "csrfmiddlewaretoken": jeton_csrf})
    assert "Merci" in _texte(merci)
    monde.ouvrir()
    orientation.refresh_from_db()
    assert orientation.statut == "recue"
    codes = LigneJournal.objects.filter(
        objet_id=orientation.pk, code__startswith="partage."
    ).exclude(code="partage.consentir")
    assert list(codes.order_by("id").values_list("code", flat=True)) == [
        "partage.orienter",
        "partage.ouvrir_lien",
        "partage.recevoir",
    ]
    assert not codes.get(code="partage.recevoir").agent_id


@pytest.mark.parametrize("jeton", ["x", "a" * 43, "..", "0"])
def test_un_jeton_invente_n_ouvre_rien(monde, jeton):
    monde.orienter(monde.consentir())
    reponse = Client().get(f"/reponse/{jeton}/")
    assert reponse.status_code in (404, 410)
    assert "Testot" not in reponse.content.decode()


def test_le_courriel_ne_nomme_personne_et_n_ecrit_pas_le_jeton(monde):
    orientation = monde.orienter(monde.consentir(), message="Elle préfère le matin.")
    lien = _lien(monde)
    message = Message.objects.get(objet_id=orientation.pk)
    dit = message.sujet + message.contenu
    assert message.destination == "relais@exemple.org"
    assert not [s for s in ("Aline", "Testot", "logement", "matin", "06 39") if s in dit]
    jeton = lien.rstrip("/").rsplit("/", 1)[1]
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN"
            " ('text', 'character varying', 'jsonb', 'bytea')"
        )
        for table, colonne in curseur.fetchall():
            curseur.execute(
                f'SELECT count(*) FROM "{table}" WHERE strpos("{colonne}"::text, %s) > 0', [jeton]
            )
            assert curseur.fetchone()[0] == 0, (table, colonne)


def test_sans_courriel_ou_sans_accord_aucun_lien_ne_part(monde):
    monde.orienter(None)
    monde.ouvrir()
    assert not Message.objects.exists()


def test_relancer_envoie_un_lien_neuf_et_ferme_l_ancien(monde, connecter):
    orientation = monde.orienter(monde.consentir())
    ancien = _lien(monde)
    social = connecter(Role.TRAVAILLEUR_SOCIAL)
    page = social.post(reverse("orientation_relancer", args=[orientation.pk]), follow=True)
    assert "un nouveau lien lui est envoyé" in _texte(page)
    neuf = _lien(monde)
    assert (Client().get(ancien).status_code, Client().get(neuf).status_code) == (410, 200)
    monde.ouvrir()
    etats = Message.objects.filter(objet_id=orientation.pk).order_by("pk")
    assert list(etats.values_list("etat", flat=True)) == ["annule", "a_envoyer"]


def test_orienter_depuis_le_dossier_recueille_l_accord_avec_elle(monde, connecter):
    social = connecter(Role.TRAVAILLEUR_SOCIAL)
    adresse = reverse("orienter_personne", args=[monde.personne.pk])
    envoi = {
        "partenaire": monde.partenaire.pk,
        "besoins": ["logement"],
        "portee": ["nom", "telephone"],
        "forme": "oral",
    }
    assert social.post(adresse, {**envoi, "forme": ""}).status_code == 422
    assert social.post(adresse, {**envoi, "message": "Bonjour"}).status_code == 422
    monde.ouvrir()
    assert not Consentement.objects.exists()
    page = social.post(adresse, envoi, follow=True)
    assert "Aline Testot est orientée vers Le Relais" in _texte(page)
    monde.ouvrir()
    faite = Orientation.objects.get()
    assert faite.transmis == {"nom": "Aline Testot", "telephone": "06 39 98 01 23"}


def test_l_echeance_est_celle_de_l_orientation_et_la_reponse_la_ferme(monde):
    orientation = monde.orienter(monde.consentir())
    autre = monde.orienter(None)
    due = Echeance.objects.get(code="reseau_insertion.reponse", objet_id=orientation.pk)
    assert due.avant_le == orientation.avant_le == LE + timedelta(days=15)
    partage.accepter(orientation_id=orientation.pk, par=monde.systeme, le=LE)
    due.refresh_from_db()
    assert (due.fermee_le, due.est_sans_suite) == (LE, False)
    assert Echeance.objects.get(objet_id=autre.pk).fermee_le is None


def test_le_retrait_abandonne_l_echeance(monde):
    accord = monde.consentir()
    orientation = monde.orienter(accord)
    partage.retirer_consentement(consentement_id=accord.pk, par=monde.systeme, le=LE)
    due = Echeance.objects.get(code="reseau_insertion.reponse", objet_id=orientation.pk)
    assert (due.fermee_le, due.est_sans_suite) == (LE, True)


def test_ce_qui_revient_est_en_tete_et_s_en_va_une_fois_vu(monde, connecter):
    orientation = monde.orienter(monde.consentir())
    partage.refuser(orientation_id=orientation.pk, motif="complet", par=monde.systeme, le=LE)
    social = connecter(Role.ACCUEIL)
    liste = reverse("orientations_suivies")
    assert "plus de place" in _texte(social.get(liste))
    social.post(reverse("orientation_prendre_acte", args=[orientation.pk]))
    assert "Rien à reprendre" in _texte(social.get(liste))
    assert "Aline Testot" in _texte(social.get(liste, {"vue": "non-abouties"}))


def test_l_agent_ecrit_les_nouvelles_qu_il_a_eues(monde, connecter):
    orientation = monde.orienter(None)
    social = connecter(Role.TRAVAILLEUR_SOCIAL)
    envoi = reverse("orientation_repondre", args=[orientation.pk])
    assert social.post(envoi, {"geste": "valider"}).status_code == 422
    page = social.post(envoi, {"geste": "terminer", "nouvelles": "Logée"}, follow=True)
    assert "terminée" in _texte(page)


def test_le_dossier_dit_qui_accompagne_et_ce_qu_elle_accepte(monde, connecter):
    monde.orienter(monde.consentir(("nom",)))
    page = _texte(connecter(Role.TRAVAILLEUR_SOCIAL).get(f"/personnes/{monde.personne.pk}/"))
    assert "Qui accompagne" in page
    assert "Partenaires et accords" in page
    assert "Le Relais" in page


def test_tenir_les_partenaires(monde, connecter):
    cadre = connecter(Role.CADRE)
    nouveau = reverse("partenaire_nouveau")
    assert cadre.post(nouveau, {"nom": "", "courriel": "pas une adresse"}).status_code == 422
    fiche = {"nom": "Mission locale", "courriel": "ml@exemple.org", "besoins": ["emploi"]}
    page = cadre.post(nouveau, fiche, follow=True)
    assert "Mission locale" in _texte(page)
    pk = re.search(r"/partenaires/(\d+)/modifier/", page.content.decode())[1]
    modifie = cadre.post(
        reverse("partenaire_modifier", args=[pk]), {**fiche, "telephone": "04 65 71 00 01"}
    )
    assert modifie.status_code == 302
    ferme = cadre.post(reverse("partenaire_fermer", args=[pk]), follow=True)
    assert "fermé le 15/10/2020" in _texte(ferme)
    assert connecter(Role.TRAVAILLEUR_SOCIAL).get(nouveau).status_code == 403
    assert connecter(Role.ADMINISTRATEUR).get(reverse("partenaires")).status_code == 200


def test_la_journee_du_partenaire_compte_sans_nommer(monde, connecter):
    monde.orienter(monde.consentir())
    page = _texte(connecter(Role.PARTENAIRE, monde.partenaire.organisation).get("/"))
    assert "1 à répondre" in page
    assert "Testot" not in page


@pytest.mark.parametrize(
    ("role", "nom", "arguments"),
    [
        (Role.TRAVAILLEUR_SOCIAL, "orientations_suivies", ()),
        (Role.TRAVAILLEUR_SOCIAL, "orientations_suivies_toutes", ()),
        (Role.TRAVAILLEUR_SOCIAL, "partenaires", ()),
        (Role.CADRE, "partenaire", ("partenaire",)),
        (Role.CADRE, "partenaire_acces", ("partenaire",)),
        (Role.TRAVAILLEUR_SOCIAL, "consentements", ("personne",)),
        (Role.PARTENAIRE, "partenaire_recues", ()),
    ],
)
def test_une_page_plus_longue_ne_demande_pas_plus_de_requetes(
    monde, connecter, role, nom, arguments
):
    ids = {"partenaire": monde.partenaire.pk, "personne": monde.personne.pk}
    vue = "?vue=toutes" if nom.endswith("_toutes") else ""
    adresse = reverse(nom.removesuffix("_toutes"), args=[ids[a] for a in arguments]) + vue
    accord = monde.consentir()
    monde.orienter(accord)
    ou = monde.partenaire.organisation if role is Role.PARTENAIRE else None
    client = connecter(role, ou)
    client.get(adresse)

    def compter() -> int:
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            assert client.get(adresse).status_code == 200
        return len(requetes)

    avant = compter()
    for _ in range(4):
        monde.orienter(accord)
    assert compter() == avant
    assert avant <= 30
