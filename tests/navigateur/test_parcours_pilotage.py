"""Le pilotage : une rangée par ligne, chaque nombre ouvert, la page de l'élu sur une feuille."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.navigateur.controles import verifier
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
A4 = (595, 842)


def _nombre(texte: str) -> int:
    return int(re.sub(r"\D", "", texte))


def test_chaque_ligne_tient_sur_une_rangee_et_souvre(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name="Pilotage"
    ).click()
    rangees = page.locator("#pilotage tbody tr")
    expect(rangees).to_have_count(9)
    verifier(page)
    illustrer(page, "pilotage_page", hauteur=900)
    orientation = rangees.filter(has_text="Orientation").first
    actes = orientation.locator("td[data-libelle='Actes']").get_by_role("link").first
    compte = _nombre(actes.inner_text())
    assert compte > 0
    actes.click()
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"\d"))
    assert _nombre(page.locator("[data-total]").inner_text()) == compte
    verifier(page)


def test_le_tableau_sort_en_csv_une_rangee_par_ligne(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.goto("/pilotage/")
    libelles = page.locator("#pilotage tbody th").all_inner_texts()
    lien = page.get_by_role("link", name="Tableau CSV").get_attribute("href")
    lu = page.request.get(lien).body().decode("utf-8-sig")
    rangees = list(csv.reader(io.StringIO(lu), delimiter=";"))
    dites = {cellule for rangee in rangees for cellule in rangee}
    assert set(libelles) <= dites, set(libelles) - dites


def test_la_page_de_lelu_simprime_sur_une_seule_feuille(ouvrir: Ouvrir, tmp_path: Path) -> None:
    page = ouvrir("demo.pilote")
    page.goto("/pilotage/")
    page.get_by_role("link", name="Page de l'élu").click()
    verifier(page)
    illustrer(page, "pilotage_elu", hauteur=1000)
    chemin = tmp_path / "elu.pdf"
    page.pdf(path=str(chemin), prefer_css_page_size=True, print_background=True)
    lu = PdfReader(str(chemin))
    assert len(lu.pages) == 1
    boite = lu.pages[0].mediabox
    assert (round(boite.width), round(boite.height)) == A4
    imprime = re.sub(r"\s+", " ", lu.pages[0].extract_text())
    for dit in ("En bref", "Ce qui presse", "693 751,32", "Imprimer"):
        assert (dit in imprime) is (dit != "Imprimer"), dit


def test_deux_annees_se_comparent_au_meme_temps(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.goto("/pilotage/comparer/")
    expect(page.get_by_role("main")).to_contain_text("le même temps de chaque année")
    verifier(page)
    illustrer(page, "pilotage_comparer", hauteur=800)
    page.get_by_role("link", name="Deux Départements").click()
    verifier(page)
