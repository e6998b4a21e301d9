"""Les indicateurs d'une ligne : qui voit quoi, côte à côte, et ce qui sort en fichier."""

import pytest
from lxml import html

from draille.mesures.convention.lectures_definitions import difference, reference
from draille.mesures.convention.tests import parcours
from draille.moteurs.indicateurs.registre import Indicateur, indicateurs
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Compartiment, Role

LIGNE = "/convention/lignes/orientation_rsa/"
B1 = "/convention/indicateurs/B1/1/actes/"
ENTREES = f"{B1}?annee=2020&part=denominateur"


def texte(client, adresse):
    return " ".join(parcours.ouvrir(client, adresse).text_content().split())


def cellules(client, adresse):
    rangees = parcours.ouvrir(client, adresse).xpath("//table[@id='actes']/tbody/tr")
    return [[" ".join(c.text_content().split()) for c in r.xpath("./*")] for r in rangees]


def test_chaque_definition_a_son_code_son_nom_et_sa_difference(inscrite, connecter, entrer):
    inscrite()
    # Trente et un jours, mais plus d'un mois : B1 et B1-31j se séparent.
    entrer("2020-09-05", orientee="2020-10-06", rencontree="2020-09-20")
    page = parcours.ouvrir(connecter(Role.PILOTE), LIGNE)
    rangees = {}
    for rangee in page.xpath("//table[@id='definitions']/tbody/tr"):
        cases = [" ".join(c.text_content().split()) for c in rangee.xpath("./*")]
        rangees[cases[0].rsplit(", version", 1)[0].split()[-1]] = cases[1:]
    attendues = ["entrants", "B1", "B1-31j", "rdvi-45", "loi-42j", "presence-orientation"]
    assert list(rangees) == attendues
    assert rangees["entrants"][:3] == ["sans objet", "1", "sans objet"]
    assert rangees["B1"][:3] == ["0", "1", "0,0 %"]
    assert rangees["B1-31j"][:3] == ["1", "1", "100,0 %"]
    assert rangees["B1-31j"][3] == "Par rapport à B1 : seule la limite change."
    assert "l'horloge part de" in rangees["rdvi-45"][3]
    assert rangees["loi-42j"][:3] == ["0", "0", "sans objet"]


def test_la_difference_se_lit_de_la_declaration():
    b1 = next(i for i in indicateurs() if i.code == "B1")
    assert reference(indicateurs(ligne_convention="orientation_rsa")) == b1
    assert "Le repère" in difference(indicateur=b1, repere=b1)
    jumelle = Indicateur(**{c: getattr(b1, c) for c in Indicateur.__slots__} | {"version": 9})
    dit = difference(indicateur=jumelle, repere=b1)
    assert dit == "Par rapport à B1 : rien ne change, sinon son code et sa version."


def test_une_part_sans_horloge_le_dit():
    presence = next(i for i in indicateurs() if i.code == "B4-presence")
    b4 = next(i for i in indicateurs() if i.code == "B4")
    assert reference([presence, b4]) == b4
    dit = difference(indicateur=presence, repere=b4)
    assert dit.startswith("La part de « Rendez-vous honoré, référent » parmi") and "horloge" in dit


def test_les_delais_se_lisent_en_moyenne_mediane_et_bandes(inscrite, connecter, entrer):
    inscrite()
    entrer("2020-01-10", orientee="2020-01-20")
    entrer("2020-01-10", orientee="2020-02-19")
    entrer("2020-01-10", orientee="2020-05-29")
    client = connecter(Role.CADRE)
    assert "moyenne 63,3 jours, médiane 40 jours" in texte(client, LIGNE)
    adresse = f"{B1}?annee=2020&part=repondus&bande=3"
    (seule,) = cellules(client, adresse)
    assert seule[-3:] == ["10/01/2020", "29/05/2020", "140"]


def test_une_annee_se_choisit_et_celle_d_avant_est_vide(inscrite, connecter, entrer):
    inscrite()
    entrer("2020-03-10")
    client = connecter(Role.PILOTE)
    page = parcours.ouvrir(client, LIGNE)
    assert page.xpath("//nav[@aria-label='Année des indicateurs']//a/text()") == ["2019", "2020"]
    assert "Aucun acte à compter en 2019" in texte(client, f"{LIGNE}?annee=2019")
    entrer("2020-10-30")
    assert parcours.chiffres(parcours.ouvrir(client, f"{LIGNE}?le=2020-10-29"))[1][1] == 1
    assert parcours.chiffres(parcours.ouvrir(client, f"{LIGNE}?le=2020-10-30"))[1][1] == 2


def test_un_agent_de_secteur_ne_compte_et_ne_lit_que_le_sien(inscrite, connecter, entrer):
    inscrite()
    visible, cachee = entrer("2020-03-10", commune=0), entrer("2020-03-10", commune=1)
    client = connecter(Role.ACCUEIL, "S0")
    assert "ne comptent que les communes de vos habilitations" in texte(client, LIGNE)
    page = parcours.ouvrir(client, ENTREES)
    liens = page.xpath("//table[@id='actes']//a/@href")
    assert liens == [f"/personnes/{visible}/"]
    assert str(cachee) not in liens
    assert parcours.suivre(client, ENTREES, 1).lignes == 1


def test_l_administrateur_sans_insertion_ne_lit_personne(inscrite, connecter, entrer):
    inscrite()
    entrer("2020-03-10", nom_naissance="Chazelle")
    client = connecter(Role.ADMINISTRATEUR, compartiment=Compartiment.ADMINISTRATION)
    assert "Chazelle" not in texte(client, ENTREES)
    assert "Aucun acte" in texte(client, ENTREES)


