"""Les images du guide, prises par les essais : `DRAILLE_GUIDE=1` les refait, sinon rien ne s'écrit.

Le guide et les essais ne peuvent donc pas se contredire : une image montre ce qu'un essai a fait.
"""

import os
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "guide" / "images"
LARGEUR = 1280
MARGE = 16
# Chromium sans paquet de langue écrit les dates à l'américaine ; un poste français, jour d'abord.
DATES_FRANCAISES = """() => document.querySelectorAll("input[type=date]").forEach(champ => {
  champ.dataset.jour = champ.value;
  champ.type = "text";
  champ.value = champ.dataset.jour.split("-").reverse().join("/");
  champ.placeholder = "jj/mm/aaaa";
})"""
DATES_RENDUES = """() => document.querySelectorAll("input[data-jour]").forEach(champ => {
  champ.type = "date";
  champ.value = champ.dataset.jour;
})"""
BOITE = """e => {
  const b = e.getBoundingClientRect();
  return {x: b.x + window.scrollX, y: b.y + window.scrollY, width: b.width, height: b.height};
}"""


def illustrer(
    page: Any, nom: str, *, depuis: Any = None, hauteur: int = 640, seul: bool = False
) -> None:
    """Écrit `docs/guide/images/<nom>.png`, coupée à ce qui compte ; la page en sort inchangée.

    `depuis` : l'élément en haut de l'image (sans lui, le haut de la page) ; `hauteur` en pixels.
    `seul` : l'image se borne à cet élément, sinon elle a toute la largeur.
    """
    if os.environ.get("DRAILLE_GUIDE") != "1":
        return
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.evaluate(DATES_FRANCAISES)
    page.screenshot(
        path=str(IMAGES / f"{nom}.png"),
        full_page=True,
        clip=_cadre(page, depuis, hauteur, seul),
    )
    page.evaluate(DATES_RENDUES)


def _cadre(page: Any, depuis: Any, hauteur: int, seul: bool) -> dict[str, float]:
    """Le rectangle à prendre, en pixels de la page entière."""
    entiere = float(page.evaluate("document.documentElement.scrollHeight"))
    if depuis is None:
        return {"x": 0, "y": 0, "width": LARGEUR, "height": min(hauteur, entiere)}
    # D'un seul coup : entre deux questions, une ancre aurait le temps de faire défiler la page.
    boite = depuis.evaluate(BOITE)
    assert boite["height"] > 0, "rien à montrer"
    haut = max(0.0, boite["y"] - MARGE)
    if seul:
        return {
            "x": max(0.0, boite["x"] - MARGE),
            "y": haut,
            "width": boite["width"] + 2 * MARGE,
            "height": boite["height"] + 2 * MARGE,
        }
    return {"x": 0, "y": haut, "width": LARGEUR, "height": min(hauteur, entiere - haut)}
