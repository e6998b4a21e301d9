"""Les pages de la couverture : ce qu'elles montrent, à qui, et ce qu'elles refusent doucement."""

import csv
import io
import json
import re
from uuid import uuid4

import pytest
from django.test import Client

from draille.ecrans.cartes import HACHURES
from draille.ecrans.panneaux import figures
from draille.mesures.accueil_social.acces import LIRE_CHIFFRES
from draille.mesures.accueil_social.lectures_couverture import couverture
from draille.mesures.accueil_social.lectures_couverture_projets import implantation
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment
from draille.mesures.accueil_social.tests import fabrique as f
from draille.mesures.accueil_social.tests.fabrique_couverture import (
    LUNDI,
    MARDI,
    SAMEDI,
    pays,
)
from draille.mesures.accueil_social.views_couverture_dessin import carte, carte_projet
from draille.mesures.accueil_social.views_couverture_mots import bande_dite, part_dite
from draille.noyau.organisation.models import Agent, Habilitation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Role

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
PAGES = ("/couverture/", "/couverture/fermeture/", "/couverture/implanter/")
CSV = "/couverture/communes.csv"


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", LUNDI.isoformat())
    f.au(LUNDI, systeme)


@pytest.fixture
def monde(le_jour: None):
    return pays()


@pytest.fixture
def connecter(systeme):
    def _connecter(role: Role) -> Client:
        agent = Agent.objects.create(
            identifiant=f"essai.couverture.{uuid4()}",
            nom="Essai",
            prenom=role.libelle,
            organisation=f.organisation(),
        )
        partout, cree = Territoire.objects.get_or_create(
            nature="departement", code="43", defaults={"nom": "Haute-Loire", "debut": f.DEPUIS}
        )
        if cree:
            for commune in Commune.objects.all():
                TerritoireCommune.objects.create(
                    territoire=partout, commune=commune, nature="departement", debut=f.DEPUIS
                )
        Habilitation.objects.create(
            agent=agent, compartiment=f.SOCIAL, territoire=partout, role=role, debut=f.DEPUIS
        )
        client = Client()
        client.force_login(agent, backend=MOTEUR)
        return client

    return _connecter


@pytest.fixture
def cadre(monde, connecter):
    return connecter(Role.CADRE)


def lire(client, adresse, statut=200):
    reponse = client.get(adresse)
    assert reponse.status_code == statut, (adresse, reponse.status_code)
    dit = reponse.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    return re.sub(r"\s+", " ", dit.replace("&#x27;", "'"))


def test_la_page_dit_la_part_sa_bande_sa_methode_et_son_moment(cadre):
    page = lire(cadre, "/couverture/")
    assert "62,7 %" in page
    # Aucun trajet n'est assez près du seuil pour que la bande y change quelque chose.
    assert "dans toute la bande de temps" in page
    assert "temps estimés sans réseau routier" in page
    assert "Lundi 7 septembre 2020, en voiture" in page
    assert "12 100" in page
    assert "Permanence de Langeac, à" in page and "est fermé à ce moment" in page
    assert "Le plus proche, Accueil du Puy, est à" in page
    assert "Rives" in page


def test_la_bande_de_la_part_est_montree(cadre, monkeypatch):
    monkeypatch.setattr(Moment, "seuil_minutes", property(lambda moment: 20))
    assert re.search(r"entre \d+ % et \d+ %", lire(cadre, "/couverture/"))


def test_la_page_suit_le_jour_lheure_et_le_decoupage(cadre):
    page = lire(cadre, f"/couverture/?le={MARDI}&heure=15:00&niveau=canton&voir=toutes")
    assert "Mardi 8 septembre 2020 à 15 h" in page
    assert "Canton du Puy" in page
    assert "Toutes les communes, par nom" in page
    # Chaque lien garde le moment.
    assert f"le={MARDI}&amp;heure=15%3A00&amp;point=" in page


def test_un_samedi_la_page_montre_le_lundi_et_le_dit(monde, connecter, monkeypatch):
    monkeypatch.setenv("DRAILLE_DATE", SAMEDI.isoformat())
    client = connecter(Role.PILOTE)
    page = lire(client, "/couverture/")
    assert "Lundi 14 septembre 2020" in page
    assert "le premier jour ouvré à partir d'aujourd'hui" in page
    demande = lire(client, f"/couverture/?le={SAMEDI}")
    assert "Aucun lieu n'est ouvert à ce moment" in demande


