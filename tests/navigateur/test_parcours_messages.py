"""Les messages : la boîte d'envoi du cadre, et les mots du Département dans un modèle."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
PHRASE = "Vous pouvez venir avec la personne de votre choix."


def _menu(page: Any, entree: str) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=entree).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(entree)


def test_suivre_la_boite_d_envoi(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    _menu(page, "Boîte d'envoi")
    expect(page.locator("#canaux tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Remis", exact=True).click()
    lignes = page.locator("#messages tbody tr")
    assert lignes.count() > 5
    illustrer(page, "messages_boite", hauteur=720)
    lignes.first.locator("td a").first.click()
    expect(page.get_by_role("main")).to_contain_text("pris par le receveur")


def test_l_administrateur_a_les_nombres_sans_les_noms(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.administrateur")
    _menu(page, "Boîte d'envoi")
    expect(page.get_by_role("main")).to_contain_text("Des nombres seulement")
    assert page.locator("#messages").count() == 0


def test_changer_les_mots_d_un_modele_sans_perdre_la_mention(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre", javascript=False)
    _menu(page, "Boîte d'envoi")
    page.get_by_role("link", name="Modèles de messages").click()
    page.get_by_role(
        "link", name=re.compile("^Convocation au premier rendez-vous ?, par courrier")
    ).click()
    texte = page.locator("main textarea")
    origine = texte.input_value()
    assert "{{ mention_algorithme }}" in origine

    # Sans la mention, rien ne s'enregistre, et le texte reste à l'écran.
    texte.fill(origine.replace("{{ mention_algorithme }}", PHRASE))
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert").first).to_contain_text("mention")
    expect(texte).to_have_value(re.compile(PHRASE))

    texte.fill(origine + f"\n\n{PHRASE}\n")
    page.get_by_role("button", name="Voir l'aperçu").click()
    expect(page.locator(".lettre")).to_contain_text(PHRASE)
    expect(page.locator(".lettre")).to_contain_text("traitement algorithmique")
    illustrer(page, "messages_modele", hauteur=900)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"[Vv]ersion 1"))
