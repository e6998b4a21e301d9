"""Le budget du RSA : ce qui est voté, dépensé, ce qui manquera ; l'acompte, dossier par dossier."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.controles import verifier
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]


def _texte(page: Any) -> str:
    return re.sub(r"[\s\u202f\xa0]+", " ", page.get_by_role("main").inner_text())


def _euros(texte: str) -> Decimal:
    return Decimal(re.sub(r"[^\d,−-]", "", texte).replace("−", "-").replace(",", "."))


def test_le_budget_montre_les_votes_publies_et_ce_qui_manquera(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.get_by_role("link", name="Suivi du RSA").click()
    page.get_by_role("navigation", name="Le RSA").get_by_role("link", name="Budget").click()
    lu = _texte(page)
    for dit in ("19 300 000", "800 000", "600 000", "20 700 000", "2 800", "3 100"):
        assert dit in lu, dit
    # Chaque dessin a sa table.
    assert page.locator("main svg[role='img']").count() >= 1
    assert page.locator("main details.donnees table, main figure table").count() >= 1
    verifier(page)
    illustrer(page, "rsa_budget", hauteur=900)
    page.get_by_role("navigation", name="Le RSA").get_by_role("link", name="Prévision").click()
    expect(page.get_by_role("main")).to_contain_text("essayée à rebours")
    verifier(page)
    illustrer(page, "rsa_prevision", hauteur=900)


def test_un_historique_repond_ligne_a_ligne(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote", javascript=False)
    page.goto("/rsa/historique/")
    lignes = (
        "mois;foyers;bénéficiaires;dépense",
        "2016-01;2 301;4 410;1 190 233,50",
        "2016-02;2 310;4 421;1 194 000,00",
        "2016-13;2 310;4 421;1 194 000,00",
        "2016-03;;4 430;douze",
    )
    page.locator("input[type=file]").set_input_files(
        {
            "name": "historique_nav.csv",
            "mimeType": "text/csv",
            "buffer": "\n".join(lignes).encode(),
        }
    )
    page.get_by_role("button", name="Importer").click()
    principal = page.get_by_role("main")
    expect(principal).to_contain_text("historique_nav.csv")
    assert "4 lignes = 2 retenues" in _texte(page)
    assert "2 rejetées" in _texte(page)
    expect(page.locator("#lignes tbody tr")).to_have_count(2)


def test_la_demande_dacompte_se_rapproche_au_centime(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    page.goto("/rsa/acomptes/")
    verifier(page)
    page.locator("#demandes tbody tr").first.get_by_role("link").click()
    verifier(page)
    illustrer(page, "rsa_acompte", hauteur=800)
    sortes = page.locator("#sortes tbody tr td:last-child").all_inner_texts()
    ecart = _euros(page.locator("#sortes tfoot td").last.inner_text())
    assert sum((_euros(s) for s in sortes), start=Decimal(0)) == ecart
    demande, connu = (_euros(page.locator(".cle__valeur").nth(n).inner_text()) for n in (0, 1))
    assert demande - connu == ecart
    page.locator("#sortes tbody tr").first.get_by_role("link").click()
    expect(page.locator("main h1")).to_contain_text("Acompte")


def test_le_pilote_ne_lit_pas_lacompte_nominatif(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    assert page.goto("/rsa/acomptes/").status == 403
