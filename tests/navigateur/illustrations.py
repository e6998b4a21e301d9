"""Les images du guide, prises par les essais : `DRAILLE_GUIDE=1` les refait, sinon rien ne s'écrit.

Le guide et les essais ne peuvent donc pas se contredire : une image montre ce qu'un essai a fait.
"""

import os
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "guide" / "images"
LARGEUR = 1280
HAUTEUR_AU_PLUS = 900


def illustrer(
    page: Any, nom: str, *, depuis: Any = None, hauteur: int = 640, marge: int = 16
) -> None:
    """Écrit `docs/guide/images/<nom>.png`, large de 1280 px, coupée à ce qui compte.

    `depuis` : l'élément en haut de l'image (sans lui, le haut de la page) ; `hauteur` en pixels.
    """
    if os.environ.get("DRAILLE_GUIDE") != "1":
        return
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.activeElement && document.activeElement.blur()")
    haut, entiere = 0.0, float(page.evaluate("document.documentElement.scrollHeight"))
    if depuis is not None:
        boite = depuis.bounding_box()
        assert boite is not None, f"{nom} : rien à montrer"
        haut = max(0.0, boite["y"] + float(page.evaluate("window.scrollY")) - marge)
    page.screenshot(
        path=str(IMAGES / f"{nom}.png"),
        full_page=True,
        clip={
            "x": 0,
            "y": haut,
            "width": LARGEUR,
            "height": min(hauteur, HAUTEUR_AU_PLUS, max(entiere - haut, 1)),
        },
    )
