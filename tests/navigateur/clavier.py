"""Aller d'un élément à l'autre au clavier, comme quelqu'un qui n'a pas de souris."""

import re
from typing import Any

PAS_AU_PLUS = 120
SEGMENTES = ("input:date", "input:time")
FOYER = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return {nom: "", role: "", visible: true};
  const etiquettes = e.labels ? [...e.labels].map(l => l.innerText).join(" ") : "";
  const forme = getComputedStyle(e);
  const proche = e.closest("label, .recherche, td, fieldset div") || e;
  const autour = getComputedStyle(proche);
  const anneau = s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0)
    || s.boxShadow !== "none";
  return {
    nom: (e.getAttribute("aria-label") || etiquettes || e.innerText || e.value || "")
      .replace(/\\s+/g, " ").trim(),
    role: e.tagName.toLowerCase() + (e.type ? ":" + e.type : ""),
    visible: anneau(forme) || anneau(autour),
  };
}"""


def aller_a(page: Any, motif: str, *, touche: str = "Tab", pas: int = PAS_AU_PLUS) -> None:
    """Avance au clavier jusqu'à l'élément nommé ; chaque arrêt doit se voir.

    `motif` : expression rationnelle du nom accessible ; `pas` : arrêts permis avant d'échouer.
    """
    passes: list[str] = [page.evaluate(FOYER)["nom"]]
    for _ in range(pas):
        page.keyboard.press(touche)
        foyer = page.evaluate(FOYER)
        # Une date ou une heure compte plusieurs arrêts : le navigateur les dessine lui-même.
        meme_champ = foyer["role"] in SEGMENTES and foyer["nom"] == passes[-1]
        assert foyer["visible"] or meme_champ, f"rien ne montre où l'on est : {foyer}"
        passes.append(foyer["nom"])
        if re.search(motif, foyer["nom"]):
            return
    raise AssertionError(f"« {motif} » ne s'atteint pas au clavier : {passes}")
