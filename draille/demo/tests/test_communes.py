from pathlib import Path

import pytest
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
