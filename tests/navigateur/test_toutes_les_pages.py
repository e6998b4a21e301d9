"""Chaque page que chaque rôle peut atteindre : axe sans faute, deux largeurs, la bande fictive."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.navigateur.conftest import CAPTURES, LARGEURS

pytestmark = pytest.mark.navigateur

ROLES = [
    "demo.accueil",
    "demo.orientation",
    "demo.orientation.secteur",
    "demo.referent",
    "demo.cadre",
    "demo.pilote",
    "demo.administrateur",
]
EXEMPLAIRES = 2
BANDE = "Démonstration : personnes fictives, au 31 octobre 2020"


def _vue(chemin: str) -> str:
    try:
        return resolve(chemin).view_name
    except Resolver404:
        return ""


def _adresses(page: Any) -> Iterator[str]:
    for adresse in page.eval_on_selector_all("a[href]", "liens => liens.map(a => a.href)"):
        morceaux = urlsplit(adresse)
        if morceaux.netloc == urlsplit(page.url).netloc:
            yield morceaux.path + (f"?{morceaux.query}" if morceaux.query else "")


def _violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    resultat = Axe().run(page).response
    return [f"{v['id']} : {v['nodes'][0]['html'][:160]}" for v in resultat["violations"]]


def _examiner(page: Any, chemin: str, fautes: list[str]) -> None:
    reponse = page.goto(chemin)
    if reponse is None or "text/html" not in reponse.headers.get("content-type", ""):
        return
    if reponse.status != 200:
        fautes.append(f"{chemin} répond {reponse.status}")
        return
    fautes.extend(f"{chemin} : axe {v}" for v in _violations(page))
    if BANDE not in page.inner_text("body"):
        fautes.append(f"{chemin} : la bande de démonstration manque")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        fautes.append(f"{chemin} : la page déborde à {page.viewport_size['width']} px")


def _parcourir(page: Any) -> list[str]:
    """Les chemins atteints, au plus deux par vue : la page elle-même et une de ses variantes."""
    vus: dict[str, list[str]] = {}
    file = deque(["/"])
    connus = {"/"}
    while file:
        chemin = file.popleft()
        vue = _vue(urlsplit(chemin).path)
        if not vue or len(vus.setdefault(vue, [])) >= EXEMPLAIRES:
            continue
        try:
            reponse = page.goto(chemin)
        except Exception:  # un téléchargement n'est pas une page
            continue
        vus[vue].append(chemin)
        if reponse is None or "text/html" not in reponse.headers.get("content-type", ""):
            continue
        for adresse in _adresses(page):
            if adresse not in connus and "logout" not in adresse:
                connus.add(adresse)
                file.append(adresse)
    return [c for chemins in vus.values() for c in chemins]


@pytest.mark.parametrize("role", ROLES)
def test_axe_ne_trouve_rien_et_rien_ne_deborde(ouvrir: Callable[..., Any], role: str) -> None:
    large = ouvrir(role, largeur=LARGEURS["large"])
    erreurs: list[str] = []
    large.on("pageerror", lambda e: erreurs.append(str(e)))
    chemins = _parcourir(large)
    etroit = ouvrir(role, largeur=LARGEURS["etroit"])
    fautes: list[str] = []
    for nom, page in (("large", large), ("etroit", etroit)):
        for chemin in chemins:
            try:
                _examiner(page, chemin, fautes)
            except Exception as erreur:
                if "Download is starting" not in str(erreur):
                    raise
                continue
            _capturer(page, role, nom, chemin)
    assert len(chemins) >= 4, chemins
    assert fautes == []
    assert erreurs == []


def _capturer(page: Any, role: str, largeur: str, chemin: str) -> None:
    nom = chemin.strip("/").replace("/", "_").replace("?", "__").replace("&", "_")[:80] or "accueil"
    cible = CAPTURES / largeur / f"{role}__{nom}.png"
    cible.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(cible), full_page=True)


@pytest.mark.parametrize("largeur", [1280, 390])
def test_la_page_de_connexion(ouvrir: Callable[..., Any], largeur: int) -> None:
    page = ouvrir(largeur=largeur)
    fautes: list[str] = []
    _examiner(page, "/compte/login/", fautes)
    _capturer(page, "visiteur", "large" if largeur > 500 else "etroit", "/connexion")
    assert fautes == []
