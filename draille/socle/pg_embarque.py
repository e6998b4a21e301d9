"""Le PostgreSQL embarqué : une grappe à soi, sans réseau, pour la démonstration et les essais.

Le dossier de la grappe contient `grappe/` (les données), `socket/` (0700), `acces.json` (0600, les
mots de passe) et `verrou`. Un serveur véritable se déclare par `DATABASE_URL`, que lit
`url_vers_connexion` ; ce module ne sert alors pas.

Deux rôles : `draille`, propriétaire, pour les migrations ; `draille_app`, que l'application utilise
et qui ne peut contourner la sécurité par ligne.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

from draille.socle import pg_outils as outils
from draille.socle.pg_outils import BaseIndisponible, Compte
from draille.socle.pg_url import url_vers_connexion

__all__ = [
    "BaseIndisponible",
    "Connexion",
    "Connexions",
    "Etat",
    "PgEmbarque",
    "arreter",
    "connexions",
    "demarrer",
    "dossier_par_defaut",
    "etat",
    "url_vers_connexion",
]

RACINE = Path(__file__).resolve().parents[2]
VERSION_PLANCHER = 15
PORT = 5432
NOM_BASE = "draille"
PROPRIETAIRE = "draille"
APPLICATION = "draille_app"
# La structure sockaddr_un réserve 108 octets, zéro final compris.
CHEMIN_SOCKET_MAX = 107
ATTENTE_S = 300.0
ATTENTE_REPRISE_S = 30.0


class Connexion(TypedDict):
    """Les paramètres d'une connexion, tels que `psycopg.connect(**connexion)` les attend."""

    host: str
    port: int
    user: str
    password: str
    dbname: str


@dataclass(frozen=True, repr=False)
class Connexions:
    """Les deux connexions de Draille. Sans repr : une trace n'emporte pas les mots de passe."""

    proprietaire: Connexion
    application: Connexion


@dataclass(frozen=True, kw_only=True)
class Etat:
    """L'état de la grappe embarquée."""

    est_creee: bool
    est_demarree: bool
    dossier: Path
    version: str
    pid: int | None

    def __str__(self) -> str:
        """Une phrase pour la ligne de commande."""
        if not self.est_creee:
            return f"Aucune base embarquée dans {self.dossier}."
        if not self.est_demarree:
            return f"Base embarquée arrêtée (PostgreSQL {self.version}, {self.dossier})."
        return f"Base embarquée démarrée (PostgreSQL {self.version}, {self.dossier}, {self.pid})."


def dossier_par_defaut() -> Path:
    """Le dossier de la grappe : `DRAILLE_PG_DOSSIER`, sinon un dossier propre à ce dépôt."""
    choisi = os.environ.get("DRAILLE_PG_DOSSIER", "").strip()
    if choisi:
        return Path(choisi).absolute()
    if os.geteuid() != 0:
        return RACINE / "var" / "pg"
    # PostgreSQL refuse de tourner sous root, et un dépôt sous /root est hors de portée d'un autre
    # compte : la grappe vit ailleurs, sous un nom tiré du dépôt pour que deux clones s'ignorent.
    return Path("/var/lib/draille") / outils.empreinte(RACINE)


