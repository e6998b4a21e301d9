"""Le journal altéré par un superutilisateur, sur une copie : la vérification le dit, et où."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from draille.noyau.journal import scellement
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.personne.actes import Inscrire
from draille.socle import contexte
from draille.socle.acces import Compartiment, acces_systeme
from tests.droits.test_droits import INSTANT

RACINE = Path(__file__).resolve().parents[2]
LOTS, PAR_LOT = 14, 6
pytestmark = [
    # Marqués, pour que pytest-django crée la base que l'on copie.
    pytest.mark.django_db,
    pytest.mark.xdist_group("journal"),
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="copie la base du serveur embarqué"
    ),
]


def _base(nom: str) -> str:
    """Le nom d'une base jetable, propre à ce processus d'essais."""
    return f"{connections['default'].settings_dict['NAME']}_{nom}"


class Serveur:
    """Le superutilisateur du serveur d'essai, qui copie et détruit des bases."""

    def __init__(self, reglage: dict[str, Any], proprietaire: dict[str, str]) -> None:
        self.reglage, self.proprietaire = reglage, proprietaire

    def connexion(self, base: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=self.reglage["HOST"],
            port=self.reglage["PORT"],
            user=self.proprietaire["USER"],
            password=self.proprietaire["PASSWORD"],
            dbname=base,
            autocommit=True,
        )

    def copier(self, de: str, vers: str) -> None:
        with self.connexion("postgres") as lien:
            lien.execute(f'DROP DATABASE IF EXISTS "{vers}" WITH (FORCE)')
            lien.execute(f'CREATE DATABASE "{vers}" TEMPLATE "{de}"')

    def detruire(self, base: str) -> None:
        with self.connexion("postgres") as lien:
            lien.execute(f'DROP DATABASE IF EXISTS "{base}" WITH (FORCE)')


@pytest.fixture(scope="module")
def serveur(django_db_setup: None, django_db_blocker: Any) -> Iterator[Serveur]:
    """Une base modèle, copiée de celle des essais, où des lots sont scellés."""
    from conftest import PROPRIETAIRE

    reglage = connections["default"].settings_dict
    serveur = Serveur(reglage, PROPRIETAIRE)
    essais, modele, copie = reglage["NAME"], _base("modele"), _base("copie")
    with django_db_blocker.unblock():
        connection.close()
        serveur.copier(essais, modele)
        reglage["NAME"] = modele
        try:
            _sceller_des_lots()
        finally:
            connection.close()
            reglage["NAME"] = essais
        yield serveur
    serveur.detruire(copie)
    serveur.detruire(modele)


def _sceller_des_lots() -> None:
    """Des lots de six lignes ; chacun a un numéro manquant, comme après un acte défait."""
    acces = acces_systeme(nom="essai")
    with contexte.ouvrir(acces=acces, instant=INSTANT):
        scellement.sceller()
    for lot in range(LOTS):
        with contexte.ouvrir(acces=acces, instant=INSTANT):
            for rang in range(PAR_LOT):
                if rang == 3:
                    with connection.cursor() as curseur:
                        curseur.execute(
                            "SELECT nextval(pg_get_serial_sequence('noyau_lignejournal', 'id'))"
                        )
                consigner(
                    charge=Inscrire(origine=f"lot {lot} ligne {rang}"),
                    par=acces,
                    le=INSTANT.date(),
                    sujet=Sujet(compartiment=Compartiment.INSERTION, objet_id=rang),
                )
            assert scellement.sceller() == PAR_LOT


@pytest.fixture
def copie(serveur: Serveur) -> Iterator[psycopg.Connection[Any]]:
    """Le superutilisateur dans une copie fraîche, déclencheurs du journal débranchés."""
    serveur.copier(_base("modele"), _base("copie"))
    with serveur.connexion(_base("copie")) as lien:
        for table in ("noyau_lignejournal", "noyau_scellement"):
            lien.execute(f"ALTER TABLE {table} DISABLE TRIGGER ajout_seul")
        yield lien