def test_une_saisie_illisible_se_dit_et_la_page_reste(cadre):
    page = lire(cadre, "/couverture/?le=hier&heure=midi&mode=vol&points=x&niveau=y&voir=z")
    assert "Cette date ne se lit pas." in page
    assert "Cette heure ne se lit pas." in page
    assert "62,7 %" in page


def test_la_carte_ombre_chaque_commune_et_hachure_ce_qui_manque(monde, systeme):
    dessin = carte(lue=couverture(le=LUNDI, acces=systeme))
    ton, mots = dessin["ombres"][str(monde.communes["Brioude"].pk)]
    assert ton == HACHURES and "Le plus proche, Accueil du Puy" in mots
    ton, mots = dessin["ombres"][str(monde.communes["Le Puy-en-Velay"].pk)]
    assert ton == 1 and "vers Accueil du Puy" in mots
    assert len(dessin["ombres"]) == 5
    creux = {lieu["nom"]: lieu["est_creux"] for lieu in dessin["lieux"]}
    assert creux == {"Accueil du Puy": False, "Permanence de Langeac": True}


def test_la_carte_de_la_page_est_celle_du_calcul(cadre, monde, systeme):
    page = cadre.get("/couverture/").content.decode()
    donnees = re.search(r'<script id="plan-couverture-donnees"[^>]*>(.*?)</script>', page, re.S)
    assert (
        json.loads(donnees[1])["ombres"] == carte(lue=couverture(le=LUNDI, acces=systeme))["ombres"]
    )


