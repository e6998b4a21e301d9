"""Confier à un référent : relire au clavier, glisser une ligne, expliquer, sans JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
PROPOSITION = "/referents/propositions/"
OUVRIR_SEUL = "() => document.querySelector('#changer details').open"


def _proposition(page: Any) -> None:
    """La proposition de la semaine, calculée s'il le faut : une personne au moins attend."""
    page.goto(f"{PROPOSITION}?voir=a_relire")
    if page.locator("[data-ligne]").count() == 0:
        page.get_by_role("button", name="Calculer").first.click()
        page.goto(f"{PROPOSITION}?voir=a_relire")
    expect(page.locator("[data-ligne]").first).to_be_visible()


def test_glisser_une_ligne_ouvre_le_formulaire_de_changement(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    _proposition(page)
    ligne = page.locator("[data-ligne]").first
    propose = ligne.locator("td").first.inner_text()
    cible = next(
        d
        for d in page.locator("[data-depot]").all()
        if d.locator("th span").first.inner_text() not in propose
    )
    with page.expect_navigation():
        ligne.locator("td").first.drag_to(cible)
    assert "/changer/?agent=" in page.url
    assert page.evaluate(OUVRIR_SEUL)
    expect(page.get_by_label("Pourquoi ce changement")).to_be_visible()


def test_tout_relire_a_la_fleche_droite(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    _proposition(page)
    page.get_by_role("link", name="Tout relire").click()
    vues = [page.locator("h1").inner_text()]
    for _ in range(2):
        with page.expect_navigation():
            page.keyboard.press("ArrowRight")
        vues.append(page.locator("h1").inner_text())
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    assert page.locator("h1").inner_text() == vues[1]
    page.locator("summary", has_text="Écarter").click()
    page.get_by_label("Pourquoi écarter").focus()
    adresse = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    assert page.url == adresse, "la flèche sert d'abord au champ où l'on écrit"


def test_demander_pourquoi_pas_sans_javascript(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation", javascript=False)
    _proposition(page)
    page.locator("[data-ligne] th a").first.click()
    page.locator("#pourquoi-pourquoi").select_option(index=2)
    page.get_by_role("button", name="Demander").click()
    expect(page.locator(".reponse")).to_be_visible()


def test_la_fiche_se_telecharge(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    _proposition(page)
    page.locator("[data-ligne] th a").first.click()
    page.get_by_role("link", name="Fiche d'explication").click()
    with page.expect_download() as recu:
        page.get_by_role("link", name="Télécharger en PDF").click()
    assert recu.value.suggested_filename.endswith(".pdf")
