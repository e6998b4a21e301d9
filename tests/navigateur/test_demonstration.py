"""La démonstration entière : ce que dit le résumé, et ce que la convention en montre."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.navigateur


def test_le_stock_est_celui_de_larticle(resume: dict[str, Any]) -> None:
    """« Fin 2019 […] 2800 personnes en Haute-Loire. Il est actuellement de 3100 […]. »"""
    assert resume["beneficiaires"] == {"premier_mois": 2800, "dernier_mois": 3100}
    assert resume["departements"] == ["43"]
    assert resume["date"] == "2020-10-31"


def test_tout_dossier_lu_est_integre_ou_rejete(resume: dict[str, Any]) -> None:
    assert resume["dossiers_lus"] == resume["dossiers_integres"] + resume["rejets"]
    assert resume["rejets"] > 0


def test_les_chiffres_se_tiennent(resume: dict[str, Any]) -> None:
    entrants, orientes = resume["entrants"], resume["orientes_en_un_mois"]
    assert 0 < orientes["nombre"] < entrants
    assert orientes["taux"] == pytest.approx(orientes["nombre"] / entrants, abs=1e-4)
    assert 0 < resume["echeances_en_retard"] < resume["echeances_ouvertes"]


def test_largent_est_celui_de_larticle(resume: dict[str, Any]) -> None:
    """« à parité en termes de financement (346 875,66 € chacun) »"""
    assert set(resume["financement"].values()) == {"346875.66"} and len(resume["financement"]) == 2
    assert resume["parite"] == "exacte"
    assert resume["ecart_inexplique"] == "359.32"


def test_la_page_de_la_convention_dit_les_memes_chiffres(
    resume: dict[str, Any], ouvrir: Callable[..., Any]
) -> None:
    page = ouvrir("demo.pilote")
    page.goto("/convention/")
    texte = page.inner_text("main").replace("\u202f", " ").replace("\xa0", " ")
    assert "346 875,66" in texte
    assert "359,32" in texte
