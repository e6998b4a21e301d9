"""Chercher et ouvrir : ce que l'on trouve, ce que l'on ne voit pas, ce qui s'écrit."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from draille.noyau.organisation.models import Habilitation
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.personne.regles import comprendre
from draille.noyau.referent.models import Referent
from draille.portail.tests.conftest import LE, NIR, ROLES
from draille.socle.acces import Compartiment, Role


def _chercher(client, q, **plus):
    reponse = client.get("/recherche", {"q": q, **plus})
    assert reponse.status_code == 200
    return [t.personne.pk for t in reponse.context["resultat"].trouvees]


# --- comprendre la saisie ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saisie", "texte", "debut", "fin"),
    [
        ("Bœuf", "Bœuf", None, None),
        ("bœuf 1984", "bœuf", date(1984, 1, 1), date(1985, 1, 1)),
        ("12/03/1984", "", date(1984, 3, 12), date(1984, 3, 13)),
        ("éléonore 12-3-1984 bœuf", "éléonore bœuf", date(1984, 3, 12), date(1984, 3, 13)),
        ("bœuf 12/1984", "bœuf", date(1984, 12, 1), date(1985, 1, 1)),
        ("31/12/1984", "", date(1984, 12, 31), date(1985, 1, 1)),
    ],
)
def test_comprendre_nom_et_naissance(saisie, texte, debut, fin):
    lue = comprendre(saisie)
    assert (lue.texte, lue.naissance_debut, lue.naissance_fin) == (texte, debut, fin)


def test_comprendre_une_date_impossible():
    lue = comprendre("bœuf 31/02/1984")
    assert lue.texte == "bœuf" and lue.naissance_debut is None
    assert lue.remarque == "« 31/02/1984 » n'est pas une date."


def test_comprendre_un_matricule_avec_ou_sans_zeros():
    assert "0012345" in comprendre("12345").numeros
    assert "12345" in comprendre("0012345").numeros
    assert comprendre("CAF:431:0012345").numeros == ("CAF:431:0012345", "CAF:431:0012345")


@pytest.mark.parametrize("saisie", ["2 73 01 43 990 078 45", "2730143990078", "273014399007845"])
def test_comprendre_un_nir(saisie):
    assert comprendre(saisie).nir == NIR


@pytest.mark.parametrize("saisie", ["", " ", "a", "%", "'", "'; DROP TABLE x; --"])
def test_une_saisie_courte_ou_hostile_ne_trouve_rien(clients, personne, saisie):
    assert _chercher(clients[Role.CADRE], saisie) == []
    assert Personne.objects.filter(pk=personne.pk).exists()


# --- trouver -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "q",
    [
        "Bœuf",
        "BOEUF",
        "boeuf eleonore",
        "éléonore bœuf",
        "boeuf 1984",
        "boeuf 12/03/1984",
        "12/03/1984",
        "03/1984 boeuf",
        "eleonor",
        "eleonre",
        "12345",
        "0012345",
        "CAF:431:0012345",
        "el bo",
    ],
)
def test_trouver_par_nom_faute_naissance_matricule(clients, departement, personne, q):
    departement.personne("Martin", "Jean", naissance_le=date(1970, 1, 1))
    assert _chercher(clients[Role.ACCUEIL], q) == [personne.pk]


@pytest.mark.parametrize("q", ["boeuf 1985", "13/03/1984", "9912345", "Zzyzx"])
def test_ne_pas_trouver_a_cote(clients, personne, q):
    reponse = clients[Role.ACCUEIL].get("/recherche", {"q": q})
    assert reponse.context["resultat"].trouvees == []
    assert "Personne ne répond" in reponse.content.decode()


def test_une_date_partielle_se_trouve_et_se_dit(clients, departement):
    annee = departement.personne(
        "Faure", "Odile", naissance_le=date(1960, 1, 1), naissance_precision="O"
    )
    mois = departement.personne(
        "Faure", "Odette", naissance_le=date(1960, 5, 1), naissance_precision="J"
    )
    client = clients[Role.CADRE]
    assert set(_chercher(client, "faure 12/05/1960")) == {annee.pk, mois.pk}
    assert _chercher(client, "faure 12/06/1960") == [annee.pk]
    assert "1960 (date partielle)" in client.get("/recherche?q=faure").content.decode()


def test_un_nom_exact_passe_devant_et_les_proches_se_demandent(clients, departement):
    durand = departement.personne("Durand", "Paul")
    durant = departement.personne("Durant", "Paule")
    client = clients[Role.CADRE]
    assert _chercher(client, "durant") == [durant.pk]
    assert _chercher(client, "durant", proches="1") == [durant.pk, durand.pk]


def test_trop_de_reponses_demandent_de_preciser(clients, departement):
    for rang in range(22):
        departement.personne("Chazelle", f"Irène{chr(97 + rang)}")
    reponse = clients[Role.CADRE].get("/recherche?q=chazelle")
    assert len(reponse.context["resultat"].trouvees) == 20
    assert "précisez" in reponse.content.decode()


def test_htmx_ne_recoit_que_les_resultats(clients, personne):
    reponse = clients[Role.CADRE].get("/recherche?q=boeuf", HTTP_HX_REQUEST="true")
    contenu = reponse.content.decode()
    assert "Éléonore" in contenu and "<html" not in contenu


@pytest.mark.parametrize("role", [Role.CADRE, Role.CHARGE_ORIENTATION])
def test_le_nir_se_cherche_par_qui_y_est_habilite(clients, personne, role):
    assert _chercher(clients[role], "2 73 01 43 990 078 45") == [personne.pk]


def test_le_nir_ne_se_cherche_pas_a_l_accueil(clients, departement, personne):
    msa = departement.personne("Roux", "Aïcha")
    departement.foyer(msa, matricule=NIR)
    reponse = clients[Role.ACCUEIL].get("/recherche", {"q": NIR})
    assert reponse.context["resultat"].trouvees == []
    assert "réservée" in reponse.content.decode()


# --- les murs ------------------------------------------------------------------------------------


@pytest.fixture
def client_de_brioude(departement):
    agent = departement.agent(
        Role.CHARGE_ORIENTATION, territoire=departement.nord, identifiant="demo.brioude"
    )
    return departement.client(agent)


@pytest.mark.parametrize("q", ["boeuf", "eleonre", "12/03/1984", "0012345", NIR])
def test_hors_de_son_secteur_on_ne_trouve_pas(client_de_brioude, personne, q):
    assert _chercher(client_de_brioude, q) == []
    assert _chercher(client_de_brioude, q, proches="1") == []


def test_absente_ou_fermee_la_meme_page(client_de_brioude, personne):
    fermee = client_de_brioude.get(f"/personnes/{personne.pk}/")
    absente = client_de_brioude.get("/personnes/99999999/")
    assert fermee.status_code == absente.status_code == 404

    def neutre(reponse):
        reference = reponse.headers["X-Reference"]
        contenu = reponse.content.decode().replace(reference, "")
        return re.sub(r"[A-Za-z0-9]{64}", "", contenu)

    assert neutre(fermee) == neutre(absente)
    nir = client_de_brioude.post(f"/personnes/{personne.pk}/nir/")
    assert nir.status_code == 404


def test_un_autre_compartiment_ne_montre_rien(departement, personne):
    agent = departement.agent(Role.CADRE, identifiant="demo.enfance")
    Habilitation.objects.filter(agent=agent).update(compartiment=Compartiment.ENFANCE)
    client = departement.client(agent)
    assert _chercher(client, "boeuf") == []
    assert client.get(f"/personnes/{personne.pk}/").status_code == 404


def test_un_pilote_referent_d_un_secteur_n_ouvre_que_ce_secteur(departement, personne):
    agent = departement.agent(Role.PILOTE, identifiant="demo.double")
    Habilitation.objects.create(
        agent=agent,
        compartiment=Compartiment.INSERTION,
        role=Role.REFERENT,
        territoire=departement.nord,
        debut=date(2020, 1, 1),
    )
    voisine = departement.personne("Vallet", "Rose", commune=departement.brioude)
    client = departement.client(agent)
    assert _chercher(client, "boeuf") == []
    assert client.get(f"/personnes/{personne.pk}/").status_code == 404
    assert _chercher(client, "vallet") == [voisine.pk]


def test_la_fonction_sql_ne_rend_rien_sans_cles(systeme, personne):
    requete = "SELECT count(*) FROM draille_rechercher('boeuf', NULL, true, 20)"
    with connection.cursor() as curseur:
        curseur.execute(requete)
        assert curseur.fetchone() == (1,)
        curseur.execute("SELECT set_config('draille.cles', '', true)")
        curseur.execute(requete)
        assert curseur.fetchone() == (0,)
        curseur.execute("SELECT set_config('draille.cles', '{200001,300000}', true)")
        curseur.execute(requete)
        assert curseur.fetchone() == (0,)


# --- le dossier ----------------------------------------------------------------------------------


def test_le_dossier_montre_identite_foyer_echeance_actes(clients, personne):
    contenu = clients[Role.REFERENT].get(f"/personnes/{personne.pk}/").content.decode()
    for attendu in (
        "née le 12 mars 1984",
        "3 rue des Tables",
        "0012345",
        "en retard de 3 jours",
        "Personne inscrite",
        "Camille REFERENT",
    ):
        assert attendu in contenu.lower() or attendu in contenu, attendu
    assert NIR not in contenu and "masqué" in contenu


def test_chaque_ouverture_s_ecrit_et_se_lit(clients, agents, personne, tout_voir):
    for _ in range(2):
        clients[Role.ACCUEIL].get(f"/personnes/{personne.pk}/")
    clients[Role.CADRE].post(f"/personnes/{personne.pk}/nir/")
    tout_voir()
    ecrites = list(
        Consultation.objects.filter(personne=personne)
        .order_by("pk")
        .values_list("agent_id", "page")
    )
    accueil, cadre = agents[Role.ACCUEIL].pk, agents[Role.CADRE].pk
    assert ecrites == [(accueil, "dossier"), (accueil, "dossier"), (cadre, "nir")]
    contenu = clients[Role.CADRE].get(f"/personnes/{personne.pk}/").content.decode()
    assert "numéro de sécurité sociale montré" in contenu


def test_une_recherche_n_ecrit_aucune_consultation(clients, personne, tout_voir):
    _chercher(clients[Role.ACCUEIL], "boeuf")
    tout_voir()
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("role", ROLES)
def test_le_nir_se_montre_a_qui_y_est_habilite(clients, personne, role):
    reponse = clients[role].post(f"/personnes/{personne.pk}/nir/")
    if role in (Role.CADRE, Role.CHARGE_ORIENTATION):
        assert "2 73 01 43 990 078" in reponse.content.decode()
    else:
        assert reponse.status_code == 403


def test_le_nir_ne_se_montre_pas_par_un_lien(clients, personne):
    reponse = clients[Role.CADRE].get(f"/personnes/{personne.pk}/nir/")
    assert reponse.status_code == 405


def _requetes(client, adresse):
    client.get(adresse)
    with CaptureQueriesContext(
        connection,
    ) as captees:
        assert client.get(adresse).status_code == 200
    return len(captees)


@pytest.mark.parametrize("adresse", ["/personnes/{}/", "/", "/recherche?q=boeuf", "/journal/"])
def test_le_nombre_de_requetes_ne_croit_pas(clients, departement, personne, adresse, tout_voir):
    client = clients[Role.CADRE]
    adresse = adresse.format(personne.pk)
    avant = _requetes(client, adresse)
    tout_voir()
    for rang in range(12):
        autre = departement.personne("Bœuf", f"Jean{rang}")
        departement.echeance(autre, date(2020, 11, 2), ligne=1000 + rang)
        departement.echeance(personne, date(2020, 11, 2), ligne=2000 + rang)
        departement.foyer(autre, role="AUT")
    assert _requetes(client, adresse) == avant
    assert avant <= 34


# --- ma journée ----------------------------------------------------------------------------------


def test_la_journee_commence_par_le_plus_urgent(clients, departement, personne):
    autre = departement.personne("Roux", "Aïcha")
    departement.echeance(autre, date(2020, 11, 4), ligne=501)
    departement.echeance(autre, date(2020, 12, 24), ligne=502)
    departement.echeance(autre, date(2020, 10, 1), ligne=503, fermee_le=date(2020, 10, 1))
    journee = clients[Role.CADRE].get("/").context["journee"]
    limites = [ligne.echeance.avant_le for ligne in journee.lignes]
    assert limites == [date(2020, 10, 28), date(2020, 11, 4), date(2020, 12, 24)]
    comptes = journee.comptes
    assert (comptes.ouvertes, comptes.en_retard, comptes.cette_semaine) == (3, 1, 1)
    retard = clients[Role.CADRE].get("/?etat=retard").context["journee"]
    assert [x.echeance.personne_id for x in retard.lignes] == [personne.pk]
    assert retard.comptes == comptes


def test_le_cadre_voit_les_retards_par_territoire(clients, departement, personne):
    voisine = departement.personne("Vallet", "Rose", commune=departement.brioude)
    departement.echeance(voisine, date(2020, 11, 4), ligne=601)
    lus = clients[Role.CADRE].get("/").context["journee"].territoires
    assert [(t.nom, t.en_retard, t.ouvertes) for t in lus] == [
        ("Secteur du Puy", 1, 1),
        ("Secteur de Brioude", 0, 1),
    ]


def test_le_referent_voit_ceux_qu_il_accompagne(clients, agents, departement, personne, tout_voir):
    client = clients[Role.REFERENT]
    assert client.get("/").context["journee"].lignes == []
    tout_voir()
    Referent.objects.create(
        personne=personne,
        nature="unique",
        organisation=departement.organisation,
        agent=agents[Role.REFERENT],
        debut=date(2020, 10, 5),
        cle_acces=200_000 + personne.commune_id,
    )
    (ligne,) = client.get("/").context["journee"].lignes
    assert ligne.echeance.personne_id == personne.pk


@pytest.mark.parametrize("role", [Role.PILOTE, Role.ADMINISTRATEUR])
def test_ni_le_pilote_ni_l_administrateur_ne_lisent_de_noms(clients, personne, role):
    for adresse in ("/", "/journal/"):
        contenu = clients[role].get(adresse).content.decode()
        assert "Bœuf" not in contenu and "Éléonore" not in contenu


def test_la_journee_rappelle_les_derniers_dossiers(clients, personne):
    client = clients[Role.ACCUEIL]
    assert client.get("/").context["journee"].derniers == []
    client.get(f"/personnes/{personne.pk}/")
    assert client.get("/").context["journee"].derniers == [personne]


def test_la_date_du_produit_fait_les_jours(clients, personne, monkeypatch):
    monkeypatch.setenv("DRAILLE_DATE", date(2020, 10, 28).isoformat())
    assert "aujourd" in clients[Role.CADRE].get("/?etat=semaine").content.decode()
    assert LE == date(2020, 10, 31)
