"""La page de la convention : chaque chiffre, sa phrase, ce qui n'est pas publié, à chaque date."""

import re

import pytest

from draille.ecrans import panneaux
from draille.ecrans.panneaux import FigureLigne, declarer_figure
from draille.socle.acces import Role

PAGE = "/convention/"


def lire(client, adresse, statut=200):
    reponse = client.get(adresse)
    assert reponse.status_code == statut, (adresse, reponse.status_code)
    texte = reponse.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    return texte.replace("&#x27;", "'")


def test_la_page_dit_les_chiffres_publies_et_leur_ecart(inscrite, connecter):
    inscrite()
    page = lire(connecter(Role.PILOTE), PAGE)
    for dit in ("693 751,32 €", "346 875,66 €", "693 392 €", "359,32 €", "82 000 €"):
        assert dit in page, dit
    assert "Parité exacte." in page
    assert "8 mesures annoncées, 9 lignes publiées : 1 ligne de plus." in page
    assert "C'est une hypothèse : la page publiée n'explique pas cet écart." in page
    assert "(déduite)" in page
    assert "82 000 € pour accélérer la prise en charge des nouveaux bénéficiaires du RSA" in page
    assert "Jean-Pierre Marcon" in page
    assert "Moins d'un mois." in page
    assert "20 700 000 €" in page
    assert "3 100" in page


def test_la_veille_de_l_avenant_rien_n_est_encore_publie(inscrite, connecter):
    inscrite()
    page = lire(connecter(Role.ACCUEIL), f"{PAGE}?le=2020-10-22")
    assert "signé le 23/10/2020" in page
    assert "après la date de lecture" in page
    assert "82 000 €" not in page
    assert "8 mesures annoncées ; à cette date, aucune n'est détaillée." in page


def test_une_date_illisible_est_dite_et_la_page_reste(inscrite, connecter):
    inscrite()
    page = lire(connecter(Role.CADRE), f"{PAGE}?le=hier")
    assert "Cette date n'est pas lisible. Écrivez-la jour, mois, année : 31/10/2020." in page
    assert "693 751,32 €" in page


def test_l_ardeche_dit_ses_cibles_et_ce_qui_n_est_pas_publie(inscrite, connecter):
    from datetime import date

    inscrite("07", date(2021, 6, 1))
    page = lire(connecter(Role.PILOTE), f"{PAGE}?le=2021-06-01")
    assert "Multiplier par 2 le nombre (consultations) d'ici 2023" in page
    assert "Maintenir le nombre (bilans)" in page
    assert "Entre 5 et 40 heures" in page
    assert "non publié" in page
    assert "2 000 000 €" in page
    ligne = lire(connecter(Role.CADRE), "/convention/lignes/orientation_rsa/?le=2021-06-01")
    assert "Au plus 1 mois." in ligne


@pytest.mark.parametrize(
    "adresse",
    [
        "/convention/lignes/inconnue/",
        "/convention/financements/inconnue/total/actes/",
        "/convention/financements/convention_pauvrete_2019_2021/autre/actes/",
        "/convention/financements/convention_pauvrete_2019_2021/ligne/actes/?code=x",
        "/convention/mesures/convention_pauvrete_2019_2021/actes/?nature=x",
    ],
)
def test_un_chiffre_inconnu_n_existe_pas(inscrite, connecter, adresse):
    inscrite()
    assert connecter(Role.PILOTE).get(adresse).status_code == 404


@pytest.mark.parametrize("adresse", [PAGE, "/convention/lignes/orientation_rsa/"])
def test_sans_connexion_la_page_envoie_se_connecter(inscrite, client, adresse):
    inscrite()
    reponse = client.get(adresse)
    assert reponse.status_code == 302
    assert reponse.url.startswith("/compte/login/")


@pytest.mark.parametrize("adresse", [PAGE, "/convention/lignes/orientation_rsa/"])
def test_le_balisage_se_lit_sans_les_yeux(inscrite, connecter, entrer, adresse):
    inscrite()
    entrer("2020-09-05", orientee="2020-10-01", rencontree="2020-09-20")
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


def test_une_ligne_montre_ses_figures_calculees_a_la_date_lue(inscrite, connecter, monkeypatch):
    monkeypatch.setattr(panneaux, "_figures", {})
    declarer_figure(
        FigureLigne(
            code="essai.part",
            ligne_convention="accueil_social",
            libelle="Part essayée",
            definition="Ce que c'est.",
            source="D'où cela vient.",
            contexte=lambda acces, le: {
                "valeur": "93 %",
                "precision": f"calculée au {le:%d/%m/%Y}",
                "url": "/detail/",
            },
        )
    )
    inscrite()
    client = connecter(Role.PILOTE)
    page = lire(client, "/convention/lignes/accueil_social/?le=2020-10-30")
    for dit in ("Part essayée", "93 %", "calculée au 30/10/2020", 'href="/detail/"'):
        assert dit in page, dit
    autre = lire(client, "/convention/lignes/orientation_rsa/?le=2020-10-30")
    assert "Part essayée" not in autre
