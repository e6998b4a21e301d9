"""La formation : on s'inscrit soi-même, on émarge au clavier, on clôt, et l'attestation suit."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.navigateur.clavier import aller_a
from tests.navigateur.controles import verifier
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
JOUR = "2020-10-31"


def _programmer(page: Any, titre: str, *, places: int) -> str:
    """Une session d'une matinée, le jour du produit ; rend son adresse."""
    page.goto("/formations/programmer/")
    page.get_by_label("Titre").fill(titre)
    page.get_by_label("Thème").select_option("aller_vers")
    page.get_by_label("Organisme de formation").fill("Organisme fictif")
    page.get_by_label("Lieu").fill("Hôtel du Département, salle 2")
    page.get_by_label("Places").fill(str(places))
    page.get_by_label("Coût prévu (euros)").fill("1 250,50 €")
    page.get_by_label("Premier jour").fill(JOUR)
    page.get_by_label("Durée", exact=True).select_option("matin")
    page.get_by_role("button", name="Programmer la session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)
    return str(page.url)


def _sinscrire(page: Any, adresse: str) -> None:
    page.goto(adresse)
    page.get_by_role("button", name=re.compile("^M'inscrire")).click()


def test_on_sinscrit_on_emarge_au_clavier_on_clot_et_lattestation_suit(ouvrir: Ouvrir) -> None:
    pilote = ouvrir("demo.pilote")
    verifier(_ouverte(pilote, "/formations/"))
    illustrer(pilote, "formation_sessions", hauteur=700)
    adresse = _programmer(pilote, "Aller vers, en marchant", places=2)
    agent, absente = ouvrir("demo.accueil", javascript=False), ouvrir("demo.social")
    _sinscrire(agent, adresse)
    expect(agent.get_by_role("main")).to_contain_text("Vous êtes sur la liste de cette session")
    _sinscrire(absente, adresse)
    verifier(absente)

    pilote.goto(adresse)
    verifier(pilote)
    illustrer(pilote, "formation_session", hauteur=900)
    pilote.get_by_role("link", name=re.compile("^Émarger")).click()
    verifier(pilote)
    illustrer(pilote, "formation_emarger", hauteur=560)
    aller_a(pilote, "^Claire Vernet")
    pilote.keyboard.press("Space")
    pilote.keyboard.press("Enter")
    expect(pilote.get_by_role("main")).to_contain_text("L'émargement est gardé")
    expect(pilote.locator("#calendrier")).to_contain_text("1 présent sur 2")

    pilote.get_by_label(re.compile("^Coût réel|^Montant réel")).first.fill("1 300,00")
    pilote.get_by_role("button", name="Clore la session").click()
    expect(pilote.get_by_role("main")).to_contain_text("La session est close : 1 professionnel")
    # L'absente n'a pas d'attestation ; qui était là a la sienne.
    inscrits = pilote.locator("#inscrits tbody tr")
    expect(inscrits.filter(has_text="Claire Vernet")).to_contain_text("absent")
    agent.goto("/formations/miennes/")
    lien = agent.get_by_role("link", name=re.compile("Attestation .* Aller vers, en marchant"))
    pdf = agent.request.get(lien.first.get_attribute("href")).body()
    lu = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Inès Chambon" in lu and "Aller vers, en marchant" in lu


def _ouverte(page: Any, adresse: str) -> Any:
    page.goto(adresse)
    return page


def test_une_place_rendue_va_a_qui_attendait(ouvrir: Ouvrir) -> None:
    pilote = ouvrir("demo.pilote")
    adresse = _programmer(pilote, "Une place et une seule", places=1)
    premiere, seconde = ouvrir("demo.referent"), ouvrir("demo.orientation")
    _sinscrire(premiere, adresse)
    seconde.goto(adresse)
    expect(seconde.get_by_role("main")).to_contain_text("La session est complète")
    _sinscrire(seconde, adresse)
    expect(seconde.get_by_role("main")).to_contain_text("vous êtes 1re sur la liste")
    illustrer(seconde, "formation_attente", hauteur=420)
    premiere.get_by_role("button", name="Je ne pourrai pas venir").click()
    expect(premiere.get_by_role("main")).to_contain_text("La place va à la première personne")
    seconde.reload()
    expect(seconde.get_by_role("main")).to_contain_text("Vous êtes sur la liste de cette session")


def test_les_chiffres_de_la_formation_se_lisent_et_souvrent(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    verifier(_ouverte(page, "/formations/chiffres/"))
    illustrer(page, "formation_chiffres", hauteur=900)
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"inscrit 18.000.€"))
    cle = page.locator(".cle").filter(has_text="Professionnels formés").get_by_role("link").first
    compte = int(re.sub(r"\D", "", cle.inner_text().split("\n")[0]))
    assert compte > 10
    cle.click()
    verifier(page)
    assert page.locator("main tbody tr").count() >= compte
