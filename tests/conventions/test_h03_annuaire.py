"""L'annuaire en ligne de commande : intégrer un fichier, exporter ce que l'on a."""

import json
from datetime import date
from pathlib import Path

import pytest

from draille.commande.principal import principal
from draille.moteurs.annuaire.models import ImportAnnuaire, Point
from draille.socle.acces import Acces

LIGNES = "Lieu;Ville;Ouverture\nMaison des services;Craponne;Mo-Fr 09:00-12:00\n;Craponne;\n"


def test_integrer_puis_exporter(
    systeme: Acces,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DRAILLE_DATE", date(2020, 10, 15).isoformat())
    fichier, sortie = tmp_path / "lieux.csv", tmp_path / "annuaire.json"
    fichier.write_text(LIGNES, encoding="utf-8")
    demande = ["annuaire", "importer", str(fichier), "--source", "tableur"]
    associe = [*demande, "--colonne", "nom=Lieu", "--colonne", "horaires=Ouverture"]
    assert principal(associe) == 0
    dit = capsys.readouterr().out
    assert "2 lignes reçues : 1 importées, 0 rejointes, 0 à revoir, 1 rejetées." in dit
    assert "lieux.csv, ligne 3, champ Lieu « »" in dit
    assert Point.objects.get().horaires.count() == 5

    # Le même fichier : refusé avec sa phrase, et rien ne change.
    assert principal(associe) == 1
    assert "a déjà été intégré" in capsys.readouterr().err
    assert ImportAnnuaire.objects.count() == 1

    assert principal(["annuaire", "exporter", str(sortie)]) == 0
    assert "1 structures et 1 services" in capsys.readouterr().out
    lu = json.loads(sortie.read_text(encoding="utf-8"))
    assert lu["structures"][0]["horaires_accueil"] == "Mo-Fr 09:00-12:00; PH off"
    assert principal(["annuaire", "importer", str(tmp_path / "x"), "--source", "tableur"]) == 1
