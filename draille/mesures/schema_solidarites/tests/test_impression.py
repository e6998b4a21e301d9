"""L'arbre imprimé : une ou deux feuilles A4, sans sa table ; sur un téléphone, une liste."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.staticfiles import finders

from draille.mesures.schema_solidarites.tests import fabrique
from draille.socle.acces import Role

pytestmark = pytest.mark.navigateur
NAVIGATEURS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def page(inscrit, connecter, commune, systeme) -> Iterator:
    """La page du schéma, lue par le pilote, dans un vrai navigateur."""
    chemin = next(filter(None, map(shutil.which, NAVIGATEURS)), None)
    if chemin is None and os.environ.get("DRAILLE_EXIGER_NAVIGATEUR") == "1":
        pytest.fail("Chromium manque : il doit être installé ici.")
    if chemin is None:
        pytest.skip("Chromium absent : l'impression n'est pas essayée")
    from playwright.sync_api import Route, sync_playwright

    fabrique.entrant(commune=commune, par=systeme, le=date(2021, 3, 1))
    html = connecter(Role.PILOTE).get("/schema/").content.decode()

    def repondre(route: Route) -> None:
        _, _, nom = route.request.url.partition("/static/")
        trouve = finders.find(nom) if nom else None
        if trouve:
            route.fulfill(path=trouve)
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    with sync_playwright() as moteur:
        navigateur = moteur.chromium.launch(executable_path=chemin, args=["--no-sandbox"])
        ouverte = navigateur.new_page(viewport={"width": 1280, "height": 900})
        ouverte.route("**/*", repondre)
        ouverte.goto("http://draille.test/schema/")
        yield ouverte
        navigateur.close()


def test_l_arbre_tient_sur_deux_feuilles_et_dans_toutes_les_largeurs(page):
    feuilles = page.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page[^s]", feuilles)) <= 2
    page.emulate_media(media="print")
    assert not page.locator(".arbre__donnees").is_visible()
    assert page.locator(".arbre__action").count() == 16
    page.emulate_media(media="screen")
    for largeur in (1280, 390):
        page.set_viewport_size({"width": largeur, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur
    # Étroit, l'appui est sous son action ; large, à côté d'elle.
    colonnes = "getComputedStyle(document.querySelector('.arbre__action')).display"
    assert page.evaluate(colonnes) == "list-item"
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate(colonnes) == "grid"