def test_deux_entrees_du_meme_mois_dans_deux_secteurs_ne_comptent_qu_une_fois(
    inscrite, connecter, entrer, communes
):
    inscrite()
    personne = entrer("2020-03-10", commune=0)
    ligne = LigneJournal.objects.get(code="suivi_rsa.entrer", personne_id=personne)
    ligne.pk, ligne.commune_id, ligne.le, ligne.objet_id = None, communes[1].pk, "2020-03-20", 1
    ligne.save(force_insert=True)
    client = connecter(Role.PILOTE)
    for lien, imprime in parcours.chiffres(parcours.ouvrir(client, LIGNE)):
        suivi = parcours.suivre(client, lien, imprime)
        assert suivi.recompte == imprime, lien


@pytest.mark.parametrize("nombre", [10, 11])
def test_hors_du_departement_une_liste_de_moins_de_onze_reste_fermee(
    inscrite, connecter, entrer, nombre
):
    inscrite()
    for _ in range(nombre):
        entrer("2020-03-10", nom_naissance="Chazelle")
    client = connecter(Role.REFERENT, est_departement=False)
    lue, liste = texte(client, LIGNE), texte(client, ENTREES)
    if nombre < 11:
        assert "moins de 11" in lue
        assert "Moins de 11 personnes" in liste
    assert ("Chazelle" in liste) == (nombre >= 11)
    assert "Chazelle" not in texte(client, f"{ENTREES}&mois=3&territoire=aucun")


def test_l_export_est_la_liste_trace_et_sans_formule(inscrite, connecter, entrer):
    inscrite()
    entrer("2020-03-10", prenom="=SOMME(A1)", orientee="2020-03-20")
    entrer("2020-04-10")
    client = connecter(Role.CADRE)
    adresse = ENTREES.replace("/actes/?", "/actes/export/?")
    reponse = client.post(adresse)
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "text/csv; charset=utf-8"
    titres, *lignes = reponse.content.decode("utf-8-sig").splitlines()
    assert titres == "Ligne du journal;Acte;Personne;Commune;Début;Fin;Jours"
    assert len(lignes) == 2
    assert lignes[0].endswith("Agnat;10/03/2020;20/03/2020;10")
    assert lignes[0].split(";")[2] == "'=SOMME(A1) Bœuf"
    trace = LigneJournal.objects.get(code="convention.exporter")
    assert (trace.charge["lignes"], trace.charge["indicateur"]) == (2, "B1")
    assert trace.personne_id is None
    assert "SOMME" not in str(trace.charge)
    assert client.get(adresse).status_code == 405


@pytest.mark.parametrize("role", [Role.ACCUEIL, Role.REFERENT])
def test_l_export_est_reserve(inscrite, connecter, entrer, role):
    inscrite()
    entrer("2020-03-10")
    client = connecter(role)
    assert "Exporter" not in texte(client, ENTREES)
    assert client.post(ENTREES.replace("/actes/?", "/actes/export/?")).status_code == 403
    assert not LigneJournal.objects.filter(code="convention.exporter").exists()


@pytest.mark.parametrize(
    "suite",
    [
        "autre/1/actes/?annee=2020&part=denominateur",
        "B1/7/actes/?annee=2020&part=denominateur",
        "B1/1/actes/?annee=2020&part=autre",
        "B1/1/actes/?annee=2020&part=numerateur&mois=13",
        "B1/1/actes/?annee=2020&part=numerateur&territoire=1;x",
        "B1/1/actes/?part=numerateur",
    ],
)
def test_une_liste_inconnue_n_existe_pas(inscrite, connecter, suite):
    inscrite()
    assert connecter(Role.PILOTE).get(f"/convention/indicateurs/{suite}").status_code == 404


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_actes(
    inscrite, connecter, entrer, django_assert_num_queries, django_assert_max_num_queries
):
    inscrite()
    client = connecter(Role.PILOTE)
    comptes = []
    for _ in range(2):
        for numero in range(5):
            entrer(f"2020-0{1 + numero}-10", commune=numero % 2, orientee="2020-06-20")
        lus = []
        for adresse in (LIGNE, ENTREES):
            with django_assert_max_num_queries(40) as captures:
                client.get(adresse)
            lus.append(len(captures))
        comptes.append(lus)
    assert comptes[0] == comptes[1]


def test_la_liste_se_feuillette_et_son_total_reste_exact(inscrite, connecter, entrer):
    inscrite()
    for _ in range(53):
        entrer("2020-03-10")
    client = connecter(Role.PILOTE)
    page = html.fromstring(client.get(ENTREES).content.decode())
    assert len(page.xpath("//table[@id='actes']/tbody/tr")) == 50
    assert parcours.suivre(client, ENTREES, 53).recompte == 53


def test_le_pilote_lit_l_argent_et_le_resultat_sur_sa_journee(inscrite, connecter, entrer):
    inscrite()
    entrer("2020-09-05", orientee="2020-09-20")
    entrer("2020-09-06")
    journee = texte(connecter(Role.PILOTE), "/").replace("\u202f", " ").replace("\xa0", " ")
    assert "693 751,32 € engagés, parité exacte" in journee
    assert "1 sur 2 en 2020 (50 %)" in journee
    assert "693 751,32" not in texte(connecter(Role.ACCUEIL), "/")
