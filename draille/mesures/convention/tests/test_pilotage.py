"""Le pilotage : une rangée par ligne, chaque nombre s'ouvre sur ce qui le fait."""

import csv
import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from draille.mesures.convention import models
from draille.mesures.convention.tests.test_pages import lire
from draille.noyau.echeance.models import Echeance
from draille.socle.acces import Compartiment, Role

PAGE = "/pilotage/"
CADRE = "convention_pauvrete_2019_2021"
LISTE = f"{PAGE}{CADRE}/orientation_rsa/"
REQUETES_AU_PLUS = 45


@pytest.fixture
def peuplee(inscrite, entrer):
    """La Haute-Loire, trente entrants, dont vingt orientés, et quelques pièces."""
    inscrite()
    for rang in range(30):
        mois = 8 + rang % 3
        orientee = f"2020-{mois:02}-{20 + rang % 8:02}" if rang < 20 else ""
        entrer(f"2020-{mois:02}-{1 + rang % 9:02}", commune=rang % 2, orientee=orientee)
    payer()


def payer(annee=2020):
    """Des pièces sur deux lignes : engagées, exécutées, et un titre de l'État."""
    cadre = models.Cadre.objects.get(code=CADRE)
    recu = models.ImportComptable.objects.create(
        departement="43",
        nom_fichier="comptes.xlsx",
        empreinte=f"e{annee}",
        recu_le=date(2020, 10, 5),
        lignes=5,
        importees=5,
        connues=0,
        a_revoir=0,
        rejetees=0,
    )
    etat = models.Financeur.objects.get(departement="43", code="etat")
    voulues = [
        ("orientation_rsa", "engagee", "E1", "80000", 2),
        ("orientation_rsa", "executee", "M1", "41000.50", 6),
        ("formation", "engagee", "E2", "20000", 3),
        ("formation", "executee", "M2", "9000", 9),
        ("orientation_rsa", "recue", "T1", "20500.25", 10),
    ]
    for ligne, etape, numero, montant, mois in voulues:
        models.Piece.objects.create(
            importee_par=recu,
            cadre=cadre,
            ligne_code=ligne,
            etape=etape,
            exercice=annee,
            annee=annee,
            chapitre="017",
            nature="611",
            numero=numero,
            financeur=etat if etape == "recue" else None,
            montant=Decimal(montant),
            datee_le=date(annee, mois, 1),
        )


def rangee(page, code):
    return re.search(rf'<tr id="ligne-{code}">.*?</tr>', page, re.S).group()


def liens(fragment, mots):
    """Les adresses d'un fragment qui contiennent ces mots."""
    trouves = [html.unescape(x) for x in re.findall(r'href="([^"]+)"', fragment)]
    return [x for x in trouves if mots in x]


def total(page):
    return int(re.search(r"data-total>([\d ]+)<", page).group(1).replace(" ", ""))


def test_chaque_ligne_a_sa_rangee(peuplee, connecter):
    page = lire(connecter(Role.PILOTE), PAGE)
    assert len(re.findall(r'<tr id="ligne-', page)) == 9
    ligne = rangee(page, "orientation_rsa")
    for dit in ("82 000 €", "80 000 €", "41 000,50 €", "20 500,25 €", "50 %", "67 %"):
        assert dit in ligne, dit
    assert '<svg class="tendance"' in ligne
    assert "pas suivie ici" in rangee(page, "guichet_entreprises")
    assert "Engagé au-delà du prévu" in rangee(page, "formation")
    assert "359,32 €" in page
    assert "Sur 693 751,32 € prévus pour 2020, 14 % sont engagés et 7 % payés" in page


def test_les_actes_s_ouvrent_et_leur_somme_est_le_nombre(peuplee, connecter):
    client = connecter(Role.PILOTE)
    ligne = rangee(lire(client, PAGE), "orientation_rsa")
    annee, mois = liens(ligne, "/orientation_rsa/actes/?le")[:2]
    # Trente ouvertures et vingt orientations ; en octobre, dix et six.
    for adresse, attendu in ((annee, 50), (mois, 16)):
        page = lire(client, adresse)
        assert total(page) == attendu
        assert f">{attendu}</a>" in ligne
        journal = liens(page, "/journal/?debut=")
        assert len(journal) == 2
        lus = [lire(client, a).count("non montrée") for a in journal]
        assert sum(lus) == attendu


