"""Les écrans des doublons : qui les voit, ce qu'ils montrent, ce qu'ils font."""

from datetime import date

import pytest

from draille.moteurs.rapprochement import adaptateur_revue as revue
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.noyau.organisation.models import Habilitation
from draille.noyau.personne.models import Consultation, Personne
from draille.portail.tests.conftest import DEBUT, LE, ROLES
from draille.socle.acces import Compartiment, Role

OUVERTS = {Role.CHARGE_ORIENTATION, Role.TRAVAILLEUR_SOCIAL, Role.CADRE}
NEE = date(1984, 3, 12)


@pytest.fixture
def paire(departement):
    """Deux dossiers de la même personne, l'un mal écrit."""
    a = departement.personne("Lefebvre", "Camille", naissance_le=NEE, sexe="2")
    departement.personne("Lefèvre", "Camille", naissance_le=NEE)
    Personne.objects.filter(pk=a.pk).update(telephone="0612345678")
    revue.revoir(par=departement.par, le=LE)
    return Paire.objects.get()


def _corps(reponse):
    assert reponse.status_code == 200
    return reponse.content.decode()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("adresse", ["/doublons/", "/doublons/rejoints/", "/doublons/{}/"])
def test_chaque_page_s_ouvre_a_qui_elle_revient(clients, paire, role, adresse):
    attendu = 200 if role in OUVERTS else 403
    assert clients[role].get(adresse.format(paire.pk)).status_code == attendu


def test_la_liste_montre_les_deux_noms_et_pourquoi(clients, paire, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = _corps(clients[Role.CADRE].get("/doublons/"))
    for dit in ("Camille Lefebvre", "Camille Lefèvre", "presque sûr", "noms presque pareils"):
        assert dit.casefold() in page.casefold()
    assert "Aucun doublon" not in page
    assert "Rien n'attend" in _corps(clients[Role.CADRE].get("/doublons/?vue=a_confirmer")).replace(
        "&#x27;", "'"
    )


def test_la_paire_dit_ce_qui_differe_et_ecrit_qui_a_ouvert_les_deux(clients, paire, tout_voir):
    page = _corps(clients[Role.CADRE].get(f"/doublons/{paire.pk}/"))
    for dit in ("<mark>Lefebvre</mark>", "<mark>Lefèvre</mark>", "Même date de naissance", "+12"):
        assert dit in page
    assert "<mark>Camille</mark>" not in page
    tout_voir()
    lues = Consultation.objects.filter(page="rapprochement").values_list("personne_id", flat=True)
    assert set(lues) == {paire.premiere_id, paire.seconde_id}


def test_rejoindre_puis_separer_depuis_les_ecrans(clients, paire, tout_voir):
    client = clients[Role.CADRE]
    decider = f"/doublons/{paire.pk}/decider/"
    donnees = {"decision": "rejoindre", "gardee": paire.seconde_id}
    assert "n'en font plus qu'un" in _corps(client.post(decider, donnees, follow=True)).replace(
        "&#x27;", "'"
    )
    tout_voir()
    fusion = Fusion.objects.get()
    assert (fusion.gardee_id, fusion.absorbee_id) == (paire.seconde_id, paire.premiere_id)
    renvoi = client.get(f"/personnes/{fusion.absorbee_id}/")
    assert renvoi.headers["Location"] == f"/personnes/{fusion.gardee_id}/"
    dossier = _corps(client.get(f"/personnes/{fusion.gardee_id}/"))
    assert "Continue le dossier de Camille Lefebvre" in dossier
    assert dossier.count("Personne inscrite") == 2
    assert "Séparer ces dossiers" in _corps(client.get("/doublons/rejoints/"))
    client.post(f"/doublons/rejoints/{fusion.pk}/separer/")
    assert "séparés le" in _corps(client.get("/doublons/rejoints/"))
    assert client.get(f"/personnes/{fusion.absorbee_id}/").status_code == 200


def test_declarer_deux_personnes_ferme_la_paire(clients, paire, tout_voir):
    client = clients[Role.TRAVAILLEUR_SOCIAL]
    client.post(f"/doublons/{paire.pk}/decider/", {"decision": "distinctes"})
    tout_voir()
    paire.refresh_from_db()
    assert paire.statut == Paire.Statut.DISTINCTE
    assert "Aucun doublon" in _corps(client.get("/doublons/"))
    assert "déjà décidé" in _corps(client.get(f"/doublons/{paire.pk}/"))


@pytest.mark.parametrize(
    "donnees", [{}, {"decision": "rejoindre"}, {"decision": "rejoindre", "gardee": "9"}]
)
def test_une_decision_incomplete_ne_fait_rien(clients, paire, tout_voir, donnees):
    reponse = clients[Role.CADRE].post(f"/doublons/{paire.pk}/decider/", donnees, follow=True)
    assert "Choisissez le dossier à garder" in _corps(reponse)
    tout_voir()
    paire.refresh_from_db()
    assert paire.statut == Paire.Statut.OUVERTE


def test_une_paire_d_un_autre_territoire_est_introuvable(departement, paire):
    agent = departement.agent(Role.CADRE, territoire=departement.nord, identifiant="demo.nord")
    client = departement.client(agent)
    assert client.get(f"/doublons/{paire.pk}/").status_code == 404
    assert (
        client.post(f"/doublons/{paire.pk}/decider/", {"decision": "distinctes"}).status_code == 404
    )
    assert "Lefebvre" not in _corps(client.get("/doublons/"))


def test_a_deux_pour_l_enfance_de_bout_en_bout(departement, agents, clients, paire, tout_voir):
    enfance = int(Compartiment.ENFANCE)
    Personne.objects.filter(pk=paire.premiere_id).update(
        compartiments=[int(Compartiment.INSERTION), enfance]
    )
    seconde = departement.agent(Role.CADRE, identifiant="demo.enfance")
    Habilitation.objects.create(
        agent=seconde,
        compartiment=enfance,
        role=Role.CADRE,
        territoire=departement.entier,
        debut=DEBUT,
    )
    decider = f"/doublons/{paire.pk}/decider/"
    premiere = clients[Role.CADRE]
    assert "sera une proposition" in _corps(premiere.get(f"/doublons/{paire.pk}/"))
    premiere.post(decider, {"decision": "rejoindre", "gardee": paire.premiere_id})
    tout_voir()
    assert not Fusion.objects.exists()
    attente = _corps(premiere.get(f"/doublons/{paire.pk}/"))
    assert "Confirmer" not in attente
    # Le compartiment protégé ne se nomme pas à qui n'y est pas habilité.
    assert "nfance" not in attente.split("<h2>Décider</h2>")[1].split("</section>")[0]
    premiere.post(decider, {"decision": "confirmer"})
    tout_voir()
    assert not Fusion.objects.exists()
    autre = departement.client(seconde)
    assert "Vous êtes la seconde" in _corps(autre.get(f"/doublons/{paire.pk}/"))
    assert "1 à confirmer" in _corps(autre.get("/")).replace("\xa0", " ")
    autre.post(decider, {"decision": "confirmer"})
    tout_voir()
    assert Fusion.objects.get().second_agent_id == seconde.pk


def test_la_journee_dit_qu_il_y_a_des_doublons(clients, paire):
    for role in ROLES:
        page = _corps(clients[role].get("/"))
        assert ("Doublons possibles" in page) == (role in OUVERTS)
