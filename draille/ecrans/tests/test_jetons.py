"""Chaque encre se lit sur son fond, dans les deux thèmes : contraste WCAG lu dans le CSS."""

import re
from itertools import product
from pathlib import Path

import pytest

STATIQUE = Path(__file__).parents[1] / "static" / "ecrans"
CSS = (STATIQUE / "jetons.css").read_text(encoding="utf-8")
_SOMBRE = CSS.index("@media screen and (prefers-color-scheme: dark)")
_BOOTSTRAP = CSS.index("/* Bootstrap lit nos jetons")


def _jetons(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;", css))


CLAIR = _jetons(CSS[:_SOMBRE])
SOMBRE = CLAIR | _jetons(CSS[_SOMBRE:_BOOTSTRAP])
THEMES = {"clair": CLAIR, "sombre": SOMBRE}
FONDS_DE_PAGE = ("papier-fond", "carte-fond", "creux-fond")


def _luminance(couleur: str) -> float:
    canaux = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lineaires = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux]
    return 0.2126 * lineaires[0] + 0.7152 * lineaires[1] + 0.0722 * lineaires[2]


def contraste(a: str, b: str) -> float:
    clair, sombre = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (clair + 0.05) / (sombre + 0.05)


def _paires_de_texte() -> list[tuple[str, str]]:
    tons = [nom.removesuffix("-fond") for nom in CLAIR if nom.endswith("-fond")]
    paires = [(f"{ton}-encre", f"{ton}-fond") for ton in tons]
    paires += list(product(("lien", "lien-survol", "encre-douce", "papier-encre"), FONDS_DE_PAGE))
    paires += [("entete-douce", "entete-fond"), ("tuile-encre", "carte-fond")]
    return paires


def test_le_calcul_du_contraste_est_celui_de_la_norme():
    assert contraste("#000000", "#ffffff") == pytest.approx(21)
    assert contraste("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_chaque_fond_a_son_encre_et_les_deux_themes_les_memes_jetons():
    fonds = {n.removesuffix("-fond") for n in CLAIR if n.endswith("-fond")}
    assert len(fonds) >= 12
    assert {f"{f}-encre" for f in fonds} <= CLAIR.keys()
    assert SOMBRE.keys() == CLAIR.keys()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("encre", "fond"), _paires_de_texte())
def test_le_texte_contraste_d_au_moins_4_5(theme, encre, fond):
    jetons = THEMES[theme]
    assert contraste(jetons[encre], jetons[fond]) >= 4.5, f"{encre} sur {fond}, thème {theme}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("trait", ["trait-fort", "cible", "serie-1", "serie-2", "serie-3",
                                   "serie-4", "serie-5", "serie-6"])  # fmt: skip
def test_les_contours_et_les_series_contrastent_d_au_moins_3(theme, trait):
    jetons = THEMES[theme]
    assert contraste(jetons[trait], jetons["carte-fond"]) >= 3


def test_les_feuilles_ne_connaissent_que_les_jetons_declares():
    utilises = set()
    for nom in ("ecrans.css", "composants.css", "impression.css"):
        utilises |= set(re.findall(r"var\(--([\w-]+)", (STATIQUE / nom).read_text("utf-8")))
    declares = set(re.findall(r"--([\w-]+):", CSS))
    assert utilises <= declares