def test_les_retards_s_ouvrent_sans_aucun_nom(peuplee, connecter):
    client = connecter(Role.PILOTE)
    ligne = rangee(lire(client, PAGE), "orientation_rsa")
    (adresse,) = liens(ligne, "/retards/")
    page = lire(client, adresse)
    attendus = Echeance.objects.filter(avant_le__lt=date(2020, 10, 31), fermee_le__isnull=True)
    attendus = attendus.filter(code__startswith="orientation_rsa.")
    assert total(page) == attendus.count() > 0
    assert f">{total(page)}</a>" in ligne
    assert "Bœuf" not in page


def test_une_date_passee_ne_sait_rien_de_la_suite(peuplee, connecter):
    client = connecter(Role.PILOTE)
    avant = rangee(lire(client, f"{PAGE}?le=2020-10-24"), "orientation_rsa")
    assert "41 000,50 €" in avant and "20 500,25 €" in avant
    septembre = lire(client, f"{PAGE}?le=2020-09-15")
    assert "Aucune ligne n'est publiée pour 2020" in septembre
    # Le texte de 2020 n'est pas encore signé : ses lignes n'y sont pas, et rien ne s'invente.
    assert "82 000 €" not in septembre


def test_une_autre_annee_garde_les_lignes_sans_montant(peuplee, connecter):
    page = lire(connecter(Role.PILOTE), f"{PAGE}?annee=2019")
    ligne = rangee(page, "orientation_rsa")
    assert "non publié" in ligne and "82 000 €" not in ligne
    assert "aucun texte ne publie de montants pour 2019" in page


@pytest.mark.parametrize("suite", ["?annee=1812", "?le=demain", "?convention=autre"])
def test_une_adresse_fausse_rend_la_page_du_jour(peuplee, connecter, suite):
    page = lire(connecter(Role.PILOTE), f"{PAGE}{suite}")
    assert "Pilotage 2020" in page and "82 000 €" in page


@pytest.mark.parametrize(
    "adresse",
    [
        f"{PAGE}{CADRE}/inconnue/actes/",
        f"{PAGE}inconnu/orientation_rsa/actes/",
        f"{LISTE}actes/?mois=13",
        f"{PAGE}{CADRE}/inconnue/retards/",
    ],
)
def test_ce_qui_n_existe_pas_le_dit(peuplee, connecter, adresse):
    assert connecter(Role.PILOTE).get(adresse).status_code == 404


def test_sans_convention_chaque_page_le_dit(systeme, connecter):
    client = connecter(Role.PILOTE)
    for nom in ("", "elu/", "comparer/", "comparer/departements/"):
        assert "Aucune convention n'est inscrite" in lire(client, f"{PAGE}{nom}")
    assert client.get(f"{PAGE}tableau.csv").status_code == 404


