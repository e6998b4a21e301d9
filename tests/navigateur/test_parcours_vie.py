"""La vie d'une convention : ses échéances, ses objectifs, un avenant, et hier qui ne bouge pas.

L'avenant change ce que la page de la convention montre : il se joue après les autres parcours.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.clavier import aller_a
from tests.navigateur.controles import verifier
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
CODE = "convention_pauvrete_2019_2021"
VIE = f"/convention/vie/{CODE}/"
HIER = "2020-10-30"


def _lire(page: Any, adresse: str) -> str:
    page.goto(adresse)
    return str(page.get_by_role("main").inner_text())


def test_la_vie_de_la_convention_se_lit(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.goto("/convention/")
    verifier(page)
    page.get_by_role("link", name=re.compile("^Échéances et actions")).first.click()
    principal = page.get_by_role("main")
    for dit in ("Garage Solidaire", "comité mobilité", "Rapport d'exécution de 2020"):
        expect(principal).to_contain_text(dit)
    verifier(page)
    illustrer(page, "vie_page", hauteur=900)
    page.get_by_role("link", name=re.compile("^Objectifs")).first.click()
    expect(principal).to_contain_text("jamais zéro")
    verifier(page)
    illustrer(page, "vie_objectifs", hauteur=900)


def test_une_echeance_se_fixe_au_clavier_puis_se_tient(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.goto(f"{VIE}echeances/fixer/")
    verifier(page)
    aller_a(page, "^Ce qui est dû$")
    page.keyboard.type("Envoi")
    aller_a(page, "^Année concernée$")
    page.keyboard.type("2020")
    aller_a(page, "^Libellé$")
    page.keyboard.type("Point d'étape au préfet")
    aller_a(page, "^Dernier jour à temps$")
    page.keyboard.type("12152020")
    aller_a(page, "^D'où vient cette date$")
    page.keyboard.type("Lettre du préfet du 20 octobre 2020.")
    aller_a(page, "^Fixer l'échéance$")
    page.keyboard.press("Enter")
    rangee = page.locator("#echeances tbody tr").filter(has_text="Point d'étape au préfet")
    expect(rangee).to_contain_text("15/12/2020")
    rangee.get_by_role("link", name=re.compile("^Tenue")).click()
    page.get_by_label("La pièce qui le montre").fill("Courriel du 30 octobre")
    page.get_by_role("button", name="C'est tenu").click()
    expect(rangee).to_contain_text("Courriel du 30 octobre")


def test_deux_sources_se_lisent_cote_a_cote(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    for source, valeur in (("snds", "120"), ("interne", "95")):
        page.goto(f"{VIE}valeurs/saisir/?cible=autonomie_jeunes/suivi_16_18_ans")
        page.get_by_label("Source").select_option(source)
        page.get_by_label("Année", exact=True).fill("2020")
        page.get_by_label("Valeur", exact=True).fill(valeur)
        page.get_by_label("D'où elle vient").fill(f"Relevé {source}")
        page.get_by_role("button", name="Saisir la valeur").click()
    carte = page.locator("#cible-suivi_16_18_ans")
    for dit in ("120", "95", "Relevé snds", "Relevé interne"):
        expect(carte).to_contain_text(dit)


def _saisir_avenant(page: Any) -> None:
    """Une ligne de plus, un montant changé, une échéance déplacée."""
    page.get_by_label("Signé le").fill("2020-10-31")
    page.get_by_label("Référence de la délibération").fill("CD-2020-99")
    page.get_by_label("Délibérée le").fill("2020-10-26")
    page.get_by_label("Ce que dit l'avenant").fill("L'avenant ajoute le prêt de vélos.")
    page.get_by_label(re.compile("^Formation.* : nouveau montant")).fill("25 000")
    ajoutee = page.locator("details").filter(has_text="Ligne ajoutée 1")
    ajoutee.get_by_label("Libellé de la ligne").fill("Vélos en prêt")
    ajoutee.get_by_label("Nature").select_option("departementale")
    ajoutee.get_by_label("Montant, en euros").fill("12 000,50")
    page.get_by_label(re.compile("^Rapport d'exécution de 2020 : nouvelle date")).fill("2021-06-30")


def test_un_avenant_se_saisit_sans_javascript_et_hier_ne_bouge_pas(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote", javascript=False)
    hier = {a: _lire(page, f"{a}?le={HIER}") for a in ("/convention/", VIE)}
    page.goto(f"{VIE}avenant/")
    page.get_by_role("button", name="Relire avant de signer").click()
    expect(page.get_by_role("alert")).to_contain_text("à corriger")
    _saisir_avenant(page)
    page.get_by_role("button", name="Relire avant de signer").click()
    principal = page.get_by_role("main")
    expect(page.get_by_role("heading", level=1)).to_have_text("Relire avant de signer")
    for dit in ("Vélos en prêt", "30 juin 2021", "CD-2020-99"):
        expect(principal).to_contain_text(dit)
    page.get_by_role("button", name="Inscrire l'avenant signé").click()
    expect(principal).to_contain_text("Rien de ce qui précède ne change")
    compare = page.locator("#lignes-comparees")
    expect(compare.get_by_role("row").filter(has_text="Vélos en prêt")).to_contain_text("absente")
    expect(compare.get_by_role("row").filter(has_text="25")).to_have_count(1)
    echeances = page.locator("#echeances-comparees tbody tr")
    expect(echeances.filter(has_text="Rapport d'exécution de 2020")).to_contain_text("30/06/2021")
    for adresse, lu in hier.items():
        assert _lire(page, f"{adresse}?le={HIER}") == lu, adresse
    assert "Vélos en prêt" in _lire(page, "/convention/")


def test_les_pages_de_lavenant_se_voient_bien(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.goto(f"{VIE}avenant/")
    verifier(page)
    illustrer(page, "vie_avenant", hauteur=900)
    page.goto(f"{VIE}comparer/?le=2020-10-22&avec=2020-10-31")
    verifier(page)
    illustrer(page, "vie_comparer", hauteur=900)
    page.goto("/convention/textes-cadres/")
    verifier(page)
    illustrer(page, "vie_textes_cadres", hauteur=640)
