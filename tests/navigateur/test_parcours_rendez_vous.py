"""Convoquer, tenir l'agenda, dire qui vient : le chargé d'orientation et le cadre."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.conftest import LARGEURS
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]


def _menu(page: Any, entree: str) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=entree).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(entree)


def test_convoquer_une_liste_apres_l_avoir_relue(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    _menu(page, "Convocations")
    tableau = page.locator("#convocations")
    cases = tableau.get_by_role("checkbox", name=re.compile("^Choisir "))
    assert cases.count() >= 2
    noms = [n.split("\n")[0].strip() for n in tableau.locator("tbody th").all_inner_texts()]
    cases.nth(0).check()
    cases.nth(1).check()
    expect(page.locator("[data-compte-coches]")).to_have_text("2")
    illustrer(page, "rendez_vous_liste", hauteur=760)
    page.get_by_role("button", name="Relire puis convoquer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relire les convocations")
    illustrer(page, "rendez_vous_revue", depuis=page.get_by_role("heading", level=1), hauteur=330)
    lignes = page.locator("#revue tbody tr")
    expect(lignes).to_have_count(2)
    lignes.nth(1).get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Convoquer ces personnes").click()
    expect(page.get_by_role("status")).to_contain_text("1\u00a0personne convoquée")
    restants = page.locator("#convocations tbody th").all_inner_texts()
    assert not any(n.startswith(noms[0]) for n in restants[:1])
    assert restants[0].startswith(noms[1])


def test_choisir_un_autre_creneau_puis_noter_une_excuse(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    _menu(page, "Convocations")
    page.get_by_role("link", name=re.compile("^Changer le créneau")).first.click()
    expect(page.get_by_text("proposé", exact=True)).to_be_visible()
    expect(page.locator(".message-apercu")).to_contain_text("traitement algorithmique")
    illustrer(page, "rendez_vous_creneau", depuis=page.get_by_role("heading", level=1), hauteur=700)
    page.locator("input[name=creneau]:not(:checked)").first.check()
    page.get_by_role("button", name="Relire le message").click()
    # Un créneau choisi à la main n'est pas une décision calculée.
    expect(page.locator(".message-apercu")).not_to_contain_text("traitement algorithmique")
    page.get_by_role("button", name="Convoquer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Le rendez-vous est fixé")
    expect(page.get_by_role("table", name="Messages de ce rendez-vous")).to_contain_text(
        "À envoyer"
    )
    illustrer(page, "rendez_vous_page", depuis=page.get_by_role("heading", level=1), hauteur=560)

    page.get_by_text("Elle a prévenu, ou s'est excusée").click()
    page.get_by_role("button", name="Enregistrer l'excuse").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez une phrase.")
    page.locator("#excuser").get_by_label("Pourquoi").fill("Enfant malade")
    page.get_by_role("button", name="Enregistrer l'excuse").click()
    expect(page.get_by_role("status")).to_contain_text("de nouveau à convoquer")
    expect(page.get_by_role("link", name="Choisir un créneau")).to_be_visible()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_changer_de_semaine_au_clavier(ouvrir: Ouvrir, largeur: str) -> None:
    page = ouvrir("demo.cadre", largeur=LARGEURS[largeur])
    _menu(page, "Agenda")
    avant = page.locator(".semaines__nom").inner_text()
    if largeur == "large":
        illustrer(page, "rendez_vous_agenda", hauteur=900)
    page.get_by_role("link", name="Semaine suivante").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".semaines__nom").inner_text() != avant
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


def test_ouvrir_une_seance_collective_sans_javascript(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre", javascript=False)
    _menu(page, "Agenda")
    page.get_by_role("link", name="Lieux et plages").click()
    page.locator("#lieux tbody th a").first.click()
    illustrer_plages(page)
    carte = page.locator("#plage")
    carte.get_by_label("Quand").select_option(label="Un jour seulement")
    carte.get_by_label("Date").fill("2020-11-14")
    carte.get_by_label("De", exact=True).fill("09:00")
    carte.get_by_label("À", exact=True).fill("11:00")
    carte.get_by_label("Places par créneau").fill("8")
    carte.get_by_role("button", name="Ouvrir la plage").click()
    expect(page.get_by_role("status")).to_contain_text("La plage est ouverte")
    page.get_by_role("link", name="Voir l'agenda").click()
    page.get_by_label("Semaine du").fill("2020-11-14")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator(".creneau", has_text="sur 8").first).to_be_visible()


def illustrer_plages(page: Any) -> None:
    """Les plages d'un lieu et le formulaire, côte à côte."""
    illustrer(page, "rendez_vous_plages", depuis=page.get_by_role("heading", level=1), hauteur=640)
