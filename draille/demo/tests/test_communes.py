import json
from pathlib import Path

import pytest
import shapely
import shapely.geometry
import yaml

from draille.demo.communes import communes_du_departement
from draille.demo.plan import RACINE


def test_la_haute_loire_a_ses_257_communes_toutes_renseignees() -> None:
    communes = communes_du_departement("43")
    assert len(communes) == 257
    assert all(c.epci_siren and c.canton_code and c.codes_postaux for c in communes)
    assert 200_000 < sum(c.population for c in communes) < 260_000


def test_le_puy_en_velay_est_entier_dans_son_pseudo_canton() -> None:
    puy = next(c for c in communes_du_departement("43") if c.code_insee == "43157")
    assert puy.nom == "Le Puy-en-Velay"
    assert puy.canton_nom == "Le Puy-en-Velay"
    assert puy.codes_postaux == ("43000",)
    assert puy.latitude == pytest.approx(45.04, abs=0.02)


def test_le_canton_deduit_des_contours_est_celui_de_son_chef_lieu() -> None:
    cantons = {c.nom: c.canton_nom for c in communes_du_departement("43")}
    assert cantons["Yssingeaux"] == "Yssingeaux"
    assert cantons["Monistrol-sur-Loire"] == "Monistrol-sur-Loire"
    assert cantons["Langeac"] == "Gorges de l'Allier-Gévaudan"


@pytest.mark.parametrize(("code", "km2"), [("43", 4977), ("07", 5529)])
def test_chaque_commune_est_situee_dans_un_contour_leger(code: str, km2: int) -> None:
    communes = communes_du_departement(code)
    # La surface cadastrale exclut les grands cours d'eau : un pour cent d'écart avec le contour.
    assert sum(c.surface_km2 or 0 for c in communes) == pytest.approx(km2, rel=0.01)
    for commune in communes:
        forme = shapely.geometry.shape(commune.contour)
        assert forme.is_valid
        assert forme.distance(shapely.Point(commune.longitude, commune.latitude)) < 0.01
    assert len(json.dumps([c.contour for c in communes], separators=(",", ":"))) < 250_000


def test_une_mairie_mal_placee_par_la_source_est_ramenee_dans_sa_commune() -> None:
    # La source met la mairie de Chenereilles à seize kilomètres de la commune.
    chenereilles = next(c for c in communes_du_departement("43") if c.code_insee == "43069")
    assert shapely.geometry.shape(chenereilles.contour).contains(
        shapely.Point(chenereilles.longitude, chenereilles.latitude)
    )


def test_un_departement_inconnu_est_dit() -> None:
    with pytest.raises(LookupError, match="« 99 » est inconnu"):
        communes_du_departement("99")


@pytest.mark.parametrize(("code", "dossier"), [("43", "43_haute_loire"), ("07", "07_ardeche")])
def test_les_secteurs_couvrent_chaque_epci_une_fois(code: str, dossier: str) -> None:
    texte = Path(RACINE, dossier, "territoire.yaml").read_text(encoding="utf-8")
    territoire = yaml.safe_load(texte)
    assert territoire["fictif"] is True
    communes = {c.code_insee: c for c in communes_du_departement(code)}
    attendus = {c.epci_siren: c.epci_nom for c in communes.values()}
    ecrits = [(e["siren"], e["nom"]) for s in territoire["secteurs"] for e in s["epci"]]
    assert dict(ecrits) == attendus
    assert len(ecrits) == len(attendus)
    for secteur in territoire["secteurs"]:
        siege = communes[secteur["siege"]["code_insee"]]
        assert siege.nom == secteur["siege"]["nom"]
        assert siege.epci_siren in {e["siren"] for e in secteur["epci"]}
