"""Les pages du schéma : l'arbre à une date, une action, une révision, sans JavaScript."""

import re
from datetime import date
from importlib import import_module

import pytest

from draille.mesures.schema_solidarites.models import Schema, Version
from draille.mesures.schema_solidarites.tests import fabrique
from draille.mesures.schema_solidarites.tests.conftest import RACINE
from draille.socle.acces import Role

PAGE = "/schema/"
REVISER = "/schema/schema_solidarites/reviser/"
DATER = "/schema/schema_solidarites/dater/"
DELAI = "/schema/delais/orientation_rsa.convention/"
REVISION = {
    "adoptee_le": "2021-05-03",
    "deliberation": "2021-33 du 3 mai 2021 (fictive)",
    "motif": "Mieux suivre les travailleurs saisonniers.",
    "ajout_axe_1": "aller_vers",
    "ajout_nom_1": "Aller vers les travailleurs saisonniers",
    "ajout_appui_1": "indicateur:accueil-personnes",
    "action_1": "usage_ecrans",
    "nom_1": "",
    "action_2": "pdi",
    "nom_2": "Le PDI et ses pactes",
}


def lire(client, adresse, statut=200):
    reponse = client.get(adresse)
    assert reponse.status_code == statut, (adresse, reponse.status_code)
    return clair(reponse)


def clair(reponse):
    texte = reponse.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    return texte.replace("&#x27;", "'")


def arbre_de(page):
    """L'arbre et sa table, sans ce qui l'entoure."""
    return page[page.index('<ol class="arbre"') : page.index('action="/schema/charger/"')]


def test_l_arbre_dit_les_axes_les_actions_et_leurs_promesses(inscrit, connecter):
    page = lire(connecter(Role.ACCUEIL), PAGE)
    for dit in (
        "Agir le plus tôt possible",
        "Apprendre à travailler autrement",
        "Consultations de PMI : × 2 d'ici 2023",
        "Bilans de santé en école maternelle à 3-4 ans : maintenir",
        "État 1 000 000 €, Département 1 000 000 €",
        "Délai d'orientation, dès l'ouverture des droits : 1 mois au plus",
        "de 5 à 40 heures",
        "rattachement proposé par le Département fictif",
        "date d'adoption non publiée",
        "La loi le borne à 5 ans",
        "pas encore suivi dans Draille",
    ):
        assert dit in page, dit
    assert page.count('class="arbre__axe"') == 5
    assert page.count('class="arbre__action"') == 16
    assert "Réviser le schéma" not in page


def test_chaque_appui_vivant_dit_son_chiffre_et_s_ouvre_sur_le_meme(
    inscrit, connecter, commune, systeme
):
    for jour, oriente_le in ((1, date(2021, 3, 20)), (2, None), (3, None), (4, None)):
        fabrique.entrant(
            commune=commune, par=systeme, le=date(2021, 3, jour), oriente_le=oriente_le
        )
    fabrique.lieu(commune=commune, besoins=["numerique"])
    fabrique.lieu(commune=commune, besoins=["numerique"], est_departement=True)
    client = connecter(Role.PILOTE)
    page = lire(client, f"{PAGE}?le=2021-05-31")
    appuis = dict(
        re.findall(r'<a href="([^"]+)"><strong class="appui__valeur">([^<]+)</strong>', page)
    )
    (taux,) = [u for u, v in appuis.items() if "/indicateurs/B1/" in u and v == "25 %"]
    assert "1 sur 4 en 2021" in page
    liste = lire(client, taux.replace("&amp;", "&"))
    assert liste.count("Privas") == 1
    (delai,) = [u for u in appuis if u.startswith(DELAI)]
    assert appuis[delai] == "3"
    assert "en cours, dont 3 en retard" in page
    ouvertes = lire(client, delai)
    assert "3 en cours au 31 mai 2021, dont 3 en retard" in ouvertes
    assert ouvertes.count("Nom non ouvert à votre fonction") == 3
    (lieux,) = [u for u in appuis if "besoin=numerique" in u]
    assert appuis[lieux] == "1"