def test_le_tableau_csv_dit_les_nombres_de_la_page(peuplee, connecter):
    reponse = connecter(Role.PILOTE).get(f"{PAGE}tableau.csv")
    lignes = list(csv.reader(reponse.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert [len(x) for x in lignes] == [17] * 11
    orientation = next(x for x in lignes if x[1].startswith("Orientation"))
    assert orientation[3:10] == [
        "82000,00",
        "80000,00",
        "41000,50",
        "20500,25",
        "0,5000",
        "16",
        "50",
    ]
    assert orientation[12:14] == ["20", "30"]
    assert lignes[-1][1:8] == [
        "Ensemble",
        "",
        "693751,32",
        "100000,00",
        "50000,50",
        "20500,25",
        "0,0721",
    ]


def test_hors_du_departement_les_petits_nombres_sont_tus(inscrite, entrer, connecter):
    inscrite()
    for rang in range(6):
        entrer(f"2020-10-0{1 + rang}", orientee="2020-10-20")
    client = connecter(Role.CADRE, est_departement=False)
    ligne = rangee(lire(client, PAGE), "orientation_rsa")
    assert "moins de 11" in ligne and ">6<" not in ligne and ">12<" in ligne
    page = lire(client, f"{LISTE}actes/")
    # Six ouvertures, six orientations : seule la somme se dit, ici ni l'une ni l'autre.
    assert page.count("moins de 11") == 2 and ">6<" not in page
    tableau = client.get(f"{PAGE}tableau.csv").content.decode("utf-8-sig")
    rang = next(x for x in tableau.splitlines() if "Orientation des" in x)
    assert "moins de 11" in rang and ";6;" not in rang
    assert "moins de 11" not in rangee(lire(connecter(Role.CADRE), PAGE), "orientation_rsa")


def test_un_secteur_ne_compte_que_le_sien(peuplee, connecter):
    entiere = rangee(lire(connecter(Role.CADRE), PAGE), "orientation_rsa")
    reduite = rangee(lire(connecter(Role.CADRE, "S0"), PAGE), "orientation_rsa")
    assert ">50</a>" in entiere and ">50</a>" not in reduite
    # L'argent de la convention n'est à aucun secteur.
    assert "41 000,50 €" in reduite


def test_le_partenaire_n_entre_pas(peuplee, connecter):
    client = connecter(Role.PARTENAIRE, compartiment=Compartiment.PARTENAIRE, est_departement=False)
    assert client.get(PAGE).status_code == 403


def test_le_nombre_de_requetes_ne_depend_pas_des_actes(
    peuplee, entrer, connecter, django_assert_max_num_queries
):
    client = connecter(Role.PILOTE)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as avant:
        client.get(PAGE)
    for rang in range(12):
        entrer(f"2020-10-{10 + rang}", orientee="2020-10-30")
    payer(2019)
    with CaptureQueriesContext(connection) as apres:
        client.get(PAGE)
    assert len(apres) == len(avant)
    assert len(avant) <= REQUETES_AU_PLUS


def test_la_page_de_l_elu_tient_en_peu_de_choses(peuplee, connecter):
    page = lire(connecter(Role.PILOTE), f"{PAGE}elu/")
    assert 1 <= page.count('<figure class="graphe"') <= 4
    assert page.count("<figcaption") == page.count("Lire les nombres")
    assert "Orientés en un mois" in page
    assert "Sur ce qui est payé, l'État engage 50 % du total : la parité est exacte" in page
    assert "50 actes écrits dans l'année" in page
    assert "échéances dépassées." in page


def test_deux_annees_se_comparent_au_meme_jour(peuplee, entrer, connecter):
    entrer("2019-09-05", orientee="2019-09-20")
    entrer("2019-11-05", orientee="2019-11-20")
    payer(2019)
    page = lire(connecter(Role.PILOTE), f"{PAGE}comparer/?annee=2020&avec=2019")
    assert "2020 comptée jusqu'au 31 octobre 2020, 2019 jusqu'au 31 octobre 2019" in page
    orientation = re.search(r"<tr><th[^>]*><a[^>]*>Orientation.*?</tr>", page, re.S).group()
    # Deux actes de septembre 2019 comptent ; ceux de novembre, après le même jour, non.
    assert re.search(r"2019 : <a [^>]*>2</a>", orientation)
    assert "48 de plus" in orientation
    assert "non publié" in orientation
    (adresse,) = liens(orientation, "/orientation_rsa/actes/?le=2019-10-31")[:1]
    assert total(lire(connecter(Role.CADRE), adresse)) == 2


def test_l_ardeche_se_pilote_cadre_par_cadre(inscrite, connecter):
    inscrite("07", date(2021, 6, 1))
    client = connecter(Role.PILOTE)
    codes = models.Cadre.objects.filter(departement="07").values_list("code", flat=True)
    assert len(codes) > 1
    for code in codes:
        suite = f"?le=2021-06-01&annee=2020&convention={code}"
        titre = models.Cadre.objects.get(departement="07", code=code).titre.replace("'", "&#x27;")
        for nom in ("", "elu/", "comparer/"):
            reponse = client.get(f"{PAGE}{nom}{suite}")
            assert reponse.status_code == 200
            assert titre in reponse.content.decode(), (code, nom)
    enfance = lire(client, f"{PAGE}?le=2020-10-31&convention=contrat_enfance")
    assert "2 000 000 €" in enfance
