"""`draille consolidation` : exporter deux Départements, les compter, taire les petits nombres."""

import csv
import json
from datetime import UTC, datetime

import pytest

from draille.commande.principal import principal
from draille.moteurs.indicateurs.registre import indicateurs
from draille.moteurs.indicateurs.tests import journal_au_hasard
from draille.socle import contexte
from draille.socle.acces import acces_systeme

INSTANT = datetime(2020, 12, 31, 9, 0, tzinfo=UTC)


@pytest.fixture
def journal(db):
    """Assez d'actes pour que des mois se montrent et que d'autres se taisent."""
    with contexte.ouvrir(acces=acces_systeme(nom="essais"), instant=INSTANT):
        journal_au_hasard.ecrire(indicateurs=indicateurs(), graine=5, lignes=3000)


def test_on_exporte_puis_on_compte(journal, settings, tmp_path, capsys):
    recus, resultat = tmp_path / "recus", tmp_path / "resultat"
    for departement in ("07", "43"):
        settings.DRAILLE_DEPARTEMENT = departement
        assert principal(["consolidation", "exporter", str(recus), "--le", "2020-12-31"]) == 0
    assert len(list(recus.rglob("*.parquet"))) == 4
    assert principal(["consolidation", "exporter", str(recus), "--le", "2020-12-31"]) == 1
    assert "existe déjà" in capsys.readouterr().err
    demande = ["consolidation", "calculer", str(recus / "actes"), "--vers", str(resultat)]
    assert principal(demande) == 0
    dit = capsys.readouterr().out
    assert "2 Département(s), lus au 31/12/2020" in dit
    assert "B1 v1" in dit
    (tableur,) = resultat.glob("*.csv")
    with tableur.open(encoding="utf-8-sig") as fichier:
        rangees = list(csv.DictReader(fichier, delimiter=";"))
    assert {r["departement"] for r in rangees} == {"07", "43", "tous"}
    nombres = [r[c] for r in rangees for c in ("denominateur", "numerateur")]
    assert "tu" in nombres
    assert not [n for n in nombres if n != "tu" and 0 < int(n) < 11]
    assert any(n != "tu" and int(n) >= 11 for n in nombres)


def test_le_schema_dit_chaque_definition(db, capsys):
    assert principal(["consolidation", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert len(schema["definitions"]) == len(indicateurs())
    assert {c["nom"] for c in schema["actes"]} >= {"departement", "personne", "le"}


def test_un_dossier_vide_est_dit(db, tmp_path, capsys):
    assert principal(["consolidation", "calculer", str(tmp_path)]) == 1
    assert "Aucun fichier" in capsys.readouterr().err