def test_les_objectifs_s_ouvrent_sur_la_ligne_du_contrat_qui_les_suit(inscrit, connecter, systeme):
    contenu = RACINE / "departements" / "07_ardeche" / "convention.yaml"
    convention = import_module("draille.mesures.convention.regles")
    charger = import_module("draille.mesures.convention.actes").charger_convention
    charger(contenu=convention.charger_fichier(chemin=contenu), par=systeme, le=date(2021, 6, 1))
    client = connecter(Role.PILOTE)
    argent = lire(client, "/schema/actions/contrat_enfance/")
    lus = lire(client, PAGE) + argent
    liens = set(re.findall(r'href="(/convention/(?:lignes|financements)/[^"]+)"', lus))
    assert len(liens) == 3
    for lien in liens:
        lire(client, lien.replace("&amp;", "&"))


def test_une_date_passee_ne_compte_que_ce_qui_etait_fait(inscrit, connecter, commune, systeme):
    fabrique.entrant(
        commune=commune, par=systeme, le=date(2021, 3, 1), oriente_le=date(2021, 3, 20)
    )
    client = connecter(Role.PILOTE)
    assert "1 en cours" in lire(client, f"{DELAI}?le=2021-03-19")
    assert "Rien ne court" in lire(client, f"{DELAI}?le=2021-03-20")
    assert "0 sur 1 en 2021" in lire(client, f"{PAGE}?le=2021-03-19")
    assert "1 sur 1 en 2021" in lire(client, f"{PAGE}?le=2021-03-20")


def test_hors_du_departement_un_petit_effectif_se_tait(inscrit, connecter, commune, systeme):
    fabrique.entrant(commune=commune, par=systeme, le=date(2021, 3, 1))
    dehors = connecter(Role.REFERENT, est_departement=False)
    page = lire(dehors, PAGE)
    assert "moins de 11" in page
    assert "0 sur 1" not in page
    assert DELAI not in page
    lire(dehors, DELAI, statut=404)
    dedans = lire(connecter(Role.CADRE), DELAI)
    assert "Bœuf" in dedans.replace("BŒUF", "Bœuf")


def test_une_action_dit_sa_phrase_ses_promesses_et_son_argent(inscrit, connecter):
    client = connecter(Role.CADRE)
    page = lire(client, "/schema/actions/prevention_enfants/")
    assert "Consultations de PMI : multiplier par 2 d'ici 2023." in page
    assert "L'année de départ n'est pas publiée" in page
    assert "en doublant le nombre d’enfants suivis issus de familles vulnérables" in page
    argent = lire(client, "/schema/actions/contrat_enfance/?le=2021-06-01")
    assert argent.count(">1 000 000 €</a>") == 2
    assert "/convention/financements/contrat_enfance/total/actes/?le=2021-06-01" in argent
    lire(client, "/schema/actions/inconnue/", statut=404)
    lire(client, "/schema/delais/inconnu/", statut=404)


def test_une_revision_s_inscrit_a_l_ecran_et_hier_ne_bouge_pas(inscrit, connecter):
    client = connecter(Role.PILOTE)
    hier = lire(client, f"{PAGE}?le=2021-05-02")
    assert client.post(REVISER, REVISION).status_code == 302
    apres = lire(client, f"{PAGE}?le=2021-05-02")
    assert arbre_de(apres) == arbre_de(hier)
    page = lire(client, PAGE)
    for dit in (
        "Révision du 03/05/2021",
        "adoptée le 3 mai 2021, 2021-33 du 3 mai 2021 (fictive)",
        "Mieux suivre les travailleurs saisonniers.",
        "ajoutée : Aller vers les travailleurs saisonniers",
        "retirée : Sensibiliser à l'usage des écrans par les enfants",
        "renommée : Programme départemental d'insertion 2021-2025, devenue Le PDI et ses pactes",
        "inscrite par une révision",
    ):
        assert dit in page, dit
    assert lire(client, "/schema/actions/usage_ecrans/?le=2021-05-02")
    lire(client, "/schema/actions/usage_ecrans/", statut=404)


