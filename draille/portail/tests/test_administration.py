"""Le journal et sa preuve, les agents et leurs habilitations, les encarts des mesures."""

from datetime import date

import pytest
from django.db import connection

from draille.ecrans import panneaux
from draille.ecrans.panneaux import Panneau, Tuile
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.scellement import sceller
from draille.noyau.organisation.models import Habilitation
from draille.portail.charge import lisible
from draille.portail.tests.conftest import LE, ROLES
from draille.socle.acces import Compartiment, Role, a_role, tout_agent

# --- le journal ----------------------------------------------------------------------------------


def test_le_journal_montre_ce_que_le_lecteur_peut_voir(clients, departement, personne):
    lecture = clients[Role.CADRE].get("/journal/")
    assert [a.ligne.code for a in lecture.context["actes"]] == ["personne.inscrire"]
    assert "Éléonore Bœuf" in lecture.content.decode()
    ailleurs = departement.client(
        departement.agent(Role.CADRE, territoire=departement.nord, identifiant="demo.nord")
    )
    assert ailleurs.get("/journal/").context["actes"] == []


def test_le_journal_se_filtre_et_s_avance(clients, departement):
    for rang in range(52):
        departement.personne("Roux", f"Jean{rang}")
    client = clients[Role.CADRE]
    premiere = client.get("/journal/").context
    assert len(premiere["actes"]) == 50
    suite = client.get("/journal/", {"avant": premiere["suite"]}).context
    assert len(suite["actes"]) == 2 and suite["suite"] is None
    vus = {a.ligne.pk for a in premiere["actes"]} | {a.ligne.pk for a in suite["actes"]}
    assert len(vus) == 52
    assert client.get("/journal/?code=parcours.ouvrir").context["actes"] == []
    assert len(client.get("/journal/?debut=2020-10-01&fin=2020-10-01").context["actes"]) == 50
    assert client.get("/journal/?debut=2020-10-02").context["actes"] == []
    assert client.get("/journal/?debut=hier&avant=-1").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_qui_peut_verifier_le_journal(clients, personne, role):
    reponse = clients[role].post("/journal/verifier/")
    permis = role in (Role.ADMINISTRATEUR, Role.CADRE)
    assert reponse.status_code == (302 if permis else 403)


def test_un_journal_intact_se_dit_intact_meme_vu_d_un_secteur(departement, personne):
    sceller()
    cadre = departement.agent(Role.CADRE, territoire=departement.nord, identifiant="demo.nord")
    client = departement.client(cadre)
    client.post("/journal/verifier/")
    page = client.get("/journal/")
    assert "Le journal est intact" in page.content.decode()
    assert page.context["actes"] == [], "la vérification n'élargit pas ce que l'on voit"


def test_une_ligne_changee_se_voit(clients, personne, monkeypatch):
    sceller()
    from draille.noyau.journal import scellement

    # Le journal refuse qu'on le change : on change donc ce que l'on en relit.
    altere = scellement._EMPREINTE.replace("FROM noyau", "|| '' FROM noyau").replace(
        "'UTF8'))\n|| ''", "'UTF8') || '\\x00'::bytea)"
    )
    monkeypatch.setattr(scellement, "_EMPREINTE", altere)
    clients[Role.CADRE].post("/journal/verifier/")
    assert "modifiée" in clients[Role.CADRE].get("/journal/").content.decode()


# --- les agents ----------------------------------------------------------------------------------


def _donner(client, agent, departement, role="referent"):
    return client.post(
        f"/agents/{agent.pk}/",
        {"role": role, "compartiment": "2", "territoire": departement.nord.pk},
    )


def test_donner_puis_retirer_une_habilitation(clients, agents, departement, monkeypatch, tout_voir):
    client, agent = clients[Role.ADMINISTRATEUR], agents[Role.ACCUEIL]
    assert _donner(client, agent, departement).status_code == 302
    donnee = Habilitation.objects.get(agent=agent, role=Role.REFERENT)
    assert (donnee.debut, donnee.fin, donnee.compartiment) == (LE, None, Compartiment.INSERTION)
    assert "Référent" in client.get("/agents/").content.decode()
    retrait = f"/agents/habilitations/{donnee.pk}/retirer/"
    monkeypatch.setenv("DRAILLE_DATE", "2020-11-03")
    client.post(retrait)
    donnee.refresh_from_db()
    assert donnee.fin == date(2020, 11, 3)
    tout_voir()
    codes = list(
        LigneJournal.objects.filter(objet_id=donnee.pk, code__startswith="organisation.")
        .order_by("id")
        .values_list("code", "agent_id")
    )
    auteur = agents[Role.ADMINISTRATEUR].pk
    assert codes == [
        ("organisation.habiliter", auteur),
        ("organisation.retirer_habilitation", auteur),
    ]


