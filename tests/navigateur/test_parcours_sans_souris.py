"""Décider sans JavaScript, et tout faire au clavier : personne n'est laissé dehors."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.clavier import FOYER, aller_a

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]


def _personne_a_orienter(page: Any) -> str:
    """Le nom, unique dans la liste, d'une personne dont la décision attend."""
    page.goto("/orientation/?statut=a_orienter")
    # Sans diagnostic, c'est lui que la page demande d'abord.
    proposees = page.locator("#entrants tbody tr").filter(
        has=page.locator("td[data-libelle=Proposition] details")
    )
    noms: list[str] = [n.strip() for n in proposees.locator("th").all_inner_texts()]
    seuls = [n for n in noms if noms.count(n) == 1]
    assert seuls, "personne n'attend de décision"
    return seuls[-1]


def test_orienter_sans_javascript(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation", javascript=False)
    nom = _personne_a_orienter(page)
    page.get_by_role("link", name=nom, exact=True).click()
    expect(page.get_by_role("heading", name="Décider de l'orientation")).to_be_visible()
    page.get_by_role("button", name="Orienter", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Organisme qui accompagne")
    page.get_by_role("radio", name="Mission locale").check()
    page.get_by_role("button", name="Orienter", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("La personne est orientée.")
    expect(page.get_by_role("main")).to_contain_text("Organisme : Mission locale.")
    page.get_by_role("link", name="Ouvrir le dossier").click()
    expect(page.locator("#actes")).to_contain_text("Orientation décidée")


def test_se_connecter_chercher_et_decider_au_clavier(ouvrir: Ouvrir) -> None:
    nom = _personne_a_orienter(ouvrir("demo.orientation"))
    page = ouvrir()
    aller_a(page, "Paul Vidal")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ma journée", level=1)).to_be_visible()

    page.keyboard.press("Tab")
    assert page.evaluate(FOYER)["nom"] == "Aller au contenu"
    aller_a(page, "Chercher une personne")
    page.keyboard.type(nom.lower())
    page.keyboard.press("Enter")
    expect(page.locator("#resultats")).to_contain_text(nom)
    aller_a(page, f"^{re.escape(nom)}$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)

    aller_a(page, "^Ouvrir l'orientation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Décider de l'orientation")).to_be_visible()
    aller_a(page, "^(Professionnel|Social)$")
    aller_a(page, "^Conseil départemental$")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Conseil départemental")).to_be_checked()
    aller_a(page, "^Orienter$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("La personne est orientée.")