@pytest.mark.parametrize(
    ("saisie", "dit"),
    [
        ({"adoptee_le": ""}, "Choisissez une date."),
        ({"adoptee_le": "2021-06-02"}, "n'a pas encore eu lieu"),
        ({"ajout_nom_1": ""}, "Donnez un nom à l'action."),
        ({"ajout_axe_1": ""}, "Choisissez l'axe de cette action."),
        ({"nom_3": "Orpheline"}, "Choisissez l'action qui prend ce nom."),
        ({"motif": ""}, "Dites en une phrase pourquoi le schéma change."),
    ],
)
def test_une_saisie_fautive_est_dite_et_rien_n_est_perdu(inscrit, connecter, saisie, dit):
    reponse = connecter(Role.PILOTE).post(REVISER, {**REVISION, **saisie})
    assert reponse.status_code == 422
    page = clair(reponse)
    assert dit in page
    assert "2021-33 du 3 mai 2021 (fictive)" in page
    assert Version.objects.count() == 1


def test_les_dates_se_saisissent_a_l_ecran(inscrit, connecter):
    client = connecter(Role.PILOTE)
    trop = {"debut": "2021-01-01", "dernier": "2026-01-01", "deliberation": "2021-1"}
    reponse = client.post(DATER, trop)
    assert reponse.status_code == 422
    assert "il va jusqu'au 31/12/2025" in clair(reponse)
    assert client.post(DATER, {**trop, "dernier": "2025-12-31"}).status_code == 302
    assert Schema.objects.get().fin == date(2026, 1, 1)
    page = lire(client, PAGE)
    assert "Du 1er janvier 2021 au 31 décembre 2025, 5 ans au plus" in page
    assert "Saisir ses dates" not in page
    assert "il est fini" in lire(client, f"{PAGE}?le=2026-01-01")


def test_le_fichier_s_inscrit_d_un_bouton_et_se_relit_sans_rien_doubler(connecter):
    client = connecter(Role.ADMINISTRATEUR)
    assert "Inscrire le schéma publié" in lire(client, PAGE)
    assert client.post("/schema/charger/").status_code == 302
    assert client.post("/schema/charger/").status_code == 302
    assert Version.objects.count() == 1


def test_sans_fichier_la_page_le_dit(connecter, settings):
    settings.DRAILLE_DEPARTEMENT = "43"
    client = connecter(Role.PILOTE)
    page = lire(client, PAGE)
    assert "Aucun schéma n'est inscrit" in page
    assert "Inscrire le schéma publié" not in page
    suite = client.post("/schema/charger/", follow=True)
    assert "n'a pas de fichier schema.yaml" in clair(suite)


@pytest.mark.parametrize("adresse", [REVISER, DATER, "/schema/charger/"])
def test_un_cadre_n_ecrit_pas(inscrit, connecter, adresse):
    assert connecter(Role.CADRE).post(adresse, REVISION).status_code == 403


def test_le_nombre_de_requetes_ne_depend_ni_des_actions_ni_des_personnes(
    inscrit, connecter, commune, systeme, django_assert_max_num_queries
):
    client = connecter(Role.PILOTE)
    for adresse, plafond in ((PAGE, 32), (DELAI, 16)):
        client.get(adresse)
        with django_assert_max_num_queries(plafond) as avant:
            client.get(adresse)
        nombre = len(avant)
        for jour in range(1, 20):
            fabrique.entrant(commune=commune, par=systeme, le=date(2021, 4, jour))
        with django_assert_max_num_queries(nombre):
            client.get(adresse)
    client.post(REVISER, REVISION)
    with django_assert_max_num_queries(32):
        client.get(PAGE)


@pytest.mark.parametrize("adresse", [PAGE, REVISER, DATER, DELAI, "/schema/actions/pdi/"])
def test_le_balisage_se_lit_sans_les_yeux(inscrit, connecter, commune, systeme, adresse):
    fabrique.entrant(commune=commune, par=systeme, le=date(2021, 3, 1))
    page = lire(connecter(Role.PILOTE), adresse)
    niveaux = [int(n) for n in re.findall(r"<h([1-6])[ >]", page)]
    assert niveaux[0] == 1
    assert niveaux.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(niveaux, niveaux[1:], strict=False)), niveaux
    assert page.count("<table") == page.count("<caption")
    assert re.search(r"<th(?![^>]*scope=)[ >]", page) is None
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    assert "style=" not in page
