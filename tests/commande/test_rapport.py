"""`draille rapport` : un projet calculé sur-le-champ, puis la version validée, en fichiers."""

from datetime import date
from pathlib import Path

import pytest

from draille.commande.principal import principal
from draille.mesures.convention import demo_rapport
from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.regles import charger_fichier, dossier_du_departement
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Compartiment, Role

RACINE = Path(__file__).resolve().parents[2]
LE, OUVERTURE = date(2020, 10, 31), date(2019, 1, 1)
BASE = ["rapport", "43", "--annee", "2020"]


@pytest.fixture
def mains(systeme, monkeypatch):
    """La convention publiée, et deux pilotes de tout le Département."""
    monkeypatch.setenv("DRAILLE_DATE", LE.isoformat())
    monkeypatch.setenv("DRAILLE_DEPARTEMENT", "43")
    fichier = dossier_du_departement(racine=RACINE, code="43") / "convention.yaml"
    charger_convention(contenu=charger_fichier(chemin=fichier), par=systeme, le=LE)
    tout = Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=OUVERTURE
    )
    organisation = Organisation.objects.create(code="d", nom="Département", est_departement=True)
    portee = Portee(compartiment=Compartiment.INSERTION, role=Role.PILOTE, territoire=tout)
    trouves = []
    for nom in ("Hugo", "Odile"):
        cree = Agent.objects.create(
            identifiant=nom, prenom=nom, nom="Essai", organisation=organisation, password="!"
        )
        habiliter(agent=cree, portee=portee, par=systeme, le=OUVERTURE)
        trouves.append(acces_de(agent=cree, le=LE))
    return trouves


def test_la_commande_ecrit_un_projet_puis_la_version_validee(mains, tmp_path, capsys):
    assert principal([*BASE, "--arrete", "2020-10-31", "--vers", str(tmp_path)]) == 0
    dit = capsys.readouterr().out
    assert "Projet non validé" in dit
    nom = "rapport-execution-43-2020-2020-10-31-projet"
    assert {p.name for p in tmp_path.iterdir()} == {f"{nom}.{e}" for e in ("pdf", "ods", "csv")}
    assert (tmp_path / f"{nom}.pdf").read_bytes().startswith(b"%PDF")
    valide, _ = demo_rapport.rediger_un_rapport(
        departement="43", redacteur=mains[0], validateur=mains[1], le=LE
    )
    assert principal([*BASE, "--vers", str(tmp_path / "la")]) == 0
    assert "validé par Odile Essai" in capsys.readouterr().out
    ecrit = tmp_path / "la" / "rapport-execution-43-2020-v1.pdf"
    assert ecrit.read_bytes() == bytes(valide.pdf)


def test_la_commande_dit_ce_qui_manque(mains, tmp_path, capsys):
    for arrete, phrase in (("2020-09-30", "ne publie de lignes"), ("2020-11-01", "s'arrête entre")):
        assert principal([*BASE, "--arrete", arrete, "--vers", str(tmp_path)]) == 1
        assert phrase in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
