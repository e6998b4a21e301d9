"""Un import tué net (SIGKILL), où que ce soit, puis repris : l'état d'un import d'une traite.

Les imports sont de vrais processus, dans des bases jetables clonées de la base d'essai.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from draille.moteurs.flux.tests import fabrique as f

RACINE = Path(__file__).parents[4]
FOYERS = 30
# Chaque état, sans les numéros : ceux que prend une transaction défaite ne sont pas rendus.
ETATS = {
    "fichiers": "SELECT nom, statut, lus, integres, inchanges, rejetes, entrees, sorties, absents"
    " FROM flux_fichierrecu",
    "rejets": "SELECT rang, ligne, champ, code, statut FROM flux_rejet",
    "personnes": "SELECT nom_naissance, prenom, naissance_le, nir_empreinte, commune_id,"
    " compartiments, cles_acces FROM noyau_personne",
    "foyers": "SELECT reference, commune_id, adresse, cle_acces FROM noyau_foyer",
    "membres": "SELECT f.reference, p.nom_naissance, m.role, m.debut, m.fin, m.cle_acces"
    " FROM noyau_membrefoyer m JOIN noyau_foyer f ON f.id = m.foyer_id"
    " JOIN noyau_personne p ON p.id = m.personne_id",
    "dossiers": "SELECT numero_demande, empreinte, etat, motif, etat_depuis, suspendu_depuis,"
    " absent_depuis, nombre_enfants, a_ete_versable, cle_acces FROM suivi_rsa_dossierrsa",
    "periodes": "SELECT d.numero_demande, p.debut, p.fin, p.etat, p.motif, p.montant_departement"
    " FROM suivi_rsa_periodedroit p JOIN suivi_rsa_dossierrsa d ON d.id = p.dossier_id",
    "situations": "SELECT d.numero_demande, p.nom_naissance, s.debut, s.fin, s.role, s.est_soumis"
    " FROM suivi_rsa_situation s JOIN suivi_rsa_dossierrsa d ON d.id = s.dossier_id"
    " JOIN noyau_personne p ON p.id = s.personne_id",
    "entrees": "SELECT p.nom_naissance, e.categorie, e.mois, e.connue_le, e.sortie_le"
    " FROM suivi_rsa_entree e JOIN noyau_personne p ON p.id = e.personne_id",
    "presences": "SELECT r.mois, d.numero_demande FROM suivi_rsa_presence r"
    " JOIN suivi_rsa_dossierrsa d ON d.id = ANY(r.dossiers)",
    "journal": "SELECT l.code, l.le, l.ecrit_le, p.nom_naissance, l.cle_acces,"
    " (l.charge - 'fichier_id')::text"
    " FROM noyau_lignejournal l LEFT JOIN noyau_personne p ON p.id = l.personne_id",
}


@pytest.fixture(scope="module")
def fichiers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Deux mois : un dossier fautif, des changements, une clôture, une absence, des entrants."""

    def un(numero: int, **champs: Any) -> str:
        nir = champs.pop("nir", f"2840343157{numero:03d}")
        return f.dossier(numero, personnes=f.personne(NIR=nir, NOMNAI=f"NOM{numero}"), **champs)

    dossier = tmp_path_factory.mktemp("flux")
    octobre = [un(n) for n in range(FOYERS)] + [un(90, nir="COLONNEDECALE")]
    fin = f.bloc("FinDroit", f.feuilles({"MOTICLORSA": "ECH", "DTCLORSA": "2020-11-01"}))
    novembre = [un(n) for n in range(4, FOYERS)]
    novembre += [un(1, etat="5", suite_etat=fin), un(2, NUMCOM="43040"), un(3, MTRSAVERS="12.00")]
    novembre += [un(n) for n in range(50, 54)]
    chemins = []
    for nom, dossiers, reference in (
        ("octobre.xml", octobre, "2020-10-31"),
        ("novembre.xml", novembre, "2020-11-30"),
    ):
        chemin = dossier / nom
        chemin.write_bytes(f.fichier(dossiers, reference=reference))
        chemins.append(chemin)
    return chemins


