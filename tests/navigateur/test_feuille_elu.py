"""La page de l'élu s'imprime sur une feuille A4, une seule, même d'une convention chargée."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from draille.mesures.convention import models
from draille.mesures.convention.tests.conftest import (  # noqa: F401
    communes,
    connecter,
    date_du_produit,
    entrer,
    inscrite,
)
from draille.mesures.convention.tests.test_pilotage import CADRE, payer
from draille.socle.acces import Role
from tests.navigateur.controles import verifier
from tests.navigateur.feuille import poser

pytestmark = pytest.mark.navigateur

A4_POINTS = (595, 842)
LONG = "Accompagnement renforcé des personnes les plus éloignées de l'emploi et du logement"


@pytest.fixture
def chargee(inscrite: Any, entrer: Any) -> None:  # noqa: F811
    """Trois lignes de plus, aux libellés longs, des cibles, des pièces, des mois d'actes."""
    inscrite()
    texte = models.Texte.objects.get(cadre__code=CADRE, rang=1)
    modele = models.Ligne.objects.filter(texte=texte).first()
    cible = models.Cible.objects.filter(ligne__texte=texte).first()
    assert modele is not None and cible is not None
    for rang in range(3):
        ligne = models.Ligne.objects.get(pk=modele.pk)
        ligne.pk, ligne.code, ligne.rang = None, f"ligne_{rang}", 20 + rang
        ligne.libelle = f"{LONG} ({rang})"
        ligne.save()
        for suite in range(3):
            promise = models.Cible.objects.get(pk=cible.pk)
            promise.pk, promise.ligne, promise.code = None, ligne, f"cible_{suite}"
            promise.libelle, promise.genre = f"{LONG}, cible {suite}", "absolu"
            promise.valeur, promise.valeur_max = Decimal(100), None
            promise.save()
            models.Valeur.objects.create(
                cadre=texte.cadre,
                ligne_code=ligne.code,
                cible_code=promise.code,
                annee=2020,
                provenance="interne",
                valeur=Decimal(40 + suite),
                origine="Relevé fictif",
                relevee_le=date(2020, 10, 1),
            )
    payer()
    for rang in range(40):
        mois = 1 + rang % 10
        orientee = f"2020-{mois:02}-25" if rang % 3 else ""
        entrer(f"2020-{mois:02}-{1 + rang % 9:02}", orientee=orientee)


@pytest.fixture
def feuille(moteur: Any) -> Iterator[Any]:
    """Une page de navigateur qui lit un fichier posé."""
    contexte = moteur.new_context(locale="fr-FR")
    yield contexte.new_page()
    contexte.close()


def _imprimer(page: Any, chemin: Path, vers: Path) -> PdfReader:
    page.goto(chemin.as_uri())
    page.pdf(path=str(vers), prefer_css_page_size=True, print_background=True)
    return PdfReader(str(vers))


def test_la_page_de_l_elu_est_une_feuille_a4(
    chargee: None,
    connecter: Any,  # noqa: F811
    feuille: Any,
    tmp_path: Path,
) -> None:
    chemin = poser(connecter(Role.PILOTE), "/pilotage/elu/", tmp_path)
    lu = _imprimer(feuille, chemin, tmp_path / "elu.pdf")
    assert len(lu.pages) == 1
    boite = lu.pages[0].mediabox
    assert (round(boite.width), round(boite.height)) == A4_POINTS
    imprime = lu.pages[0].extract_text()
    for dit in (
        "En bref",
        "Ce qui presse",
        "Où en est l'argent",
        "Actes écrits, mois par mois",
        "Les cibles",
    ):
        assert dit in imprime, dit


def test_le_pilotage_s_imprime_en_travers(
    chargee: None,
    connecter: Any,  # noqa: F811
    feuille: Any,
    tmp_path: Path,
) -> None:
    chemin = poser(connecter(Role.PILOTE), "/pilotage/", tmp_path)
    lu = _imprimer(feuille, chemin, tmp_path / "pilotage.pdf")
    boite = lu.pages[0].mediabox
    assert (round(boite.height), round(boite.width)) == A4_POINTS
    assert models.Ligne.objects.filter(texte__cadre__code=CADRE).count() == 12
    tout = "\n".join(page.extract_text() for page in lu.pages)
    assert tout.count("rien n'est promis ni mesuré") + tout.count("Entre 16 et 18 ans") >= 4


PAGES = {
    "pilotage": "/pilotage/",
    "elu": "/pilotage/elu/",
    "annees": "/pilotage/comparer/",
    "departements": "/pilotage/comparer/departements/",
    "actes": f"/pilotage/{CADRE}/orientation_rsa/actes/",
    "retards": f"/pilotage/{CADRE}/orientation_rsa/retards/",
}


def test_aucune_page_du_pilotage_n_a_de_faute_ni_ne_deborde(
    chargee: None,
    connecter: Any,  # noqa: F811
    feuille: Any,
    tmp_path: Path,
) -> None:
    client = connecter(Role.PILOTE)
    for nom, adresse in PAGES.items():
        feuille.goto(poser(client, adresse, tmp_path, nom).as_uri())
        verifier(feuille)
