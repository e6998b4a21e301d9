"""Chaque page que chaque rôle peut atteindre : axe sans faute, deux largeurs, la bande fictive.

`DRAILLE_CAPTURES=1` garde une image de chaque page (`var/captures`), pour les regarder.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.navigateur.conftest import CAPTURES, LARGEURS
from tests.navigateur.controles import deborde, violations

pytestmark = pytest.mark.navigateur

ROLES = [
    "demo.accueil",
    "demo.social",
    "demo.partenaire",
    "demo.orientation",
    "demo.orientation.secteur",
    "demo.referent",
    "demo.cadre",
    "demo.pilote",
    "demo.administrateur",
]
# Un jour sans accueil ne mène à aucun, et une seule ligne de la convention s'examine : celle-ci.
DEPARTS = {"demo.accueil": ["/accueils/?debut=2020-10-01", "/convention/lignes/accueil_social/"]}
# Ce qui manquerait ici ne serait pas examiné : les pages neuves s'atteignent, d'un lien à l'autre.
ATTENDUES = {
    "demo.accueil": {
        *("accueil_nouveau", "accueils", "accueil", "accueils_chiffres"),
        *("annuaire", "annuaire_point", "annuaire_a_confirmer"),
        *("couverture", "couverture_implanter", "couverture_fermeture"),
        *("orientations_suivies", "orientation_suivie", "partenaires", "partenaire"),
        *("consentements", "orienter_personne"),
    },
    "demo.social": {"annuaire_importer", "annuaire_nouveau", "annuaire_modifier"},
    "demo.pilote": {
        *("convention:vie", "convention:objectifs", "convention:comparer_dates"),
        *("convention:avenant", "convention:textes_cadres", "convention:echeance_fixer"),
        *("convention:argent", "convention:pieces", "convention:comptes"),
        *("convention:comptes_importer", "convention:comptes_import", "convention:comptes_ligne"),
        *("convention:rapports", "convention:rapport", "convention:pilotage", "convention:elu"),
        *("convention:comparer", "convention:comparer_departements"),
        *("convention:pilotage_actes", "convention:pilotage_retards"),
        *("formations", "formation", "formation_catalogue", "formation_programmer"),
        *("formation_chiffres", "formation_suivies", "formation_emarger", "formations_miennes"),
        *("rsa_budget", "rsa_prevision", "rsa_historique", "rsa_voter", "rsa_mandater"),
        *("schema", "pdi"),
    },
    "demo.partenaire": {"journee", "partenaire_recues", "partenaire_orientation"},
    "demo.cadre": {
        *("rapprochements", "rapprochement", "rapprochement_fusions", "partenaire_acces"),
        *("rsa_acomptes", "rsa_acompte", "formation_programmer"),
    },
}
ROLES_PAR_VUE = 2
EXAMINEES: Counter[str] = Counter()
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


def _controler(page: Any, chemin: str, *, avec_axe: bool = True) -> Iterator[str]:
    if avec_axe:
        yield from (f"{chemin} : axe {v}" for v in violations(page))
    if BANDE not in page.inner_text("body"):
        yield f"{chemin} : la bande de démonstration manque"
    if deborde(page):
        yield f"{chemin} : la page déborde à {page.viewport_size['width']} px"


def _ouvrir(page: Any, chemin: str) -> Any:
    """La réponse d'une page HTML ; rien si c'est un téléchargement."""
    try:
        reponse = page.goto(chemin)
    except Exception as erreur:
        if "Download is starting" in str(erreur):
            return None
        raise
    if reponse is None or "text/html" not in reponse.headers.get("content-type", ""):
        return None
    return reponse


def _visiter(large: Any, etroit: Any, role: str) -> tuple[list[str], list[str]]:
    """Suit tous les liens, une page par vue et par rôle ; examine chaque vue pour deux rôles.

    L'accueil et les pages de la connexion sont examinés pour tous ; pour le second rôle, axe ne
    relit que la grande largeur. Rend les chemins et les fautes.
    """
    fautes: list[str] = []
    chemins: list[str] = []
    vues: set[str] = set()
    departs = ["/", *DEPARTS.get(role, [])]
    file, connus = deque(departs), set(departs)
    while file:
        chemin = file.popleft()
        vue = _vue(urlsplit(chemin).path)
        if not vue or vue in vues:
            continue
        reponse = _ouvrir(large, chemin)
        if reponse is None:
            continue
        vues.add(vue)
        chemins.append(chemin)
        if reponse.status != 200:
            fautes.append(f"{chemin} répond {reponse.status}")
            continue
        for adresse in _adresses(large):
            if adresse not in connus and "logout" not in adresse:
                connus.add(adresse)
                file.append(adresse)
        if EXAMINEES[vue] < ROLES_PAR_VUE or chemin == "/":
            EXAMINEES[vue] += 1
            fautes.extend(_controler(large, chemin))
            _capturer(large, role, "large", chemin)
            if _ouvrir(etroit, chemin) is not None:
                est_premier = EXAMINEES[vue] == 1
                fautes.extend(_controler(etroit, chemin, avec_axe=est_premier))
                _capturer(etroit, role, "etroit", chemin)
    return chemins, fautes


@pytest.mark.parametrize("role", ROLES)
def test_axe_ne_trouve_rien_et_rien_ne_deborde(ouvrir: Callable[..., Any], role: str) -> None:
    large = ouvrir(role, largeur=LARGEURS["large"])
    erreurs: list[str] = []
    large.on("pageerror", lambda e: erreurs.append(str(e)))
    etroit = ouvrir(role, largeur=LARGEURS["etroit"])
    chemins, fautes = _visiter(large, etroit, role)
    assert len(chemins) >= 8, chemins
    vues = {_vue(urlsplit(chemin).path) for chemin in chemins}
    assert ATTENDUES.get(role, set()) <= vues, ATTENDUES[role] - vues
    assert not fautes, "\n".join(fautes)
    assert erreurs == []


def _capturer(page: Any, role: str, largeur: str, chemin: str) -> None:
    if os.environ.get("DRAILLE_CAPTURES") != "1":
        return
    nom = chemin.strip("/").replace("/", "_").replace("?", "__").replace("&", "_")[:80] or "accueil"
    cible = CAPTURES / largeur / f"{role}__{nom}.png"
    cible.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(cible), full_page=True)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_la_page_de_connexion(ouvrir: Callable[..., Any], largeur: str) -> None:
    page = ouvrir(largeur=LARGEURS[largeur])
    _capturer(page, "visiteur", largeur, "/connexion")
    assert list(_controler(page, "/compte/login/")) == []
