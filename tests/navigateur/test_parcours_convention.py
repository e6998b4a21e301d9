"""Le pilote : du texte signé au chiffre, du chiffre à la liste, de la liste au tableur."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]


def _nombre(texte: str) -> int:
    return int(re.sub(r"\D", "", texte))


def _ligne_orientation(page: Any) -> None:
    page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name="Convention"
    ).click()
    expect(page.get_by_role("heading", name="La convention", level=1)).to_be_visible()
    page.get_by_role("table", name=re.compile("^Lignes")).get_by_role(
        "link", name=re.compile("^Orientation")
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Orientation")


def test_largent_de_la_convention_se_lit(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name="Convention"
    ).click()
    argent = page.get_by_role("heading", name="Argent").first
    expect(page.get_by_role("main")).to_contain_text("346 875,66")
    expect(page.get_by_role("main")).to_contain_text("359,32")
    illustrer(page, "convention_argent", depuis=argent, hauteur=640)


def test_un_chiffre_souvre_sur_une_liste_de_sa_longueur(ouvrir: Ouvrir, tmp_path: Path) -> None:
    page = ouvrir("demo.pilote")
    _ligne_orientation(page)
    definitions = page.get_by_role("table", name=re.compile("^Chaque définition"))
    illustrer(page, "convention_definitions", depuis=definitions, hauteur=460)
    b1 = definitions.get_by_role("row").filter(has_text=re.compile(r"B1, version")).first
    chiffre = b1.get_by_role("cell").first.get_by_role("link")
    compte = _nombre(chiffre.inner_text())
    assert compte > 50
    chiffre.click()

    expect(page.locator("[data-total]")).to_have_text(re.compile(r"\d"))
    assert _nombre(page.locator("[data-total]").inner_text()) == compte
    illustrer(page, "convention_liste", hauteur=640)

    with page.expect_download() as telechargement:
        page.get_by_role("button", name="Exporter en CSV").click()
    chemin = tmp_path / telechargement.value.suggested_filename
    telechargement.value.save_as(chemin)
    lignes = list(csv.reader(chemin.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert lignes[0][:3] == ["Ligne du journal", "Acte", "Personne"]
    assert len(lignes) - 1 == compte
    assert len({ligne[0] for ligne in lignes[1:]}) == compte


def test_la_liste_entiere_a_la_longueur_du_chiffre_page_apres_page(ouvrir: Ouvrir) -> None:
    """Le compte annoncé ne suffit pas : on tourne les pages et on compte les lignes."""
    page = ouvrir("demo.pilote")
    _ligne_orientation(page)
    definitions = page.get_by_role("table", name=re.compile("^Chaque définition"))
    b1 = definitions.get_by_role("row").filter(has_text=re.compile(r"B1, version")).first
    chiffre = b1.get_by_role("cell").first.get_by_role("link")
    compte = _nombre(chiffre.inner_text())
    chiffre.click()
    vues = 0
    while True:
        vues += page.locator("#actes tbody tr").count()
        suivante = page.get_by_role("link", name=re.compile("suivante", re.IGNORECASE))
        if suivante.count() == 0:
            break
        suivante.first.click()
        page.wait_for_load_state()
    assert vues == compte


def test_le_pilote_ne_lit_pas_de_nom(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    _ligne_orientation(page)
    page.get_by_role("table", name=re.compile("^Chaque définition")).get_by_role("row").filter(
        has_text="B1, version"
    ).first.get_by_role("cell").first.get_by_role("link").click()
    expect(page.locator("#actes tbody tr").first).to_be_visible()
    assert page.locator("#actes tbody a[href*='/personnes/']").count() == 0


def test_le_suivi_du_rsa_en_nombres(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.get_by_role("link", name="Suivi du RSA").click()
    expect(page.get_by_role("heading", name="Suivi du RSA", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Bénéficiaires")
    illustrer(page, "convention_suivi_rsa", hauteur=780)