def test_une_habilitation_en_double_est_refusee(clients, agents, departement):
    client, agent = clients[Role.ADMINISTRATEUR], agents[Role.ACCUEIL]
    _donner(client, agent, departement)
    reponse = _donner(client, agent, departement)
    assert reponse.status_code == 200 and "détient déjà" in reponse.content.decode()
    assert Habilitation.objects.filter(agent=agent, role=Role.REFERENT).count() == 1


@pytest.mark.parametrize("role", ["systeme", "roi", ""])
def test_un_role_qui_ne_se_donne_pas(clients, agents, departement, role):
    client, agent = clients[Role.ADMINISTRATEUR], agents[Role.ACCUEIL]
    assert _donner(client, agent, departement, role).status_code == 200
    assert agent.habilitations.count() == 1


@pytest.mark.parametrize("role", [r for r in ROLES if r is not Role.ADMINISTRATEUR])
def test_nul_autre_que_l_administrateur_n_habilite(clients, agents, departement, role):
    assert _donner(clients[role], agents[Role.ACCUEIL], departement).status_code == 403


# --- les encarts ---------------------------------------------------------------------------------


@pytest.fixture
def registre_neuf(monkeypatch):
    for nom in ("_tuiles", "_panneaux", "_mots"):
        monkeypatch.setattr(panneaux, nom, {})


def _tuile(code, **champs):
    base = {
        "titre": f"Tuile {code}",
        "predicat": tout_agent,
        "gabarit": "portail/_resultats.html",
        "contexte": lambda acces, le: {},
    }
    return Tuile(code=code, **{**base, **champs})


def test_les_tuiles_suivent_rang_droit_et_contenu(clients, registre_neuf):
    panneaux.declarer_tuile(_tuile("b", rang=20))
    panneaux.declarer_tuile(_tuile("a", rang=10))
    panneaux.declarer_tuile(_tuile("vide", contexte=lambda acces, le: None))
    panneaux.declarer_tuile(_tuile("pilote", predicat=a_role(Role.PILOTE)))
    vues = clients[Role.CADRE].get("/").context["journee"].tuiles
    assert [t.code for t in vues] == ["a", "b"]
    with pytest.raises(ValueError, match="deux fois"):
        panneaux.declarer_tuile(_tuile("a"))


def test_un_panneau_recoit_la_personne_et_paraît_au_dossier(clients, personne, registre_neuf):
    recus = []

    def contexte(lue, acces, le):
        recus.append((lue.pk, acces.nom, le))
        return {"resultat": {"remarque": "vu par l'essai"}}

    panneaux.declarer_panneau(
        Panneau(
            code="essai.panneau",
            titre="Le droit",
            predicat=tout_agent,
            gabarit="portail/_resultats.html",
            contexte=contexte,
        )
    )
    contenu = clients[Role.REFERENT].get(f"/personnes/{personne.pk}/").content.decode()
    assert recus == [(personne.pk, "Camille REFERENT", LE)]
    assert 'id="essai.panneau"' in contenu and "vu par l&#x27;essai" in contenu


def test_un_mot_ne_se_dit_que_d_une_facon(registre_neuf):
    panneaux.declarer_mots({"primo_arrivant": "première entrée"})
    panneaux.declarer_mots({"primo_arrivant": "première entrée"})
    with pytest.raises(ValueError, match="déjà"):
        panneaux.declarer_mots({"primo_arrivant": "nouvel entrant"})


def test_une_charge_se_lit_en_mots(registre_neuf):
    panneaux.declarer_mots({"primo_arrivant": "première entrée"})
    charge = {
        "categorie": "primo_arrivant",
        "mois": "2020-10-01",
        "ouverture_le": "2020-10-05",
        "est_soumis": True,
        "fichier_id": 12,
        "motif": "",
        "rang": 2,
        "minutes": 245,
        "champs": ["telephone", "courriel"],
    }
    assert lisible(charge) == [
        ("Catégorie", "première entrée"),
        ("Mois", "octobre 2020"),
        ("Droit ouvert le", "5 octobre 2020"),
        ("Soumis aux droits et devoirs", "oui"),
        ("Rang", "2"),
        ("Minutes", "25 min"),
        ("Renseignements changés", "téléphone, courriel"),
    ]


def test_la_connexion_reste_sous_le_role_de_l_application(clients, personne):
    clients[Role.CADRE].get("/")
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user")
        assert curseur.fetchone() == ("draille_app",)
