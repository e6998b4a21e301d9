"""Entrer, rester dehors, revenir où l'on était."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from draille.ecrans.acces import PUBLIQUE, acces_declare, adresses_et_vues, adresses_sans_acces
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Role

MOT_DE_PASSE = "draille-velay-vivarais"
# Les pages de connexion d'allauth, ouvertes à qui n'est pas connecté ; toutes les autres exigent
# un agent.
COMPTE_PUBLIQUES = {
    "compte/login/",
    "compte/signup/",
    "compte/inactive/",
    "compte/confirm-email/",
    "compte/confirm-email/<key>/",
    "compte/password/reset/",
    "compte/password/reset/done/",
    "compte/password/reset/key/<uidb36>-<key>/",
    "compte/password/reset/key/done/",
    "compte/2fa/authenticate/",
    "compte/logout/",
}
# Le lien de réponse d'un partenaire : sans jeton valable, il dit seulement qu'il n'ouvre rien.
LIEN = "reponse/<str:jeton>/"
PUBLIQUES = {"accessibilite/", "algorithme/", "sante", "compte/demonstration/", LIEN}


def _adresses():
    from django.urls import get_resolver

    return list(adresses_et_vues(get_resolver()))


def test_toute_adresse_exige_un_droit_ou_se_dit_publique():
    sans = [a for a in adresses_sans_acces() if not a.startswith("compte/")]
    assert sans == []
    publiques = {a for a, vue in _adresses() if acces_declare(vue) == PUBLIQUE}
    assert publiques == PUBLIQUES


def _exemple(adresse):
    import re

    adresse = re.sub(r"<int:\w+>", "1", adresse)
    adresse = re.sub(r"\(\?P<\w+>[^)]*\)|<\w+:?\w*>", "abc", adresse)
    return "/" + adresse.replace("^", "").replace("$", "").replace("\\", "")


@pytest.mark.parametrize("adresse", [a for a, _ in _adresses()])
def test_toute_adresse_demande_de_se_connecter(db, adresse):
    reponse = Client().get(_exemple(adresse))
    if adresse in PUBLIQUES or adresse in COMPTE_PUBLIQUES or "password/reset" in adresse:
        assert reponse.status_code in ((410,) if adresse == LIEN else (200, 302, 405))
        return
    if "confirm-email" in adresse:
        return
    assert reponse.status_code == 302, adresse
    suite = "/compte/login/" if adresse.startswith("compte/") else "/compte/login/?next="
    assert reponse.url.startswith(suite), adresse


def test_la_session_perdue_ramene_a_la_page_demandee(departement, agents):
    Agent.objects.filter(pk=agents[Role.CADRE].pk).update(is_active=True)
    client = Client()
    reponse = client.get("/journal/?code=personne.inscrire")
    assert reponse.url == "/compte/login/?next=/journal/%3Fcode%3Dpersonne.inscrire"
    suite = client.post(
        reverse("connexion_demo"),
        {"identifiant": "demo.cadre", "next": "/journal/?code=personne.inscrire"},
    )
    assert suite.url == "/journal/?code=personne.inscrire"
    assert client.get(suite.url).status_code == 200


def test_un_envoi_sans_session_ramene_a_la_page_d_ou_il_partait(db):
    reponse = Client().post("/personnes/4/nir/", HTTP_REFERER="http://testserver/personnes/4/")
    assert reponse.url == "/compte/login/?next=/personnes/4/"
    ailleurs = Client().post("/personnes/4/nir/", HTTP_REFERER="http://ailleurs.example/x")
    assert ailleurs.url == "/compte/login/?next=/"


def test_htmx_sans_session_change_de_page_entiere(db):
    reponse = Client().get(
        "/recherche?q=x", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/recherche"
    )
    assert reponse.headers["HX-Redirect"] == "/compte/login/?next=/recherche"


def test_le_compte_de_demonstration_entre_sans_mot_de_passe(departement, agents):
    page = Client().get("/compte/login/").content.decode()
    for role in agents:
        assert f'value="demo.{role}"' in page
    client = Client()
    reponse = client.post(reverse("connexion_demo"), {"identifiant": "demo.cadre"})
    assert reponse.status_code == 302 and reponse.url == "/"
    assert "Ma journée" in client.get("/").content.decode()


@pytest.mark.parametrize("suite", ["https://ailleurs.example/", "//ailleurs.example", ""])
def test_le_retour_ne_sort_jamais_du_site(agents, suite):
    reponse = Client().post(reverse("connexion_demo"), {"identifiant": "demo.cadre", "next": suite})
    assert reponse.url == "/"


def test_un_vrai_compte_n_entre_pas_par_la_demonstration(departement):
    departement.agent(Role.CADRE, identifiant="c.vallet")
    client = Client()
    reponse = client.post(reverse("connexion_demo"), {"identifiant": "c.vallet"})
    assert reponse.status_code == 403
    assert client.get("/").status_code == 302


def test_hors_demonstration_la_porte_n_existe_pas(agents, settings):
    settings.DRAILLE_DEMONSTRATION = False
    reponse = Client().post(reverse("connexion_demo"), {"identifiant": "demo.cadre"})
    assert reponse.status_code == 404
    page = Client().get("/compte/login/").content.decode()
    assert "demo.cadre" not in page and "Démonstration :" not in page


def _essayer(client, mot_de_passe, identifiant="c.vallet"):
    return client.post("/compte/login/", {"login": identifiant, "password": mot_de_passe})


def test_un_compte_entre_par_son_mot_de_passe(departement):
    departement.agent(Role.CADRE, identifiant="c.vallet", mot_de_passe=MOT_DE_PASSE)
    client = Client()
    assert _essayer(client, "faux").status_code == 200
    reponse = _essayer(client, MOT_DE_PASSE)
    assert reponse.status_code == 302 and reponse.url == "/"


def test_trop_d_essais_ferment_la_porte_au_bon_mot_de_passe(departement):
    departement.agent(Role.CADRE, identifiant="c.vallet", mot_de_passe=MOT_DE_PASSE)
    client = Client()
    for _ in range(6):
        _essayer(client, "faux")
    reponse = _essayer(client, MOT_DE_PASSE)
    assert reponse.status_code in (200, 429)
    assert client.get("/").status_code == 302, "le bon mot de passe n'aurait pas dû entrer"


def test_les_sessions_finissent(agents, clients):
    assert settings.SESSION_COOKIE_AGE <= 8 * 3600
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax"
    client = Client()
    client.post(reverse("connexion_demo"), {"identifiant": "demo.cadre"})
    temoin = client.cookies["sessionid"]
    assert temoin["httponly"] and temoin["samesite"] == "Lax" and not temoin["max-age"]
    Session.objects.update(expire_date="2001-01-01T00:00:00Z")
    assert client.get("/").status_code == 302


def test_un_agent_ferme_perd_sa_session(agents, clients):
    Agent.objects.filter(pk=agents[Role.CADRE].pk).update(is_active=False)
    assert clients[Role.CADRE].get("/").status_code == 302


def test_la_double_authentification_s_impose_par_reglage(agents, clients, settings):
    client = clients[Role.CADRE]
    assert client.get("/").status_code == 200
    settings.DRAILLE_TOTP_OBLIGATOIRE = True
    for adresse in ("/", "/recherche", "/journal/"):
        reponse = client.get(adresse)
        assert reponse.status_code == 302 and reponse.url == reverse("mfa_activate_totp")


def test_la_double_authentification_est_offerte(agents, clients):
    reponse = clients[Role.CADRE].get(reverse("mfa_index"))
    assert reponse.status_code == 200


def test_personne_ne_s_inscrit_seul(db):
    reponse = Client().post("/compte/signup/", {"username": "intrus", "password1": MOT_DE_PASSE})
    assert reponse.status_code in (200, 403)
    assert not Agent.objects.filter(identifiant="intrus").exists()
