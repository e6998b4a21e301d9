"""Le réseau : une personne adressée avec son accord, la réponse, puis l'accord retiré."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
NOM = "Aurore Vigouroux"
VILLE = "Le Puy-en-Velay"
PARTENAIRE = "Toits du Velay"
TRANSMIS = ("Son prénom et son nom", "Ce dont elle a besoin")
TELEPHONE = "06 99 00 41 27"


def _accueillir_et_orienter(page: Any) -> None:
    """Le guichet : une personne nouvelle, adressée avec son accord, sans son téléphone."""
    page.goto("/accueillir/")
    prenom, nom = NOM.split()
    page.locator("#id_nom").fill(nom)
    page.locator("#id_prenom").fill(prenom)
    page.get_by_role("textbox", name="Téléphone").fill(TELEPHONE)
    page.get_by_label("Commune où elle vit").select_option(label=VILLE)
    page.locator("#besoin-logement").check()
    page.locator("#orienter > summary").click()
    volet = page.locator("#orienter")
    liste = volet.get_by_label("Vers quel partenaire").first
    liste.select_option(liste.locator("option", has_text=PARTENAIRE).get_attribute("value"))
    volet.get_by_label("Comment l'a-t-elle dit").first.select_option(index=1)
    for mots in TRANSMIS:
        volet.get_by_label(mots).first.check()
    page.get_by_role("button", name="Enregistrer l'accueil").click()
    page.wait_for_url(re.compile(r"/accueils/\d+/$"))


def _recue(page: Any) -> Any:
    page.goto("/recues/")
    return page.get_by_role("main").get_by_role("link", name=NOM)


def test_orienter_avec_accord_repondre_puis_retirer(ouvrir: Ouvrir) -> None:
    guichet, chez_lui = ouvrir("demo.accueil"), ouvrir("demo.partenaire")
    expect(_recue(chez_lui)).to_have_count(0)
    _accueillir_et_orienter(guichet)

    # Le partenaire lit ce qu'elle accepte de dire, et rien d'autre.
    _recue(chez_lui).click()
    lu = chez_lui.get_by_role("main")
    expect(lu).to_contain_text("Logement")
    expect(lu).not_to_contain_text(TELEPHONE)
    expect(lu).not_to_contain_text(VILLE)
    adresse = chez_lui.url
    illustrer(chez_lui, "partenaires_recue", hauteur=1000)
    chez_lui.get_by_label("Nous recevrons cette personne").check()
    chez_lui.get_by_label("Un mot").fill("Rendez-vous mardi à dix heures.")
    chez_lui.get_by_role("button", name="Envoyer la réponse").click()
    expect(chez_lui.get_by_role("status")).to_contain_text("le Département a votre réponse")

    # Le guichet voit la réponse sur l'accueil, puis sur l'orientation.
    guichet.reload()
    guichet.get_by_role("main").get_by_role("link", name=PARTENAIRE).first.click()
    expect(guichet.get_by_role("heading", level=1)).to_have_text(NOM)
    expect(guichet.get_by_role("main")).to_contain_text("Rendez-vous mardi à dix heures.")
    expect(guichet.get_by_role("main")).to_contain_text(re.compile("accept", re.IGNORECASE))

    # L'accord retiré, le partenaire ne la trouve plus : ni dans sa liste, ni à son adresse.
    guichet.get_by_role("link", name="Voir ou retirer les accords").click()
    expect(guichet.get_by_role("button", name="Retirer")).to_be_visible()
    illustrer(guichet, "partenaires_accords", hauteur=720)
    guichet.get_by_role("button", name="Retirer").click()
    expect(guichet.get_by_role("status")).to_contain_text("ne voit plus rien d'elle")
    expect(_recue(chez_lui)).to_have_count(0)
    reponse = chez_lui.goto(adresse)
    assert reponse.status == 404
    expect(chez_lui.locator("body")).not_to_contain_text(NOM.split()[1])