def _verifier() -> tuple[int, str]:
    """`draille journal verifier` sur la copie, comme un agent la taperait."""
    issue = subprocess.run(
        [sys.executable, "-m", "draille.commande.principal", "journal", "verifier"],
        cwd=RACINE,
        env={**os.environ, "DRAILLE_BASE": _base("copie")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return issue.returncode, issue.stdout + issue.stderr


def _lot(lien: psycopg.Connection[Any], rang: int) -> tuple[int, int, int]:
    """Numéro, première et dernière ligne du énième lot."""
    return lien.execute(
        "SELECT id, premier_id, dernier_id FROM noyau_scellement ORDER BY id OFFSET %s"
        " - %s + (SELECT count(*) FROM noyau_scellement) LIMIT 1",
        [rang, LOTS],
    ).fetchone()


def test_un_journal_intact_rend_zero(copie):
    code, sortie = _verifier()
    assert code == 0, sortie
    assert "Journal intact" in sortie


ALTERATIONS = {
    "la charge d'une ligne": (
        'UPDATE noyau_lignejournal SET charge = \'{"origine": "autre"}\' WHERE id = %(premier)s',
        "une ligne au moins a été modifiée",
    ),
    "un seul caractère de sa charge": (
        "UPDATE noyau_lignejournal SET charge = jsonb_set(charge, '{origine}',"
        " to_jsonb(replace(charge->>'origine', 'ligne', 'Ligne'))) WHERE id = %(dernier)s",
        "une ligne au moins a été modifiée",
    ),
    "sa date": (
        "UPDATE noyau_lignejournal SET le = le - 1 WHERE id = %(premier)s",
        "une ligne au moins a été modifiée",
    ),
    "son instant d'écriture": (
        "UPDATE noyau_lignejournal SET ecrit_le = ecrit_le + interval '1 microsecond'"
        " WHERE id = %(premier)s",
        "une ligne au moins a été modifiée",
    ),
    "son agent": (
        "UPDATE noyau_lignejournal SET agent_id = 7 WHERE id = %(premier)s",
        "une ligne au moins a été modifiée",
    ),
    "sa personne": (
        "UPDATE noyau_lignejournal SET personne_id = 7 WHERE id = %(premier)s",
        "une ligne au moins a été modifiée",
    ),
    "deux charges échangées": (
        "UPDATE noyau_lignejournal l SET charge = a.charge FROM noyau_lignejournal a"
        " WHERE (l.id, a.id) IN ((%(premier)s, %(dernier)s), (%(dernier)s, %(premier)s))",
        "une ligne au moins a été modifiée",
    ),
    "deux champs voisins échangés": (
        "UPDATE noyau_lignejournal SET objet_id = personne_id, personne_id = objet_id"
        " WHERE id = %(dernier)s",
        "une ligne au moins a été modifiée",
    ),
    "une ligne ôtée": (
        "DELETE FROM noyau_lignejournal WHERE id = %(premier)s + 1",
        "1 ligne(s) ont disparu",
    ),
    "la dernière ligne du lot ôtée": (
        "DELETE FROM noyau_lignejournal WHERE id = %(dernier)s",
        "1 ligne(s) ont disparu",
    ),
    "une ligne glissée dans un numéro libre": (
        "INSERT INTO noyau_lignejournal (id, code, version, le, ecrit_le, cle_acces, compartiment,"
        " charge, transaction_id) SELECT %(premier)s + 3, code, version, le, ecrit_le, cle_acces,"
        " compartiment, charge, transaction_id FROM noyau_lignejournal WHERE id = %(premier)s",
        "1 ligne(s) ont été ajoutées",
    ),
    "une ligne remplacée par une autre": (
        "UPDATE noyau_lignejournal SET id = %(premier)s + 3 WHERE id = %(premier)s + 1",
        "une ligne au moins a été modifiée",
    ),
}


def test_chaque_alteration_est_dite_avec_son_lot(copie):
    """Une altération par lot, une seule vérification : chaque lot touché est dit, aucun autre."""
    attendus = []
    for rang, (requete, message) in enumerate(ALTERATIONS.values()):
        lot, premier, dernier = _lot(copie, rang)
        touchees = copie.execute(requete, {"premier": premier, "dernier": dernier})
        assert touchees.rowcount >= 1, f"rien n'est altéré par : {requete}"
        attendus.append(f"lot {lot} : lignes {premier} à {dernier} : {message}.")
    code, sortie = _verifier()
    assert code == 1, sortie
    assert [ligne for ligne in sortie.splitlines() if ligne.startswith("lot ")] == attendus
    assert "Journal altéré." in sortie
    assert "ligne 1" not in sortie, "aucune valeur d'une ligne ne se montre"


SCEAUX = {
    "le nombre du lot": "UPDATE noyau_scellement SET nombre = nombre + 1 WHERE id = %(lot)s",
    "l'empreinte de ses lignes": (
        "UPDATE noyau_scellement SET empreinte_lignes = sha256('x') WHERE id = %(lot)s"
    ),
    "le sceau du lot": "UPDATE noyau_scellement SET empreinte = sha256('x') WHERE id = %(lot)s",
}


@pytest.mark.parametrize("alteration", SCEAUX)
def test_un_scellement_altere_est_dit(copie, alteration):
    lot, premier, dernier = _lot(copie, 1)
    assert copie.execute(SCEAUX[alteration], {"lot": lot}).rowcount == 1
    code, sortie = _verifier()
    assert code == 1, sortie
    assert f"lot {lot} : lignes {premier} à {dernier} : le sceau lui-même" in sortie


def test_un_lot_efface_avec_ses_lignes_rompt_la_chaine(copie):
    lot, premier, dernier = _lot(copie, 1)
    suivant, *_ = _lot(copie, 2)
    copie.execute("DELETE FROM noyau_lignejournal WHERE id BETWEEN %s AND %s", [premier, dernier])
    copie.execute("DELETE FROM noyau_scellement WHERE id = %s", [lot])
    code, sortie = _verifier()
    assert code == 1, sortie
    assert f"lot {suivant} : " in sortie
    assert "le sceau lui-même ne correspond pas à la chaîne" in sortie


def test_refaire_la_chaine_sans_la_cle_ne_trompe_pas(copie):
    """L'altération et toutes les empreintes recalculées en SQL : il manque la clé du sceau."""
    lot, premier, dernier = _lot(copie, 1)
    avant = copie.execute(
        "SELECT max(dernier_id) FROM noyau_scellement WHERE id < %s", [lot]
    ).fetchone()[0]
    copie.execute("UPDATE noyau_lignejournal SET le = le - 1 WHERE id = %s", [premier])
    refait = scellement._EMPREINTE.replace("%s", f"{avant or 0}", 1).replace("%s", f"{dernier}", 1)
    empreinte = copie.execute(refait).fetchone()[3]
    copie.execute(
        "UPDATE noyau_scellement SET empreinte_lignes = %s WHERE id = %s", [empreinte, lot]
    )
    copie.execute(
        "UPDATE noyau_scellement s SET empreinte = sha256(coalesce((SELECT p.empreinte"
        " FROM noyau_scellement p WHERE p.id < s.id ORDER BY p.id DESC LIMIT 1), ''::bytea)"
        " || convert_to('|' || premier_id || ':' || dernier_id || ':' || nombre || '|', 'UTF8')"
        " || empreinte_lignes) WHERE id >= %s",
        [lot],
    )
    code, sortie = _verifier()
    assert code == 1, sortie
    assert f"lot {lot} : " in sortie
    assert "modifiée" not in sortie, "les empreintes des lignes ont bien été refaites"
    assert "le sceau lui-même ne correspond pas à la chaîne" in sortie
