"""De la convocation à la présence : le message et sa preuve, venir, manquer, être reconvoqué."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
AUJOURDHUI = "2020-10-31"
VILLE = "Le Puy-en-Velay"
# Le travailleur envoie chaque minute ; une machine occupée en prend trois.
ATTENTE_S = 240


def _menu(page: Any, entree: str) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=entree).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(entree)


def _a_convoquer(page: Any, rang: int) -> str:
    """Ouvre la convocation d'une personne de la ville, la première fois ; rend son nom."""
    _menu(page, "Convocations")
    lignes = page.locator("#convocations tbody tr").filter(has_text=VILLE)
    lien = lignes.filter(has_not_text="seconde convocation").nth(rang).locator("th a")
    nom = str(lien.inner_text()).strip()
    lien.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Convoquer {nom}")
    return nom


def test_le_message_part_et_sa_preuve_est_au_dossier(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    nom = _a_convoquer(page, 0)
    page.get_by_role("button", name="Convoquer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Le rendez-vous est fixé")
    page.get_by_role("link", name="Ouvrir le dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    encart = page.locator(
        "section.carte", has=page.get_by_role("heading", name="Courriers et messages")
    )
    encart.get_by_role("link", name="Convocation au premier rendez-vous").first.click()
    principal = page.get_by_role("main")
    expect(principal).to_contain_text(nom)
    expect(principal).to_contain_text("traitement algorithmique")

    _attendre_la_remise(page)
    preuve = page.locator("section.carte", has=page.get_by_role("heading", name="La preuve"))
    for mot in ("Vers", "Préparé le", "Clé d'envoi", "Paul Vidal"):
        expect(preuve).to_contain_text(mot)
    expect(principal).to_contain_text("pris par le receveur")
    illustrer(page, "messages_preuve", hauteur=900)


def _attendre_la_remise(page: Any) -> None:
    """Recharge jusqu'à ce que le travailleur ait remis ce message au receveur."""
    fin = time.monotonic() + ATTENTE_S
    while time.monotonic() < fin:
        if page.get_by_role("main").get_by_text("pris par le receveur").count():
            return
        page.wait_for_timeout(3000)
        page.reload()
    raise AssertionError(f"le message n'est pas parti : {page.inner_text('main')}")


def test_venir_ou_manquer_et_la_seconde_convocation(ouvrir: Ouvrir) -> None:
    lieu = _ouvrir_une_seance_aujourdhui(ouvrir("demo.cadre"))
    page = ouvrir("demo.orientation")

    nom = _fixer_aujourdhui(page, lieu, rang=1)
    page.get_by_role("button", name="Enregistrer sa venue").click()
    expect(page.get_by_role("status")).to_contain_text("Le rendez-vous est honoré.")
    page.get_by_role("link", name="Ouvrir le dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    expect(_encart(page, "Rendez-vous")).to_contain_text("honoré")

    nom = _fixer_aujourdhui(page, lieu, rang=1)
    page.get_by_text("Elle n'est pas venue, sans prévenir").click()
    page.get_by_role("button", name="Enregistrer l'absence").click()
    expect(page.get_by_role("status")).to_contain_text("L'absence est enregistrée.")
    principal = page.get_by_role("main")
    expect(principal).to_contain_text("Seconde convocation à fixer")
    illustrer(page, "rendez_vous_absence", depuis=page.get_by_role("heading", level=1), hauteur=480)

    # La seconde convocation se voit à l'écran, dans le message, et au dossier.
    page.get_by_role("link", name="Choisir un créneau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Convoquer {nom}")
    expect(principal).to_contain_text(re.compile("seconde convocation", re.IGNORECASE))
    page.get_by_role("button", name="Convoquer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Le rendez-vous est fixé")
    expect(principal).to_contain_text(re.compile("seconde convocation", re.IGNORECASE))
    expect(page.locator("#messages")).to_contain_text("Nouvelle date après une absence")
    page.get_by_role("link", name="Ouvrir le dossier").click()
    expect(_encart(page, "Rendez-vous")).to_contain_text("absence non excusée")


def _encart(page: Any, titre: str) -> Any:
    return page.locator(
        "section.carte", has=page.get_by_role("heading", name=titre, exact=True, level=2)
    )


def _ouvrir_une_seance_aujourdhui(page: Any) -> str:
    """Le cadre ouvre une permanence du samedi, à plusieurs places ; rend le nom du lieu."""
    _menu(page, "Agenda")
    page.get_by_role("link", name="Lieux et plages").click()
    ligne = page.locator("#lieux tbody tr").filter(has_text=VILLE).first
    lieu = str(ligne.locator("th a").inner_text()).strip()
    ligne.locator("th a").click()
    carte = page.locator("#plage")
    carte.get_by_label("Quand").select_option(label="Un jour seulement")
    carte.get_by_label("Date").fill(AUJOURDHUI)
    carte.get_by_label("De", exact=True).fill("09:00")
    carte.get_by_label("À", exact=True).fill("12:00")
    carte.get_by_label("Places par créneau").fill("6")
    carte.get_by_label("Pour").select_option(value="orientation")
    carte.get_by_role("button", name="Ouvrir la plage").click()
    expect(page.get_by_role("status")).to_contain_text("La plage est ouverte")
    return lieu


def _fixer_aujourdhui(page: Any, lieu: str, *, rang: int) -> str:
    """Convoque une personne pour aujourd'hui même, de vive voix ; rend son nom."""
    nom = _a_convoquer(page, rang)
    groupe = page.get_by_role("group", name=lieu)
    groupe.get_by_label(re.compile("31 octobre")).first.check()
    page.get_by_label("Par quel moyen").select_option(label="De vive voix, sans message")
    page.get_by_role("button", name="Convoquer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Aucun message ne part")
    expect(page.get_by_role("main")).to_contain_text("La personne est-elle venue ?")
    return nom


def test_fermer_un_creneau_libre_puis_le_rouvrir(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    _menu(page, "Agenda")
    page.get_by_role("link", name=re.compile("^Semaine suivante")).click()
    lien = page.locator(".creneau--libre").get_by_role("link", name=re.compile("^Fermer")).first
    adresse = page.url
    dit = str(lien.get_attribute("href"))
    lien.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fermer un créneau")
    page.get_by_role("button", name="Fermer le créneau").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(adresse)
    ferme = page.locator(".creneau--ferme", has=page.locator(f"a[href='{dit}']"))
    expect(ferme).to_contain_text("fermé")
    ferme.get_by_role("link", name=re.compile("^Rouvrir")).click()
    page.get_by_role("button", name="Rouvrir le créneau").click()
    page.goto(adresse)
    expect(page.locator(".creneau--libre", has=page.locator(f"a[href='{dit}']"))).to_be_visible()


def test_un_creneau_occupe_ne_se_ferme_pas(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    _menu(page, "Agenda")
    pris = page.locator(".agenda .creneau--pris").first
    expect(pris.locator("li").first).to_be_visible()
    assert pris.get_by_role("link", name=re.compile("^Fermer")).count() == 0