@dataclass(frozen=True)
class PgEmbarque:
    """Une grappe PostgreSQL et son serveur, dans `dossier`."""

    dossier: Path = field(default_factory=dossier_par_defaut)

    @property
    def grappe(self) -> Path:
        """Le dossier des données."""
        return self.dossier / "grappe"

    @property
    def socket(self) -> Path:
        """Le dossier du socket, remplacé par un chemin court quand le naturel dépasse la limite."""
        naturel = self.dossier / "socket"
        if len(os.fsencode(naturel / f".s.PGSQL.{PORT}")) <= CHEMIN_SOCKET_MAX:
            return naturel
        parent = Path("/run") if os.geteuid() == 0 and os.access("/run", os.W_OK) else Path("/tmp")
        return parent / f"draille-{outils.empreinte(self.dossier)}"

    def demarrer(self) -> Connexions:
        """Démarre le serveur, en créant au besoin la grappe, les rôles et la base.

        Sans effet, et rapide, quand tout tourne déjà. Lève `BaseIndisponible`.
        """
        with contextlib.suppress(BaseIndisponible, psycopg.OperationalError):
            connexions = self.connexions()
            psycopg.connect(**connexions.application, connect_timeout=5).close()
            return connexions
        outils.ouvrir_dossier(self.dossier)
        with self._verrou():
            compte = self._compte()
            if not (self.grappe / "PG_VERSION").exists():
                self._creer_grappe(compte)
            connexions = self.connexions()
            if not self._attendre_serveur_en_marche(connexions):
                self._lancer(compte)
            _creer_roles_et_base(connexions)
        return connexions

    def arreter(self) -> None:
        """Arrête le serveur ; sans effet s'il ne tourne pas. Lève `BaseIndisponible`."""
        if self._pid() is None:
            return
        with self._verrou():
            self._arreter(self._compte())

    def etat(self) -> Etat:
        """L'état, sans rien démarrer. Lève `BaseIndisponible` si elle est à un autre compte."""
        fichier = self.grappe / "PG_VERSION"
        try:
            est_creee = fichier.exists()
        except PermissionError as erreur:
            raise BaseIndisponible(f"{self.dossier} appartient à un autre compte.") from erreur
        pid = self._pid()
        return Etat(
            est_creee=est_creee,
            est_demarree=pid is not None,
            dossier=self.dossier,
            version=fichier.read_text().strip() if est_creee else "",
            pid=pid,
        )

    def connexions(self) -> Connexions:
        """Les connexions, sans démarrer. Lève `BaseIndisponible` si la grappe n'existe pas."""
        chemin = self.dossier / "acces.json"
        try:
            acces: dict[str, str] = json.loads(chemin.read_text(encoding="utf-8"))
            return Connexions(
                proprietaire=self._connexion(PROPRIETAIRE, acces[PROPRIETAIRE]),
                application=self._connexion(APPLICATION, acces[APPLICATION]),
            )
        except FileNotFoundError as erreur:
            raise BaseIndisponible(
                f"La base embarquée n'est pas encore créée dans {self.dossier}. "
                "Lancez « draille base demarrer »."
            ) from erreur
        except PermissionError as erreur:
            raise BaseIndisponible(
                f"{chemin} appartient à un autre compte. Relancez sous le compte qui a créé la "
                "base, ou donnez un autre dossier par DRAILLE_PG_DOSSIER."
            ) from erreur
        except (ValueError, KeyError) as erreur:
            raise BaseIndisponible(f"{chemin} est illisible : rendez-lui sa copie.") from erreur

    def _connexion(self, role: str, mot_de_passe: str) -> Connexion:
        return {
            "host": str(self.socket),
            "port": PORT,
            "user": role,
            "password": mot_de_passe,
            "dbname": NOM_BASE,
        }

    @contextlib.contextmanager
    def _verrou(self) -> Iterator[None]:
        # Le noyau rend ce verrou à la mort du processus, même tué : il n'en reste jamais de périmé.
        with (self.dossier / "verrou").open("a") as fichier:
            fcntl.flock(fichier, fcntl.LOCK_EX)
            yield

    def _compte(self) -> Compte | None:
        """Le compte sous lequel tourne le serveur ; nul pour le compte courant."""
        if os.geteuid() != 0:
            return None
        if self.grappe.exists():
            etat = self.grappe.stat()
            return Compte(etat.st_uid, etat.st_gid)
        return outils.compte_sans_privilege()

    def _creer_grappe(self, compte: Compte | None) -> None:
        acces = self.dossier / "acces.json"
        if not acces.exists():
            mots = {role: secrets.token_urlsafe(32) for role in (PROPRIETAIRE, APPLICATION)}
            outils.ecrire(acces, json.dumps(mots), None)
        # Créée à côté puis renommée : interrompue, elle ne laisse pas de grappe à moitié faite.
        neuve = self.dossier / "grappe.neuve"
        secret = self.dossier / "secret"
        shutil.rmtree(neuve, ignore_errors=True)
        outils.creer_dossier(neuve, compte)
        outils.verifier_portee(neuve, compte)
        programmes = self._programmes(compte)
        outils.ecrire(secret, self.connexions().proprietaire["password"] + "\n", compte)
        commande: list[str | Path] = [programmes / "initdb", "-D", neuve, f"--pwfile={secret}"]
        commande += ["-U", PROPRIETAIRE, "--auth-local=scram-sha-256", "--auth-host=reject"]
        commande += ["--encoding=UTF8", "--data-checksums", "--text-search-config=french"]
        # Avant PostgreSQL 17, la locale interne manque : celle du système en tient lieu.
        locale = ["--locale=C.UTF-8"]
        if outils.version(programmes, compte) >= 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            outils.executer([*commande, *locale], compte)
        finally:
            secret.unlink(missing_ok=True)
        with (neuve / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude = 'draille.conf'\n")
        neuve.rename(self.grappe)

    def _lancer(self, compte: Compte | None) -> None:
        socket = self.socket
        outils.creer_dossier(socket, compte)
        outils.ecrire_reglages(self.grappe / "draille.conf", socket, PORT, compte)
        self._oublier_serveur_mort()
        journal = self.grappe / "demarrage.log"
        journal.unlink(missing_ok=True)
        commande: list[str | Path] = [self._programmes(compte) / "pg_ctl", "-D", self.grappe]
        commande += ["-w", "-s", "-t", str(int(ATTENTE_S)), "-l", journal, "start"]
        limite = time.monotonic() + ATTENTE_REPRISE_S
        while True:
            try:
                outils.executer(commande, compte)
                return
            except BaseIndisponible as erreur:
                dit = outils.fin_des_journaux([journal, *(self.grappe / "log").glob("*.log")])
                # Après un kill -9 du serveur, ses processus fils gardent un moment la mémoire.
                if "shared memory" not in dit or time.monotonic() > limite:
                    raise BaseIndisponible(f"{erreur}\n{dit}".strip()) from erreur
                time.sleep(0.5)

    def _arreter(self, compte: Compte | None) -> None:
        commande: list[str | Path] = [self._programmes(compte) / "pg_ctl", "-D", self.grappe]
        commande += ["-w", "-s", "-t", "60", "stop", "-m"]
        try:
            outils.executer([*commande, "fast"], compte)
        except BaseIndisponible:
            if self._pid() is not None:
                outils.executer([*commande, "immediate"], compte)

    def _attendre_serveur_en_marche(self, connexions: Connexions) -> bool:
        """Vrai quand le serveur répond ; faux quand il faut le lancer."""
        limite = time.monotonic() + ATTENTE_S
        while self._pid() is not None and time.monotonic() < limite:
            if not (self.socket / f".s.PGSQL.{PORT}").exists() and self._est_pret():
                # Un nettoyage de /tmp a pu emporter le socket d'un serveur bien vivant.
                self._arreter(self._compte())
                return False
            with contextlib.suppress(psycopg.OperationalError):
                _connecter_proprietaire(connexions).close()
                return True
            time.sleep(0.1)
        return False

    def _pid(self) -> int | None:
        lignes = self._fichier_pid()
        if not lignes or not lignes[0].isdigit():
            return None
        pid = int(lignes[0])
        return pid if outils.est_serveur(pid, self.grappe) else None

    def _est_pret(self) -> bool:
        lignes = self._fichier_pid()
        return len(lignes) >= 8 and lignes[7].strip() == "ready"

    def _fichier_pid(self) -> list[str]:
        try:
            return (self.grappe / "postmaster.pid").read_text().split("\n")
        except OSError:
            return []

    def _oublier_serveur_mort(self) -> None:
        # PostgreSQL reconnaît seul un numéro de processus mort, mais non un numéro repris par un
        # autre programme, ni un mort que personne n'a relevé : deux cas courants en conteneur.
        # La mémoire partagée, qu'il contrôle à part, protège encore des fils survivants.
        lignes = self._fichier_pid()
        if lignes and lignes[0].isdigit() and self._pid() is None and outils.existe(int(lignes[0])):
            (self.grappe / "postmaster.pid").unlink(missing_ok=True)
            (self.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _programmes(self, compte: Compte | None) -> Path:
        """Les exécutables : ceux de la version de la grappe si elle existe, sinon les premiers."""
        fichier = self.grappe / "PG_VERSION"
        voulue = int(fichier.read_text()) if fichier.exists() else None
        for candidat in outils.candidats():
            programmes = outils.a_portee(candidat, self.dossier, compte)
            version = outils.version(programmes, compte)
            if version == voulue or (voulue is None and version >= VERSION_PLANCHER):
                return programmes
        if voulue is not None:
            raise BaseIndisponible(
                f"La base de {self.dossier} a été créée par PostgreSQL {voulue}, introuvable ici. "
                "Indiquez son dossier bin par DRAILLE_PG_BIN."
            )
        raise BaseIndisponible(
            f"Aucun PostgreSQL {VERSION_PLANCHER} ou plus récent. Installez les dépendances "
            "(uv sync), ou donnez un dossier bin par DRAILLE_PG_BIN, ou un serveur par "
            "DATABASE_URL."
        )


def _connecter_proprietaire(connexions: Connexions) -> psycopg.Connection:
    # La base `postgres` existe dès la création de la grappe, avant celle de Draille.
    parametres = connexions.proprietaire | {"dbname": "postgres"}
    return psycopg.connect(**parametres, autocommit=True, connect_timeout=10)


def _creer_roles_et_base(connexions: Connexions) -> None:
    """Crée ce qui manque ; reprend une création interrompue."""
    role, base = sql.Identifier(APPLICATION), sql.Identifier(NOM_BASE)
    mot = sql.Literal(connexions.application["password"])
    with _connecter_proprietaire(connexions) as lien:
        if not lien.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone():
            lien.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, mot))
        lien.execute(
            sql.SQL(
                "ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
            ).format(role)
        )
        if not lien.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NOM_BASE]).fetchone():
            lien.execute(sql.SQL("CREATE DATABASE {}").format(base))
        lien.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(base))
        lien.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(base, role))


def demarrer() -> Connexions:
    """Démarre la base embarquée du dossier par défaut. Lève `BaseIndisponible`."""
    return PgEmbarque().demarrer()


def arreter() -> None:
    """Arrête la base embarquée du dossier par défaut. Lève `BaseIndisponible`."""
    PgEmbarque().arreter()


def etat() -> Etat:
    """L'état de la base embarquée du dossier par défaut."""
    return PgEmbarque().etat()


def connexions() -> Connexions:
    """Les connexions de la base embarquée, sans la démarrer. Lève `BaseIndisponible`."""
    return PgEmbarque().connexions()
