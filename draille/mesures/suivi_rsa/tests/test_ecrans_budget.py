"""Les pages du budget : à qui elles s'ouvrent, ce qu'elles disent, ce que l'on y dépose."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from draille.mesures.suivi_rsa import demo, lectures_acompte
from draille.mesures.suivi_rsa.models import (
    DemandeAcompte,
    ImportHistorique,
    MandatRsa,
    PrevisionGardee,
    VoteBudget,
)
from draille.mesures.suivi_rsa.tests import fabrique as f
from draille.mesures.suivi_rsa.tests import fabrique_budget as fb
from draille.socle.acces import Acces, Role

LISENT = {
    "/rsa/budget/": {Role.PILOTE, Role.CADRE},
    "/rsa/budget/voter/": {Role.PILOTE},
    "/rsa/budget/mandater/": {Role.PILOTE},
    "/rsa/prevision/": {Role.PILOTE, Role.CADRE},
    "/rsa/historique/": {Role.PILOTE, Role.CADRE},
    "/rsa/acomptes/": {Role.CADRE},
}


@pytest.fixture(autouse=True)
def a_la_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", fb.LE.isoformat())


@pytest.fixture
def joue(par: Acces, monkeypatch: pytest.MonkeyPatch) -> Acces:
    """Trois mois de fichiers, puis la démonstration du budget, petite caisse comprise."""
    monkeypatch.setitem(demo.invente()["acompte"], "dossiers_au_moins", 1)
    f.mois(par, f.JANVIER, *(f.foyer(n) for n in range(1, 8)))
    f.mois(par, f.FEVRIER, *(f.foyer(n) for n in range(1, 10)))
    f.mois(par, f.MARS, *(f.foyer(n) for n in range(1, 10)))
    demo.voter(departement="43", par=par, le=fb.LE)
    demo.recevoir_acompte(graine="essai", par=par, le=fb.LE)
    return par


def _texte(client: Client, adresse: str, **champs: Any) -> str:
    reponse = client.get(adresse, champs)
    assert reponse.status_code == 200, adresse
    return _lisible(reponse.content.decode())


def _lisible(texte: str) -> str:
    for espace in ("\xa0", "\u202f"):
        texte = texte.replace(espace, " ")
    return " ".join(texte.split())


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_qui_ouvre_quoi(role: Role, par: Acces) -> None:
    client = fb.client(role)
    ouvertes = {a for a in LISENT if client.get(a).status_code == 200}
    assert ouvertes == {a for a, roles in LISENT.items() if role in roles}


def test_un_cadre_d_un_autre_metier_n_ouvre_pas_le_budget(par: Acces) -> None:
    autre = fb.client(Role.CADRE, compartiment=1)
    assert {autre.get(a).status_code for a in LISENT} == {403}


def test_les_pages_vides_disent_quoi_faire(par: Acces) -> None:
    pilote = fb.client(Role.PILOTE)
    page = _texte(pilote, "/rsa/budget/")
    assert "Inscrire les votes publiés (3)" in page
    assert "Aucun vote n'est inscrit" in page.replace("&#x27;", "'")
    assert "Rien à prévoir encore" in _texte(pilote, "/rsa/prevision/")
    assert "Aucun mois connu" in _texte(pilote, "/rsa/historique/")
    assert "Aucun dossier n'est connu" in _texte(fb.client(Role.CADRE), "/rsa/acomptes/").replace(
        "&#x27;", "'"
    )


def test_la_page_montre_chaque_chiffre_de_l_annee_et_sa_phrase(joue: Acces) -> None:
    page = _texte(fb.client(Role.PILOTE), "/rsa/budget/").replace("&#x27;", "'")
    for dit in (
        "19 300 000 €",
        "+ 800 000 €",
        "+ 600 000 €",
        "20 700 000 €",
        "+7,25 %",
        "la dépense devait atteindre 19,3 millions d'euros",
        "Un rajout de 800 000 € a été votée en juin",
        "apporter 600 000 € supplémentaires",
        "2 800",
        "3 100",
        "le nombre de bénéficiaires du RSA était de 2800 personnes",
        "Il est actuellement de 3100",
        "10,7 % de plus",
    ):
        assert dit in page, dit
    assert "Mandat fictif" in page
    juillet = _texte(fb.client(Role.CADRE), "/rsa/budget/", le="2020-07-15")
    assert "20 100 000 €" in juillet
    assert "20 700 000 €" not in juillet
    assert "Inscrire un vote" not in juillet


def test_voter_et_mandater_a_l_ecran(par: Acces) -> None:
    pilote = fb.client(Role.PILOTE)
    vote = {
        "nature": "primitif",
        "annee": "2020",
        "libelle": "Budget primitif",
        "montant": "19 300 000,00 €",
        "precision": "jour",
        "vote_le": "2019-12-16",
        "phrase": "",
        "origine": "",
    }
    assert pilote.post("/rsa/budget/voter/", vote).status_code == 302
    assert VoteBudget.objects.get().compte_le == date(2020, 1, 1)
    fautes = vote | {"nature": "modificative", "montant": "beaucoup", "vote_le": ""}
    page = pilote.post("/rsa/budget/voter/", fautes)
    assert page.status_code == 200
    lue = _lisible(page.content.decode())
    assert "« beaucoup » n&#x27;est pas un montant" in lue
    assert "Donnez la date du vote" in lue
    du_mois = vote | {
        "nature": "modificative",
        "libelle": "DM d'octobre",
        "montant": "500 000",
        "precision": "mois",
        "vote_le": "2020-10-12",
    }
    assert pilote.post("/rsa/budget/voter/", du_mois).status_code == 302
    assert VoteBudget.objects.get(nature="modificative").compte_le == fb.LE
    mandat = {
        "mois": "2020-03",
        "exercice": "2020",
        "numero": "123",
        "organisme": "CAF",
        "chapitre": "017",
        "montant": "1 600 000,50",
        "mandate_le": "2020-03-25",
        "objet": "",
    }
    assert pilote.post("/rsa/budget/mandater/", mandat).status_code == 302
    refuse = pilote.post("/rsa/budget/mandater/", mandat)
    assert "déjà constaté" in refuse.content.decode()
    assert MandatRsa.objects.count() == 1
    assert pilote.post("/rsa/budget/votes/").status_code == 302
    # Le budget initial publié est un second primitif : refusé, et rien n'est pris à moitié.
    assert VoteBudget.objects.count() == 2


def test_importer_un_historique_a_l_ecran(par: Acces) -> None:
    pilote, cadre = fb.client(Role.PILOTE), fb.client(Role.CADRE)
    contenu = fb.historique(date(2018, 1, 1), 24) + b"2030-01;1;1;500\n"
    depot = {"fichier": SimpleUploadedFile("mois.csv", contenu)}
    reponse = pilote.post("/rsa/historique/", depot, follow=True)
    page = _lisible(reponse.content.decode())
    assert "25 lignes = 24 retenues" in page
    assert "Janvier 2030 n&#x27;a pas encore eu lieu" in page
    assert "Les 24 mois connus" in page
    refus = cadre.post("/rsa/historique/", {"fichier": SimpleUploadedFile("m.csv", contenu)})
    assert refus.status_code == 403
    assert ImportHistorique.objects.count() == 1
    prevue = _texte(pilote, "/rsa/prevision/")
    assert "Elle part de 24 mois importés, de janvier 2018 à décembre 2019" in prevue
    assert "retenue" in prevue
    assert "n&#x27;a pas encore été essayé" in prevue


def test_calculer_maintenant_garde_le_modele(par: Acces) -> None:
    pilote = fb.client(Role.PILOTE)
    # Trop court pour le modèle : le bouton répond vite, et la page ne le propose plus.
    contenu = fb.historique(date(2018, 1, 1), 20)
    pilote.post("/rsa/historique/", {"fichier": SimpleUploadedFile("mois.csv", contenu)})
    assert pilote.get("/rsa/prevision/calculer/").status_code == 405
    reponse = pilote.post("/rsa/prevision/calculer/", follow=True)
    page = _lisible(reponse.content.decode())
    assert "modèle statistique compris" in page
    assert PrevisionGardee.objects.count() == 1
    assert "pas encore été essayé" not in page


def test_recevoir_un_acompte_a_l_ecran(joue: Acces) -> None:
    cadre = fb.client(Role.CADRE)
    organisme = lectures_acompte.organismes(acces=joue)[0][0]
    contenu = fb.tableur([("9999999", "RSD", "12,34")], "matricule", "natpf", "montant")
    depot = {
        "organisme": organisme,
        "mois": "2020-02",
        "montant_annonce": "20",
        "fichier": SimpleUploadedFile("a.csv", contenu),
    }
    page = _lisible(cadre.post("/rsa/acomptes/", depot, follow=True).content.decode())
    assert "Absent de nos dossiers" in page
    assert "7,66 € ne se rattachent à aucun allocataire" in page
    demande = DemandeAcompte.objects.get(mois=date(2020, 2, 1))
    absents = _texte(cadre, f"/rsa/acomptes/{demande.pk}/", sorte="absent")
    assert "9999999" in absents
    fichier = cadre.get(f"/rsa/acomptes/{demande.pk}/ecarts.csv").content.decode("utf-8-sig")
    assert "9999999;Absent de nos dossiers;12,34;0,00;12,34;RSD;2;" in fichier
    pilote = fb.client(Role.PILOTE)
    for suite in ("", "ecarts.csv"):
        assert pilote.get(f"/rsa/acomptes/{demande.pk}/{suite}").status_code == 403
    assert cadre.get("/rsa/acomptes/999999/").status_code == 404
    deja = cadre.post("/rsa/acomptes/", depot | {"fichier": SimpleUploadedFile("a.csv", contenu)})
    assert "déjà été reçu" in deja.content.decode()


def test_la_demonstration_se_rejoue_sans_rien_doubler(joue: Acces) -> None:
    comptes = [m.objects.count() for m in (VoteBudget, MandatRsa, ImportHistorique, DemandeAcompte)]
    assert comptes == [3, 3, 1, 1]
    assert demo.voter(departement="43", par=joue, le=fb.LE) == 0
    assert demo.recevoir_acompte(graine="essai", par=joue, le=fb.LE) == 0
    assert demo.voter(departement="07", par=joue, le=fb.LE) == 0
    recu = ImportHistorique.objects.get()
    assert (recu.retenues, recu.rejetees) == (35, 0)


def test_un_secteur_n_a_pas_les_onglets_du_budget(joue: Acces) -> None:
    page = _texte(fb.client(Role.REFERENT), "/rsa/")
    assert "/rsa/budget/" not in page
    assert "/rsa/acomptes/" not in _texte(fb.client(Role.PILOTE), "/rsa/")
    assert "/rsa/acomptes/" in _texte(fb.client(Role.CADRE), "/rsa/")
