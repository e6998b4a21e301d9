"""Les chiffres publiés d'un Département, et de quoi vérifier qu'ils viennent bien de leur page."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from draille.mesures.convention.regles import (
    Contenu,
    Convention,
    Preuve,
    Rsa,
    charger_fichier,
    charger_rsa,
    dossier_du_departement,
)

RACINE = Path(__file__).resolve().parents[2]
SOURCES = RACINE.parent / "shared" / "sources"


def _dossier(code: str) -> Path:
    return dossier_du_departement(racine=RACINE, code=code)


@cache
def contenu(code: str) -> Contenu:
    """Le `convention.yaml` de ce Département."""
    return charger_fichier(chemin=_dossier(code) / "convention.yaml")


@cache
def rsa(code: str) -> Rsa:
    """Le `rsa.yaml` de ce Département."""
    return charger_rsa(chemin=_dossier(code) / "rsa.yaml")


def convention(code: str, nom: str) -> Convention:
    """Une convention de ce Département, par son code."""
    return next(c for c in contenu(code).conventions if c.code == nom)


def cibles(code: str, nom: str) -> dict:
    """Les cibles d'une convention, par code."""
    textes = convention(code, nom).textes
    return {c.code: c for t in textes for x in t.lignes for c in x.cibles}


def page(nom: str) -> str:
    """Le texte de la page publiée ; saute l'essai, en le disant, quand elle n'est pas là."""
    chemin = SOURCES / nom
    if not chemin.is_file():
        pytest.skip(f"la page {nom} n'est pas à côté du dépôt (../shared/sources)")
    return a_plat(chemin.read_text(encoding="utf-8"))


def a_plat(texte: str) -> str:
    """Le texte sur une ligne, toute espace valant une espace."""
    return re.sub(r"\s+", " ", texte).strip()


def preuves(contenu_lu: Contenu) -> Iterator[Preuve]:
    """Toutes les phrases citées par un fichier."""
    for c in contenu_lu.conventions:
        yield c.preuve
        for t in c.textes:
            yield t.preuve
            yield from (m.preuve for m in t.financements)
            if t.annonce:
                yield t.annonce.preuve
            for x in t.lignes:
                yield x.preuve
                yield from (cible.preuve for cible in x.cibles)


MULTIPLES = {"millions d'euros": 10**6, "M€": 10**6, "€": 1}


def montants_ecrits(phrase: str) -> list[Decimal]:
    """Les montants que l'on lit dans une phrase, en euros."""
    trouves = re.findall(r"(\d[\d\s]*(?:,\d+)?)\s*(millions d'euros|M€|€)", phrase)
    return [
        Decimal(re.sub(r"\s", "", nombre).replace(",", ".")) * MULTIPLES[unite]
        for nombre, unite in trouves
    ]
