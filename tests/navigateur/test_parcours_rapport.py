"""Le rapport d'exécution : l'un le rédige, l'autre le valide, et plus rien n'y change."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.navigateur.controles import verifier
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
ENSEMBLE = "Les actions ont démarré à l'automne ; l'orientation tient son mois."
LIGNE = "Le comité mobilité s'est tenu deux fois."


def _telecharger(page: Any, bouton: str | re.Pattern[str], dossier: Path) -> bytes:
    with page.expect_download() as telechargement:
        page.get_by_role("button", name=bouton).click()
    chemin = dossier / telechargement.value.suggested_filename
    telechargement.value.save_as(chemin)
    return chemin.read_bytes()


def _texte(pdf: bytes) -> str:
    lu = "\n".join(feuille.extract_text() for feuille in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", lu).replace("’", "'")


def _rediger(page: Any) -> None:
    """De la convention à un brouillon au jour du produit ; un brouillon déjà là se recalcule."""
    page.goto("/convention/")
    page.get_by_role("main").get_by_role("link", name=re.compile("^Rapports")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rapports d'exécution")
    verifier(page)
    page.get_by_label("Année").select_option("2020")
    page.get_by_label("Chiffres arrêtés au").fill("2020-10-31")
    page.get_by_role("button", name="Calculer le rapport").click()
    expect(page.get_by_role("main")).to_contain_text("est calculée : relisez, commentez")


def test_lun_redige_lautre_valide_et_plus_rien_ne_change(ouvrir: Ouvrir, tmp_path: Path) -> None:
    page = ouvrir("demo.pilote")
    _rediger(page)
    expect(page.get_by_role("button", name="Valider et signer")).to_have_count(0)
    verifier(page)
    # Sans commentaire d'ensemble, rien ne se soumet : le refus se lit, et rien n'est perdu.
    ensemble = page.get_by_label("Commentaire d'ensemble")
    ensemble.fill("")
    page.get_by_label(re.compile("^Commentaire : Mobilité")).fill(LIGNE)
    page.get_by_role("button", name="Enregistrer et soumettre à validation").click()
    expect(page.get_by_role("alert")).to_contain_text("Le rapport n'est pas enregistré")
    expect(page.get_by_label(re.compile("^Commentaire : Mobilité"))).to_have_value(LIGNE)
    ensemble.fill(ENSEMBLE)
    page.get_by_role("button", name="Enregistrer les commentaires").click()
    expect(page.get_by_role("main")).to_contain_text("enregistré")
    illustrer(page, "rapport_commenter", depuis=page.get_by_role("heading", name="Commenter"))
    page.get_by_role("button", name="Enregistrer et soumettre à validation").click()
    expect(page.get_by_role("main")).to_contain_text("En attente d'une autre personne")
    expect(page.get_by_role("button", name="Valider et signer")).to_have_count(0)
    adresse = page.url

    autre = ouvrir("demo.direction")
    autre.goto(adresse)
    expect(autre.get_by_role("main")).to_contain_text(ENSEMBLE)
    verifier(autre)
    illustrer(autre, "rapport_valider", depuis=autre.get_by_role("heading", name="Valider"))
    autre.get_by_role("button", name="Valider et signer").click()
    expect(autre.get_by_role("main")).to_contain_text("Intact")
    verifier(autre)
    illustrer(autre, "rapport_signe", hauteur=900)

    pdf = _telecharger(autre, re.compile("^PDF"), tmp_path)
    assert pdf.startswith(b"%PDF")
    imprime = _texte(pdf)
    for dit in (ENSEMBLE, LIGNE, "Hugo Sabatier", "Odile Granger"):
        assert dit in imprime, dit
    # Le même envoi deux fois en quatre secondes passe pour un double clic : la page se recharge.
    autre.reload()
    assert _telecharger(autre, re.compile("^PDF"), tmp_path) == pdf
    assert zipfile.is_zipfile(io.BytesIO(_telecharger(autre, re.compile("ODS"), tmp_path)))
    assert b"mobilit" in _telecharger(autre, re.compile("^CSV"), tmp_path).lower()
    _corriger(autre)


def _corriger(page: Any) -> None:
    """Une version de plus dit pourquoi ; celle qui est signée ne bouge pas."""
    adresse, lignes = page.url, page.locator("#lignes").inner_text()
    page.get_by_label("Pourquoi corriger").fill("Une pièce est arrivée après la signature.")
    page.get_by_label("Chiffres arrêtés au").fill("2020-10-31")
    page.get_by_role("button", name="Ouvrir la correction").click()
    expect(page.get_by_role("main")).to_contain_text("Une pièce est arrivée après la signature.")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Corrige la version \d"))
    verifier(page)
    page.goto(adresse)
    assert page.locator("#lignes").inner_text() == lignes
    expect(page.get_by_role("main")).to_contain_text("Intact")
