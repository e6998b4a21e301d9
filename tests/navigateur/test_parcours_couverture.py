"""La couverture au clavier : changer le jour, chercher où ouvrir, lire la table."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.clavier import aller_a
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]


def _part(page: Any) -> float:
    texte = page.locator(".cle", has_text="Population couverte").inner_text()
    lue = re.search(r"(\d+(?:,\d+)?)\s*%", texte)
    assert lue, texte
    return float(lue[1].replace(",", "."))


def test_changer_de_jour_puis_chercher_ou_ouvrir_au_clavier(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    page.goto("/couverture/")
    ouvree = _part(page)
    assert 50 < ouvree < 100
    expect(page.locator(".plan__lieu").first).to_be_visible()
    illustrer(page, "couverture_page", hauteur=1150)

    # Un jour férié, rien n'ouvre : la page le dit pour ce jour. Une date qui se tape de même,
    # que le navigateur veuille le jour ou le mois d'abord.
    aller_a(page, "^Jour$")
    page.keyboard.type("11112020")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("ercredi 11 novembre 2020")
    assert _part(page) == 0

    page.goto("/couverture/")
    aller_a(page, "^Où ouvrir le prochain")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Où ouvrir le prochain ?")
    aller_a(page, "^Combien de lieux$")
    page.keyboard.press("ArrowDown")
    aller_a(page, "^Chercher$", pas=30)
    page.keyboard.press("Enter")
    lignes = page.locator("#ajouts tbody tr")
    expect(lignes).to_have_count(2)
    expect(page.get_by_role("main")).to_contain_text("Prouvé")

    # La table se lit d'elle-même : chaque lieu nommé, apports décroissants, total qui s'ajoute.
    assert all(lignes.locator("th[scope=row]").all_inner_texts())
    apports = _nombres(lignes, "Habitants de plus")
    totaux = _nombres(lignes, "En tout")
    assert apports[0] >= apports[1] > 0
    assert totaux == [apports[0], apports[0] + apports[1]]
    expect(page.locator(".plan__lieu").first).to_be_visible()
    illustrer(
        page, "couverture_implanter", depuis=page.get_by_role("heading", level=1), hauteur=900
    )


def _nombres(lignes: Any, libelle: str) -> list[int]:
    textes = lignes.locator(f"td[data-libelle='{libelle}']").all_inner_texts()
    return [int(re.sub(r"\D", "", t)) for t in textes]
