"""Une heure sans receveurs, un expéditeur tué au pire moment, deux expéditeurs à la fois.

De vrais processus, de vrais receveurs, une base jetable. Chaque message arrive une fois, et sa
preuve est là.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from draille.moteurs.messages.tests.receveurs import PasserelleSms, ServeurSmtp

RACINE = Path(__file__).parents[4]
NOMBRE = 6
BAIL = 10


def _proprietaire(base):
    from draille.socle.pg_embarque import demarrer

    if os.environ.get("DATABASE_URL"):
        pytest.skip("demande le serveur embarqué, pour y créer des bases jetables")
    return psycopg.connect(**{**demarrer().proprietaire, "dbname": base}, autocommit=True)


@pytest.fixture
def base(db):
    """Une base jetable, copie de la base d'essai."""
    modele = connections["default"].settings_dict["NAME"]
    connections["default"].close()
    nom = f"{modele}_envoi_{os.getpid()}"
    with _proprietaire("postgres") as lien:
        lien.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(nom), sql.Identifier(modele)
            )
        )
    yield nom
    with _proprietaire("postgres") as lien:
        lien.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(nom)))


class Atelier:
    """De quoi lancer des expéditeurs et relire la base."""

    def __init__(self, base, dossier, ports):
        self.base, self.dossier = base, dossier
        self.environnement = {
            **os.environ,
            "DRAILLE_BASE": base,
            "DRAILLE_CLES": settings.DRAILLE_CLES,
            "DJANGO_SETTINGS_MODULE": "draille.reglages.principal",
            "DRAILLE_DEMONSTRATION": "0",
            "DRAILLE_MESSAGES_DOSSIER": str(dossier),
            "DRAILLE_SMTP_HOTE": "127.0.0.1",
            "DRAILLE_SMTP_PORT": str(ports["smtp"]),
            "DRAILLE_SMTP_TLS": "0",
            "DRAILLE_SMS_URL": f"http://127.0.0.1:{ports['sms']}/envois",
            "DRAILLE_SMS_JETON": "secret",
        }

    def lancer(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "draille.moteurs.messages.tests.enfant", *map(str, arguments)],
            cwd=RACINE,
            env=self.environnement,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finir(self, enfant, attendu=0):
        sortie, erreurs = enfant.communicate(timeout=120)
        assert enfant.returncode == attendu, erreurs
        return sortie

    def lire(self, requete):
        with _proprietaire(self.base) as lien:
            return lien.execute(requete).fetchall()


def _ports():
    with ServeurSmtp() as smtp, PasserelleSms() as sms:
        return {"smtp": smtp.port, "sms": sms.port}


@pytest.mark.lent
def test_une_heure_de_panne_et_un_kill_9_chaque_message_arrive_une_fois(base, tmp_path):
    ports = _ports()
    atelier = Atelier(base, tmp_path, ports)
    atelier.finir(atelier.lancer("deposer", NOMBRE))
    # Une heure sans receveurs, un passage par minute : le courrier part, le reste attend.
    passages = atelier.finir(atelier.lancer("envoyer", "-", *range(60))).splitlines()
    assert passages[0] == f"0 {NOMBRE} ['courriel', 'sms']"
    assert Counter(p.split(" ", 1)[1] for p in passages[1:])["0 ['courriel', 'sms']"] >= 10
    assert len(list(tmp_path.rglob("*.pdf"))) == NOMBRE
    with ExitStack() as pile:
        smtp = pile.enter_context(ServeurSmtp(ports["smtp"]))
        sms = pile.enter_context(PasserelleSms(ports["sms"]))
        # Les receveurs reviennent ; deux fois, l'expéditeur meurt après la remise, avant la preuve.
        atelier.finir(atelier.lancer("envoyer", "courriel", 200), attendu=-signal.SIGKILL)
        atelier.finir(atelier.lancer("envoyer", "sms", 200), attendu=-signal.SIGKILL)
        tues = atelier.lire("SELECT canal FROM messagerie_message WHERE etat = 'en_cours'")
        assert sorted(c for (c,) in tues) == ["courriel", "sms"]
        # Deux expéditeurs à la fois : aucun ne reprend un envoi dont le bail court encore.
        for minute in (201, 200 + BAIL):
            paire = [atelier.lancer("envoyer", "-", minute) for _ in range(2)]
            for enfant in paire:
                atelier.finir(enfant)
            en_cours = atelier.lire(
                "SELECT count(*) FROM messagerie_message WHERE etat = 'en_cours'"
            )
            assert en_cours == [(2 if minute == 201 else 0,)]
        assert len(smtp.distincts) == len(sms.acceptes) == NOMBRE
        # Seul l'envoi interrompu s'est présenté deux fois, sous sa clé : le receveur l'écarte.
        assert len(smtp.recus) == NOMBRE + 1
        assert Counter(code for code, _, _ in sms.demandes) == {202: NOMBRE + 1}
    _verifier_les_preuves(atelier)


def _verifier_les_preuves(atelier):
    assert atelier.lire("SELECT etat, count(*) FROM messagerie_message GROUP BY etat") == [
        ("remis", 3 * NOMBRE)
    ]
    reussites = atelier.lire(
        "SELECT count(*) FILTER (WHERE est_reussie), count(*) FILTER (WHERE motif = 'interrompu')"
        " FROM messagerie_tentative GROUP BY message_id"
    )
    assert Counter(r for r, _ in reussites) == {1: 3 * NOMBRE}
    assert sum(i for _, i in reussites) == 2
    lignes = atelier.lire(
        "SELECT count(*), count(DISTINCT objet_id) FROM noyau_lignejournal"
        " WHERE code = 'messages.remettre'"
    )
    assert lignes == [(3 * NOMBRE, 3 * NOMBRE)]


@pytest.mark.lent
def test_deux_expediteurs_a_la_fois_n_envoient_rien_deux_fois(base, tmp_path):
    ports = _ports()
    atelier = Atelier(base, tmp_path, ports)
    atelier.finir(atelier.lancer("deposer", 25))
    with ServeurSmtp(ports["smtp"]) as smtp, PasserelleSms(ports["sms"]) as sms:
        paire = [atelier.lancer("envoyer", "-", 0) for _ in range(2)]
        parts = [int(atelier.finir(enfant).split()[1]) for enfant in paire]
        assert sum(parts) == 75
        assert len(smtp.recus) == len(smtp.distincts) == 25
        assert len(sms.demandes) == len(sms.acceptes) == 25
    assert len(list(tmp_path.rglob("*.pdf"))) == 25


@pytest.mark.lent
def test_la_ligne_de_commande_envoie_et_dit_si_un_receveur_manque(base, tmp_path):
    ports = _ports()
    atelier = Atelier(base, tmp_path, ports)
    atelier.environnement["DRAILLE_DATE"] = "2020-12-08"
    atelier.finir(atelier.lancer("deposer", 2))
    en_panne = _commande(atelier)
    assert en_panne.returncode == 1
    assert "« courriel » manque" in en_panne.stdout
    atelier.environnement["DRAILLE_DATE"] = "2020-12-09"
    with ServeurSmtp(ports["smtp"]) as smtp, PasserelleSms(ports["sms"]):
        servie = _commande(atelier)
        assert servie.returncode == 0, servie.stdout + servie.stderr
        assert len(smtp.recus) == 2
    assert len(list(tmp_path.rglob("*.pdf"))) == 2


def _commande(atelier):
    return subprocess.run(
        [sys.executable, "-m", "draille.commande.principal", "messages", "envoyer"],
        cwd=RACINE,
        env=atelier.environnement,
        capture_output=True,
        text=True,
        timeout=120,
    )
