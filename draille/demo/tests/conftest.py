import os
from pathlib import Path

import pytest

from draille.demo.evolution import MoisJoue, jouer_mois
from draille.demo.plan import PlanDeJeu, plan_de_jeu

RACINE = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def plan() -> PlanDeJeu:
    return plan_de_jeu(departement="43")


@pytest.fixture(scope="session")
def mois_joues(plan: PlanDeJeu) -> list[MoisJoue]:
    return list(jouer_mois(plan=plan))


@pytest.fixture(scope="session")
def dossier_flux() -> Path:
    donnees = Path(os.environ.get("DRAILLE_DONNEES", RACINE.parent / "shared" / "donnees"))
    if not (donnees / "flux_caf" / "vrsb0801.xsd").exists():
        pytest.skip("Le schéma publié vrsb0801.xsd n'est pas là (DRAILLE_DONNEES).")
    return donnees / "flux_caf"
