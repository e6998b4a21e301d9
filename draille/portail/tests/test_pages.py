"""Chaque page par chaque fonction : ouverte ou fermée, sous sa politique de contenu."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest
import structlog
from django.db import DatabaseError
from django.test import Client

from draille.noyau.journal.scellement import sceller
from draille.noyau.organisation.models import Habilitation
from draille.portail import journalisation
from draille.portail.tests.conftest import NOMINATIFS, ROLES
from draille.portail.vues import publiques
from draille.portail.vues.parametres import dire
from draille.socle.acces import Role
from draille.socle.refus import Refus

# Qui n'est que partenaire ne voit que ce qu'on lui adresse.
DU_DEPARTEMENT = [r for r in ROLES if r is not Role.PARTENAIRE]
PAGES = {
    "/": ROLES,
    "/parametres/": DU_DEPARTEMENT,
    "/journal/": DU_DEPARTEMENT,
    "/accessibilite/": ROLES,
    "/recherche": NOMINATIFS,
    "/recherche?q=boeuf": NOMINATIFS,
    "/personnes/{personne}/": NOMINATIFS,
    "/agents/": (Role.ADMINISTRATEUR,),
    "/agents/{agent}/": (Role.ADMINISTRATEUR,),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("adresse", PAGES)
def test_chaque_page_par_chaque_fonction(clients, agents, personne, adresse, role):
    adresse_reelle = adresse.format(personne=personne.pk, agent=agents[Role.CADRE].pk)
    reponse = clients[role].get(adresse_reelle)
    assert reponse.status_code == (200 if role in PAGES[adresse] else 403)
    contenu = reponse.content.decode()
    assert "Démonstration : personnes fictives, au 31 octobre 2020" in contenu
    assert "Haute-Loire" in contenu
    assert "\n<h1" in contenu or "<h1" in contenu
    _verifier_la_politique(reponse, contenu)
    assert "no-store" in reponse.headers["Cache-Control"]


def _verifier_la_politique(reponse, contenu):
    politique = reponse.headers["Content-Security-Policy"]
    assert "script-src 'self'" in politique and "default-src 'none'" in politique
    assert "unsafe-inline" not in politique and "unsafe-eval" not in politique
    assert " style=" not in contenu and "<style" not in contenu
    assert "onclick=" not in contenu and "<script>" not in contenu


def test_les_pages_publiques_portent_aussi_la_bande(db):
    for adresse in ("/accessibilite/", "/compte/login/", "/nulle-part/"):
        reponse = Client().get(adresse)
        assert "Démonstration : personnes fictives" in reponse.content.decode(), adresse
        assert "mon compte" not in reponse.content.decode()


def test_une_adresse_inconnue_donne_la_reference(clients):
    reponse = clients[Role.CADRE].get("/nulle-part/")
    assert reponse.status_code == 404
    assert reponse.headers["X-Reference"] in reponse.content.decode()


def test_une_page_fermee_dit_pourquoi_et_la_reference(clients):
    reponse = clients[Role.ACCUEIL].get("/agents/")
    assert reponse.status_code == 403
    assert "votre responsable" in reponse.content.decode()
    assert reponse.headers["X-Reference"] in reponse.content.decode()


def test_une_panne_donne_la_reference_et_n_ecrit_rien(departement, agents, monkeypatch, tout_voir):
    from draille.portail.vues import recherche

    def tomber(**_):
        Habilitation.objects.all().delete()
        raise RuntimeError("Bœuf Éléonore")

    monkeypatch.setattr(recherche, "chercher", tomber)
    client = departement.client(agents[Role.CADRE])
    client.raise_request_exception = False
    reponse = client.get("/recherche?q=boeuf")
    assert reponse.status_code == 500
    contenu = reponse.content.decode()
    assert reponse.headers["X-Reference"] in contenu and "Bœuf" not in contenu
    assert Habilitation.objects.count() == len(agents)


def test_un_refus_devient_une_page_qui_dit_pourquoi(departement, agents, monkeypatch):
    from draille.portail.vues import recherche

    def refuser(**_):
        raise Refus(code="essai.refus", message="Le dossier est clos.", base_legale="CASF L262-1")

    monkeypatch.setattr(recherche, "chercher", refuser)
    reponse = departement.client(agents[Role.CADRE]).get("/recherche?q=boeuf")
    assert reponse.status_code == 409
    assert "Le dossier est clos." in reponse.content.decode()
    assert "CASF L262-1" in reponse.content.decode()


def test_sans_habilitation_la_page_le_dit(departement, agents):
    Habilitation.objects.filter(agent=agents[Role.CADRE]).update(fin="2020-02-01")
    reponse = departement.client(agents[Role.CADRE]).get("/")
    assert "pas d'habilitation" in reponse.content.decode().replace("&#x27;", "'")


# --- la sonde --------------------------------------------------------------------------------


def test_la_sonde_repond_sans_connexion(systeme):
    reponse = Client().get("/sante")
    assert reponse.status_code == 200
    assert reponse.json() == {
        "etat": "en service",
        "base": "joignable",
        "migrations_manquantes": 0,
        "dernier_scellement_s": None,
    }


def test_la_sonde_dit_l_age_du_dernier_sceau(personne, monkeypatch):
    sceller()
    instant = datetime(2020, 10, 31, 9, 1, tzinfo=UTC)
    monkeypatch.setattr(publiques.horloge, "maintenant", lambda: instant)
    assert Client().get("/sante").json()["dernier_scellement_s"] == 60


def test_la_sonde_signale_une_base_en_panne(db, monkeypatch):
    def tomber():
        raise DatabaseError("connexion refusée pour draille_app")

    monkeypatch.setattr(publiques, "_etat", tomber)
    reponse = Client().get("/sante")
    assert reponse.status_code == 503
    assert reponse.json() == {"etat": "en panne", "base": "injoignable"}


def test_la_sonde_signale_une_migration_manquante(systeme, monkeypatch):
    attendues = publiques._migrations_attendues() | {("noyau", "9999_a_venir")}
    monkeypatch.setattr(publiques, "_migrations_attendues", lambda: attendues)
    reponse = Client().get("/sante")
    assert reponse.status_code == 503
    assert reponse.json()["migrations_manquantes"] == 1


# --- le journal technique --------------------------------------------------------------------


@pytest.fixture
def journal_technique():
    sortie = io.StringIO()
    racine = logging.getLogger()
    avant = racine.handlers[:], racine.level
    journalisation.configurer(sortie=sortie)
    yield lambda: [json.loads(x) for x in sortie.getvalue().splitlines()]
    racine.handlers[:], racine.level = avant[0], avant[1]
    structlog.reset_defaults()


def test_la_recherche_ne_s_ecrit_pas_au_journal_technique(clients, personne, journal_technique):
    clients[Role.CADRE].get("/recherche?q=boeuf+1984")
    faits = journal_technique()
    (requete,) = [f for f in faits if f["fait"] == "requete"]
    assert requete["vue"] == "recherche" and requete["statut"] == 200
    assert len(requete["reference"]) == 10
    assert "boeuf" not in json.dumps(faits) and "1984" not in json.dumps(requete)


def test_une_exception_s_ecrit_sans_ses_valeurs(
    departement, agents, monkeypatch, journal_technique
):
    from draille.portail.vues import recherche

    def tomber(**_):
        raise RuntimeError("Bœuf Éléonore")

    monkeypatch.setattr(recherche, "chercher", tomber)
    client = departement.client(agents[Role.CADRE])
    client.raise_request_exception = False
    client.get("/recherche?q=boeuf")
    faits = journal_technique()
    assert any(f.get("exception", {}).get("type") == "RuntimeError" for f in faits)
    assert "œuf" not in json.dumps(faits, ensure_ascii=False)


# --- les paramètres --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valeur", "unite", "attendu"),
    [
        (1, "jours", "1 jour"),
        (6, "semaines", "6 semaines"),
        (2, "mois", "2 mois"),
        (5, "jours_ouvres", "5 jours ouvrés"),
        (1, "jours_ouvres", "1 jour ouvré"),
        (12, "nombre", "12"),
        (True, "oui_non", "oui"),
        (("a", 2), "liste", "a, 2"),
        ("texte", "texte", "texte"),
    ],
)
def test_dire_une_valeur(valeur, unite, attendu):
    assert dire(valeur, unite).replace("\N{NO-BREAK SPACE}", " ") == attendu