@pytest.fixture
def base(db: None, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """De quoi créer des bases sur le modèle de la base d'essai ; elles sont supprimées à la fin."""
    modele = connections["default"].settings_dict["NAME"]
    connections["default"].close()
    creees: list[str] = []

    def creer(suffixe: str) -> str:
        nom = f"{modele}_{suffixe}_{os.getpid()}"
        with _proprietaire("postgres") as lien:
            lien.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(nom), sql.Identifier(modele)
                )
            )
        creees.append(nom)
        with _proprietaire(nom) as lien:
            lien.execute(
                "INSERT INTO noyau_commune (code_insee, nom, codes_postaux)"
                " VALUES ('43157', 'Le Puy-en-Velay', ''), ('43040', 'Brioude', '')"
            )
        return nom

    yield creer
    with _proprietaire("postgres") as lien:
        for nom in creees:
            lien.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(nom)))


def _proprietaire(base: str) -> psycopg.Connection[Any]:
    from draille.socle.pg_embarque import demarrer

    if os.environ.get("DATABASE_URL"):
        pytest.skip("demande le serveur embarqué, pour y créer des bases jetables")
    return psycopg.connect(**{**demarrer().proprietaire, "dbname": base}, autocommit=True)


Importer = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def importer(fichiers: list[Path], tmp_path: Path) -> Iterator[Importer]:
    """Fait des imports, chacun dans son processus, ceux d'un même appel en même temps."""
    pere = subprocess.Popen(
        [sys.executable, "-m", "draille.moteurs.flux.tests.enfant"],
        cwd=RACINE,
        env={
            **os.environ,
            "DRAILLE_CLES": settings.DRAILLE_CLES,
            "DJANGO_SETTINGS_MODULE": "draille.reglages.principal",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert pere.stdin and pere.stdout
    ecrire, lire = pere.stdin, pere.stdout

    def faire(*bases: str, coup: int = 0, lot: int = 8) -> list[dict[str, Any]]:
        travaux = [
            {
                "base": b,
                "depots": str(tmp_path / b),
                "coup": coup,
                "lot": lot,
                "fichiers": [str(f) for f in fichiers],
            }
            for b in bases
        ]
        ecrire.write(json.dumps(travaux) + "\n")
        ecrire.flush()
        rendus: list[dict[str, Any]] = json.loads(lire.readline())
        return rendus

    yield faire
    ecrire.close()
    assert pere.wait(timeout=60) == 0


def _etat(base: str) -> dict[str, list[str]]:
    with _proprietaire(base) as lien:
        return {nom: sorted(map(repr, lien.execute(r))) for nom, r in ETATS.items()}


@pytest.mark.lent
def test_un_import_tue_puis_repris_finit_dans_le_meme_etat(
    base: Callable[[str], str], importer: Importer
) -> None:
    temoin = base("temoin")
    (fait,) = importer(temoin)
    assert fait["code"] == 0
    gestes = fait["gestes"]
    attendu = _etat(temoin)
    d_une_traite = base("traite")
    assert importer(d_une_traite, lot=10_000)[0]["code"] == 0
    assert _etat(d_une_traite) == attendu
    assert len(attendu["entrees"]) == 4
    assert len(attendu["rejets"]) == 1
    alea = random.Random(20201106)
    par_nature = {
        nature: [rang for rang, geste in enumerate(gestes, 1) if geste == nature]
        for nature in "rct"
    }
    coups = [alea.choice(par_nature["r"]), *alea.sample(par_nature["c"], 2)]
    coups += [*alea.sample(par_nature["t"], 4), par_nature["t"][-1], len(gestes)]
    for coup in sorted(coups):
        tuee = base(f"coup{coup}")
        assert importer(tuee, coup=coup)[0]["code"] == -signal.SIGKILL
        assert importer(tuee)[0]["code"] == 0
        assert _etat(tuee) == attendu, f"tué au geste {coup} ({gestes[coup - 1]})"


@pytest.mark.lent
def test_deux_imports_en_meme_temps_passent_l_un_apres_l_autre(
    base: Callable[[str], str], importer: Importer
) -> None:
    temoin, disputee = base("seul"), base("deux")
    assert importer(temoin)[0]["code"] == 0
    assert [fait["code"] for fait in importer(disputee, disputee)] == [0, 0]
    assert _etat(disputee) == _etat(temoin)
