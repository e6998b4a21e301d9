"""Un sens, un mot : ce que le glossaire écarte ne paraît ni à l'écran ni dans les données."""

import re
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]


def _ecartes() -> list[str]:
    lignes = (RACINE / "GLOSSAIRE.md").read_text("utf-8").splitlines()
    cases = [ligne.split("|") for ligne in lignes if ligne.startswith("| ")][1:]
    return [mot.strip() for c in cases if len(c) > 4 for mot in c[4].split(",") if mot.strip()]


def _textes() -> list[Path]:
    gabarits = [p for p in (RACINE / "draille").rglob("*.html")]
    donnees = [p for p in (RACINE / "draille").rglob("*.yaml") if "tests" not in p.parts]
    return gabarits + donnees


def test_le_glossaire_ecarte_des_mots():
    assert {"usager", "ménage", "payload"} <= set(_ecartes())


@pytest.mark.parametrize("mot", _ecartes())
def test_le_mot_ecarte_ne_parait_pas(mot):
    motif = re.compile(rf"(?<![\w-]){re.escape(mot)}s?(?![\w-])", re.I)
    fautes = []
    for chemin in _textes():
        # Une phrase citée d'une source garde ses mots.
        for rang, ligne in enumerate(chemin.read_text("utf-8").splitlines(), start=1):
            if motif.search(re.sub(r"«[^»]*»|{%.*?%}|{{.*?}}|<[^>]*>", "", ligne)):
                fautes.append(f"{chemin.relative_to(RACINE)}:{rang}")
    assert fautes == []
