"""Chaque nombre des deux documents est dans les données, à l'écran, avec sa phrase.

Les pages publiées ne sont pas dans le dépôt : sans elles, ces essais sautent, en le disant.
"""

import re
from datetime import date

import pytest
from django.test import Client

from draille.mesures.convention import demo_suivi, lectures
from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.regles import dossier_du_departement
from draille.mesures.convention.regles.fichier_suivi import charger_suivi
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Compartiment, Role
from tests.conventions import publie

PAGES = {"43": "43_convention_pauvrete.txt", "07": "07_solidarites_2021.txt"}
LECTURE = {"43": date(2020, 10, 31), "07": date(2021, 6, 30)}
# Un nombre : des chiffres, groupés par trois ou non, avec ou sans décimales.
NOMBRE = re.compile(r"\d{1,3}(?:[   ]\d{3})+(?:,\d+)?|\d+(?:,\d+)?")
MOTS = re.compile(r"\b(?:huit|cinq|trois|deux|triennale)\b", re.I)


def _espaces(texte: str) -> str:
    return re.sub(r"[   ]", " ", texte)


def _nombres(texte: str) -> set[str]:
    plat = _espaces(texte)
    lus = {re.sub(r"\s", "", n) for n in NOMBRE.findall(plat)}
    return lus | {m.lower() for m in MOTS.findall(plat)}


def _phrases(code: str) -> list[str]:
    """Toutes les phrases que les fichiers du Département citent, et leurs objets."""
    contenu = publie.contenu(code)
    dossier = dossier_du_departement(racine=publie.RACINE, code=code)
    suivi = charger_suivi(chemin=dossier / "suivi.yaml")
    phrases = [p.phrase for p in publie.preuves(contenu)]
    phrases += [x.objet for c in contenu.conventions for t in c.textes for x in t.lignes]
    phrases += [a.phrase for a in suivi.actions] + [c.phrase for c in suivi.contexte]
    phrases += [p.source.titre for p in publie.preuves(contenu)]
    if (dossier / "rsa.yaml").exists():
        rsa = publie.rsa(code)
        phrases += [x.preuve.phrase for x in (*rsa.budget, *rsa.beneficiaires)]
    return [publie.a_plat(p) for p in phrases if p]


@pytest.mark.parametrize("code", PAGES)
def test_chaque_nombre_de_la_page_est_dans_une_phrase_citee(code):
    attendus = _nombres(publie.page(PAGES[code]))
    assert len(attendus) > 10
    assert attendus - _nombres(" ".join(_phrases(code))) == set()


@pytest.mark.parametrize("code", PAGES)
def test_les_phrases_des_actions_sont_celles_de_la_page(code):
    page = publie.page(PAGES[code])
    dossier = dossier_du_departement(racine=publie.RACINE, code=code)
    suivi = charger_suivi(chemin=dossier / "suivi.yaml")
    dites = [a.phrase for a in suivi.actions] + [c.phrase for c in suivi.contexte]
    assert len(dites) > 8
    assert [p for p in dites if publie.a_plat(p) not in page] == []


@pytest.fixture
def lecteur(systeme) -> Client:
    """Un cadre qui lit le produit."""
    tout = Territoire.objects.create(
        nature="departement", code="99", nom="Département", debut=date(2019, 1, 1)
    )
    organisation = Organisation.objects.create(code="cd", nom="CD", est_departement=True)
    agent = Agent.objects.create(
        identifiant="lecteur", prenom="A", nom="B", organisation=organisation, password="!"
    )
    portee = Portee(compartiment=Compartiment.INSERTION, role=Role.CADRE, territoire=tout)
    habiliter(agent=agent, portee=portee, par=systeme, le=date(2019, 1, 1))
    client = Client()
    client.force_login(agent)
    return client


def _ecran(client: Client, adresses: list[str]) -> str:
    pages = []
    for adresse in adresses:
        reponse = client.get(adresse)
        assert reponse.status_code == 200, adresse
        pages.append(reponse.content.decode())
    visible = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", " ".join(pages))
    return _espaces(visible)


@pytest.mark.parametrize("code", PAGES)
def test_chaque_nombre_de_la_page_se_lit_a_l_ecran(code, lecteur, systeme, settings, monkeypatch):
    """La page de la convention, ses lignes et leur vie montrent tous les nombres publiés."""
    attendus = _nombres(publie.page(PAGES[code]))
    settings.DRAILLE_DEPARTEMENT, le = code, LECTURE[code]
    monkeypatch.setenv("DRAILLE_DATE", le.isoformat())
    charger_convention(contenu=publie.contenu(code), par=systeme, le=le)
    demo_suivi.suivre(departement=code, par=systeme, le=le)
    adresses = ["/convention/"]
    for page in lectures.pages(departement=code, le=le):
        cadre = page.lecture.convention.code
        adresses.append(f"/convention/vie/{cadre}/")
        adresses += [
            f"/convention/lignes/{x.code}/?convention={cadre}" for x in page.lecture.lignes
        ]
    assert attendus - _nombres(_ecran(lecteur, adresses)) == set()


def test_l_ecart_et_le_comptage_sont_expliques_a_l_ecran(lecteur, systeme, settings, monkeypatch):
    settings.DRAILLE_DEPARTEMENT = "43"
    monkeypatch.setenv("DRAILLE_DATE", "2020-10-31")
    charger_convention(contenu=publie.contenu("43"), par=systeme, le=LECTURE["43"])
    ecran = re.sub(r"\s+", " ", _ecran(lecteur, ["/convention/"]))
    assert "Écart de 359,32 €" in ecran
    assert "sept d&#x27;entre elles tombent juste au millier" in ecran
    assert "La page annonce huit mesures et en détaille neuf" in ecran
    assert re.search(r"En tout +8 +9", ecran)
