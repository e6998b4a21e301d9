"""Décider sans JavaScript, et tout faire au clavier : personne n'est laissé dehors."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
PAS_AU_PLUS = 120
NOM_DU_FOYER_CLAVIER = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return {nom: "", role: "", visible: true};
  const etiquettes = e.labels ? [...e.labels].map(l => l.innerText).join(" ") : "";
  const forme = getComputedStyle(e);
  const proche = e.closest("label, .recherche, td, fieldset div") || e;
  const autour = getComputedStyle(proche);
  const anneau = s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0)
    || s.boxShadow !== "none";
  return {
    nom: (e.getAttribute("aria-label") || etiquettes || e.innerText || e.value || "").trim(),
    role: e.tagName.toLowerCase() + (e.type ? ":" + e.type : ""),
    visible: anneau(forme) || anneau(autour),
  };
}"""


def _aller_a(page: Any, motif: str, *, touche: str = "Tab") -> None:
    """Avance au clavier jusqu'à l'élément nommé ; chaque arrêt doit se voir."""
    passes: list[str] = [""]
    for _ in range(PAS_AU_PLUS):
        page.keyboard.press(touche)
        foyer = page.evaluate(NOM_DU_FOYER_CLAVIER)
        # Une date compte plusieurs arrêts dans un même champ : le navigateur les dessine lui-même.
        meme_champ = foyer["role"] == "input:date" and foyer["nom"] == passes[-1]
        assert foyer["visible"] or meme_champ, f"rien ne montre où l'on est : {foyer}"
        passes.append(foyer["nom"])
        if re.search(motif, foyer["nom"]):
            return
    raise AssertionError(f"« {motif} » ne s'atteint pas au clavier : {passes}")


def _personne_a_orienter(page: Any) -> str:
    """Le nom, unique dans la liste, d'une personne dont la décision attend."""
    page.goto("/orientation/?statut=a_orienter")
    noms: list[str] = [n.strip() for n in page.locator("#entrants tbody th").all_inner_texts()]
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
    _aller_a(page, "Paul Vidal")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ma journée", level=1)).to_be_visible()

    page.keyboard.press("Tab")
    assert page.evaluate(NOM_DU_FOYER_CLAVIER)["nom"] == "Aller au contenu"
    _aller_a(page, "Chercher une personne")
    page.keyboard.type(nom.lower())
    page.keyboard.press("Enter")
    expect(page.locator("#resultats")).to_contain_text(nom)
    _aller_a(page, f"^{re.escape(nom)}$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)

    _aller_a(page, "^Ouvrir l'orientation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Décider de l'orientation")).to_be_visible()
    _aller_a(page, "^(Professionnel|Social)$")
    _aller_a(page, "^Conseil départemental$")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Conseil départemental")).to_be_checked()
    _aller_a(page, "^Orienter$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("La personne est orientée.")
