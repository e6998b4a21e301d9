"""Ce que toute page doit : axe sans faute, rien qui déborde, aux deux largeurs."""

from typing import Any

from tests.navigateur.conftest import LARGEURS

HAUTEUR = 900


def violations(page: Any) -> list[str]:
    """Ce qu'axe reproche à la page telle qu'elle est."""
    from axe_playwright_python.sync_playwright import Axe

    resultat = Axe().run(page).response
    return [f"{v['id']} : {v['nodes'][0]['html'][:160]}" for v in resultat["violations"]]


def deborde(page: Any) -> bool:
    """Vrai si la page est plus large que la fenêtre."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))


def verifier(page: Any) -> None:
    """Échoue si axe trouve une faute, ou si la page déborde, large ou étroite ; la laisse large."""
    assert violations(page) == [], page.url
    for largeur in reversed(LARGEURS.values()):
        page.set_viewport_size({"width": largeur, "height": HAUTEUR})
        assert not deborde(page), f"{page.url} déborde à {largeur} px"
    page.set_viewport_size({"width": LARGEURS["large"], "height": HAUTEUR})
