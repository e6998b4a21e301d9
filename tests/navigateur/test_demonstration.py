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


def test_un_an_daccueils_de_toutes_les_sortes(resume: dict[str, Any]) -> None:
    lu = resume["accueil"]
    assert lu["total"] >= 1000
    assert lu["total"] == lu["connue"] + lu["nouvelle"] + lu["anonyme"]
    assert lu["total"] == lu["spontanee"] + lu["prevue"]
    for sorte in ("connue", "nouvelle", "anonyme", "spontanee", "prevue"):
        assert lu[sorte] > 0, sorte
    # Une personne reçue plusieurs fois compte une fois ; une anonyme, jamais.
    assert 0 < lu["personnes"] < lu["connue"] + lu["nouvelle"]
    assert lu["part_anonyme"] == pytest.approx(lu["anonyme"] / lu["total"], abs=1e-4)


def test_les_orientations_finissent_de_chaque_maniere(resume: dict[str, Any]) -> None:
    lues = resume["orientations_suivies"]
    assert set(lues["par_issue"]) == {
        "envoyee",
        "acceptee",
        "recue",
        "en_cours",
        "terminee",
        "refusee",
        "perdue",
        "retiree",
    }
    assert all(nombre > 0 for nombre in lues["par_issue"].values()), lues["par_issue"]
    assert sum(lues["par_issue"].values()) == lues["total"]
    assert lues["en_retard"] > 0 and lues["revenues"] > 0


def test_des_dossiers_en_double_ont_ete_decides(resume: dict[str, Any]) -> None:
    lus = resume["doublons"]
    assert lus["rejointes"] > 0 and lus["separees"] > 0 and lus["distinctes"] > 0
    assert lus["a_revoir"] > 0 and lus["a_confirmer"] > 0


@pytest.mark.parametrize("departement", ["43", "07"])
def test_la_couverture_de_chaque_departement_dit_sa_methode_et_sa_bande(
    resume: dict[str, Any], departement: str
) -> None:
    lue = resume["couverture"][departement]
    basse, haute = lue["bande"]
    assert 0 < basse <= lue["part"] <= haute <= 1
    assert basse < haute
    assert lue["methode"] == "estimation" and lue["seuil_minutes"] == 30
    assert lue["points"] > 10 and lue["population"] > 200_000
