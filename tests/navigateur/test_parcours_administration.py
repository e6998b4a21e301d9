"""L'administratrice : habiliter, prouver le journal, lire les paramètres ; et son compte."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]


def _menu(page: Any, nom: str) -> None:
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=nom).click()


def test_donner_une_habilitation(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.administrateur")
    _menu(page, "Agents")
    illustrer(page, "administration_agents", hauteur=720)
    page.get_by_role("link", name="Boyer Agathe").click()
    tableau = page.get_by_role("table", name="Habilitations")
    avant = tableau.get_by_role("row").count()

    page.get_by_label("Fonction").select_option(label="Référent")
    page.get_by_label("Compartiment").select_option(label="Insertion")
    page.get_by_label("Territoire").select_option(label=_secteur(page, "Jeune Loire"))
    page.get_by_role("button", name="Donner").click()
    expect(page.get_by_role("status")).to_contain_text("Habilitation donnée : Référent")
    expect(tableau.get_by_role("row")).to_have_count(avant + 1)
    donnee = tableau.get_by_role("row").filter(has_text="Jeune Loire").filter(has_text="depuis le")
    expect(donnee).to_have_count(1)
    illustrer(page, "administration_habilitation", hauteur=760)

    _menu(page, "Journal")
    expect(page.get_by_role("table", name=re.compile("^Lignes"))).to_contain_text(
        "Habilitation donnée"
    )


def _secteur(page: Any, nom: str) -> str:
    options = page.get_by_label("Territoire").get_by_role("option").all_inner_texts()
    trouve: str = next(o for o in options if nom in o)
    return trouve


def test_une_habilitation_deja_detenue_ne_se_donne_pas_deux_fois(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.administrateur")
    _menu(page, "Agents")
    page.get_by_role("link", name="Sabatier Hugo").click()
    page.get_by_label("Fonction").select_option(label="Pilote")
    page.get_by_label("Compartiment").select_option(label="Insertion")
    page.get_by_label("Territoire").select_option(label=_secteur(page, "Haute-Loire"))
    page.get_by_role("button", name="Donner").click()
    expect(page.get_by_role("alert")).to_contain_text("détient déjà cette habilitation")


def test_le_journal_se_verifie(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.administrateur")
    _menu(page, "Journal")
    page.get_by_role("button", name="Vérifier tout le journal").click()
    expect(page.get_by_role("status")).to_contain_text("Le journal est intact")
    illustrer(page, "administration_journal", hauteur=760)


def test_les_parametres_disent_leur_source(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.administrateur")
    page.get_by_role("contentinfo").get_by_role("link", name="Paramètres datés").click()
    expect(page.get_by_role("heading", name="Paramètres datés", level=1)).to_be_visible()
    ligne = page.get_by_role("row").filter(has_text="orientation_rsa.delai_loi_2_mois")
    expect(ligne).to_contain_text("2 mois")
    expect(ligne).to_contain_text("R262-65-2")
    illustrer(page, "administration_parametres", hauteur=640)


def test_la_double_authentification_souvre_du_menu_du_compte(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.administrateur")
    page.locator("summary", has_text="mon compte").click()
    page.get_by_role("link", name="Double authentification").click()
    expect(page).to_have_title(re.compile("authentification", re.IGNORECASE))
    page.get_by_role("link", name=re.compile("Activer", re.IGNORECASE)).first.click()
    expect(page.get_by_label("Code de l'authentificateur")).to_be_visible()
    # Le code à scanner est une image en données : la politique de contenu doit la laisser paraître.
    assert page.locator("main img").first.evaluate("image => image.naturalWidth") > 0


def test_se_deconnecter(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    page.locator("summary", has_text="mon compte").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Se connecter", level=1)).to_be_visible()
    page.goto("/")
    expect(page).to_have_url(re.compile("/compte/login/"))


def test_la_page_de_connexion_sert_le_guide(ouvrir: Ouvrir) -> None:
    page = ouvrir()
    expect(page.get_by_role("heading", name="Se connecter", level=1)).to_be_visible()
    expect(page.get_by_label("Identifiant")).to_be_visible()
    illustrer(page, "connexion", hauteur=820)