def test_le_csv_donne_toutes_les_communes_et_se_relit(cadre):
    reponse = cadre.get(f"{CSV}?le={MARDI}")
    assert reponse["Content-Type"] == "text/csv; charset=utf-8"
    assert f"couverture_{MARDI}.csv" in reponse["Content-Disposition"]
    lignes = list(csv.DictReader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    assert len(lignes) == 5
    langeac = next(x for x in lignes if x["Commune"] == "Langeac")
    assert (langeac["Couverte"], langeac["Lieu ouvert le plus proche"]) == (
        "oui",
        "Permanence de Langeac",
    )
    brioude = next(x for x in lignes if x["Commune"] == "Brioude")
    assert brioude["Couverte"] == "non" and brioude["Pourquoi pas"]
    assert (
        int(brioude["Minutes (bas)"]) <= int(brioude["Minutes"]) <= int(brioude["Minutes (haut)"])
    )


def test_la_fermeture_dune_permanence_et_dun_lieu_fixe(cadre, monde):
    liste = lire(cadre, f"/couverture/fermeture/?le={MARDI}")
    assert liste.index("Accueil du Puy") < liste.index("Permanence de Langeac")
    page = lire(cadre, f"/couverture/fermeture/?le={MARDI}&point={monde.langeac.pk}")
    assert "5 400 habitants de 2 communes ne seraient plus à moins de 30 minutes" in page
    assert "plus maintenant" in page and "déjà hors de portée" in page
    refus = lire(cadre, f"/couverture/fermeture/?le={LUNDI}&point={monde.langeac.pk}")
    assert "n'est pas ouvert à ce moment" in refus
    assert "Accueil du Puy" in refus


@pytest.mark.parametrize("point", ["0", "999999", "abc", "9" * 30])
def test_un_point_inconnu_laisse_la_liste(cadre, point):
    assert "Accueil du Puy" in lire(cadre, f"/couverture/fermeture/?point={point}")


def test_ou_ouvrir_dit_ce_que_chaque_lieu_ajoute_et_sil_est_prouve(cadre):
    page = lire(cadre, "/couverture/implanter/?nombre=2")
    assert "2 lieux de plus : 12 100 habitants de plus" in page
    assert "Prouvé : parmi 5 mairies candidates" in page
    assert "aurait donné autant" in page
    un = lire(cadre, "/couverture/implanter/")
    assert "1 lieu de plus : 6 700 habitants de plus" in un
    prudent = lire(cadre, "/couverture/implanter/?nombre=1&prudent=on")
    assert "chaque trajet au plus long" in prudent
    permanence = lire(cadre, "/couverture/implanter/?nombre=1&forme=permanence")
    assert "6 700 habitants × jours de plus" in permanence
    assert re.search('data-libelle="Jour">(lundi|mardi|mercredi|jeudi|vendredi)</td>', permanence)


def test_la_carte_du_projet_dit_letat_de_chaque_commune(monde, systeme):
    rendue = implantation(nombre=1, moment=Moment(le=LUNDI), acces=systeme)
    etats = {c.nom: c.etat for c in rendue.communes}
    assert etats == {
        "Le Puy-en-Velay": "déjà couverte",
        "Saint-Paulien": "déjà couverte",
        "Brioude": "rapprochée",
        "Langeac": "encore hors de portée",
        "Saugues": "encore hors de portée",
    }
    dessin = carte_projet(rendue=rendue)
    assert dessin["ombres"][str(monde.communes["Saugues"].pk)][0] == HACHURES
    assert [(lieu["nom"], lieu["est_creux"]) for lieu in dessin["lieux"]] == [("1", True)]


@pytest.mark.parametrize(
    ("part", "dite"), [(1.0, "100,0 %"), (0.9998, "99,9 %"), (0.0, "0,0 %"), (None, "sans objet")]
)
def test_cent_pour_cent_veut_dire_tout_le_monde(part, dite):
    assert part_dite(part).replace("\xa0", " ") == dite


def test_la_bande_dite_contient_la_bande_calculee():
    assert bande_dite(0.9386, 0.9312 + 0.05).replace("\xa0", " ") == "entre 93 % et 99 %"
    assert bande_dite(None, None) == ""


def test_les_communes_a_la_limite_ont_leur_vue(cadre, monkeypatch):
    monkeypatch.setattr(Moment, "seuil_minutes", property(lambda moment: 20))
    page = lire(cadre, "/couverture/?voir=limite")
    assert "À la limite : 1" in page
    assert re.search(r'<th scope="row">Saint-Paulien</th>.*peut-être plus', page)


def test_un_nombre_hors_de_un_a_cinq_est_dit_a_lecran(cadre):
    assert "Choisissez une réponse" in lire(cadre, "/couverture/implanter/?nombre=9")


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_ceux_qui_lisent_les_chiffres_et_eux_seuls(monde, connecter, role):
    client = connecter(role)
    statuts = {client.get(adresse).status_code for adresse in (*PAGES, CSV)}
    assert statuts == ({200} if role in LIRE_CHIFFRES else {403})


@pytest.mark.parametrize("adresse", PAGES)
def test_sans_aucune_commune_la_page_le_dit(connecter, adresse):
    lire(connecter(Role.CADRE), adresse)


@pytest.mark.parametrize("communes", [0, 30])
@pytest.mark.parametrize("adresse", PAGES)
def test_les_requetes_dune_page_ne_dependent_pas_du_nombre(
    monde, connecter, adresse, communes, django_assert_max_num_queries
):
    for rang in range(communes):
        f.lieu(f"Lieu {rang}", ou=f.commune(f"44{rang:03}", f"Commune {rang}", 45 + rang / 100))
    client = connecter(Role.CADRE)
    client.get(adresse)
    with django_assert_max_num_queries(24):
        client.get(adresse)


@pytest.mark.parametrize("adresse", [*PAGES, f"/couverture/?le={SAMEDI}&voir=toutes"])
def test_le_balisage_se_lit_sans_les_yeux(cadre, adresse):
    page = lire(cadre, adresse)
    niveaux = [int(n) for n in re.findall(r"<h([1-6])[ >]", page)]
    assert niveaux[0] == 1 and niveaux.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(niveaux, niveaux[1:], strict=False)), niveaux
    assert page.count("<table") == page.count("<caption")
    assert re.search(r"<th(?![^>]*scope=)[ >]", page) is None
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    assert "style=" not in page


def test_la_ligne_de_la_convention_a_ses_figures_vivantes(monde, systeme):
    f.lieu("CCAS de Brioude", ou=monde.communes["Brioude"], hors=True)
    cadre = f.acces(role=Role.CADRE)
    part, structures = figures(lignes=["accueil_social"], acces=cadre, le=SAMEDI)
    assert part.valeur.replace("\xa0", " ") == "83,3 %"
    assert "temps estimés" in part.precision and "lundi 14 septembre 2020" in part.precision
    assert part.url == "/couverture/?le=2020-09-14"
    assert structures.valeur == "1"
    assert structures.url.endswith("?accueil=oui&tenu=autres&ou=partout")
    sans_droit = Acces(1, 1, "Référent", {Role.REFERENT: frozenset({200_000})})
    dite = figures(lignes=["accueil_social"], acces=sans_droit, le=SAMEDI)[0]
    assert (dite.valeur, dite.url) == (part.valeur, "")


def test_sans_lieu_la_ligne_na_pas_de_figure(systeme):
    assert figures(lignes=["accueil_social"], acces=systeme, le=LUNDI) == []
