"""Ce que les bancs partagent : une mesure, une base jetable, un enfant mesuré, la machine.

Chaque module de banc (`ingestion`, `pages`, `indicateurs`…) expose

    def mesurer(*, reduit: bool) -> list[Mesure]

`reduit` : de petites tailles, pour éprouver le banc lui-même ; les plafonds n'y disent rien.
`bench/__main__.py` les appelle l'un après l'autre, sans Django : chacun crée sa base par
`base_jetable()` et lance dans un enfant (`lancer`) ce qui a besoin de Django. `lancer` rend la
durée et la crête de mémoire de l'enfant ; un enfant écrit son résultat en JSON sur sa sortie.

    with base_jetable("ingestion") as base:
        execution = lancer(["-m", "bench.ingestion", "importer", chemin], base=base)
        execution.json()["duree_s"], execution.crete_mo
"""

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql

from draille.socle.pg_embarque import demarrer

RACINE = Path(__file__).resolve().parents[1]
PREFIXE = "bench_draille_"


@dataclass(frozen=True, slots=True)
class Mesure:
    """Un nombre mesuré. `plafond` nul : dit pour information, sans rien à tenir.

    `valeur` et `plafond` sont dans `unite` (« × », « ms », « s », « Mo ») ; `sens` « min » quand le
    plafond est un plancher. `detail` : comment on a mesuré et les nombres bruts, en une phrase.
    """

    nom: str
    valeur: float
    plafond: float | None
    unite: str
    detail: str = ""
    sens: Literal["max", "min"] = "max"

    @property
    def est_tenue(self) -> bool | None:
        """Vrai si le plafond est tenu ; nul s'il n'y en a pas."""
        if self.plafond is None:
            return None
        return self.valeur <= self.plafond if self.sens == "max" else self.valeur >= self.plafond


@dataclass(frozen=True, slots=True)
class Base:
    """Une base jetable du serveur embarqué ; deux rôles, comme en service."""

    nom: str
    reglages: Mapping[str, str] = field(default_factory=dict)

    def proprietaire(self, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """Une connexion du propriétaire, que les murs n'arrêtent pas."""
        parametres = {**demarrer().proprietaire, "dbname": self.nom}
        return psycopg.connect(**parametres, autocommit=autocommit)

    def application(self, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """Une connexion sous le rôle de l'application, murs dressés."""
        parametres = {**demarrer().application, "dbname": self.nom}
        return psycopg.connect(**parametres, autocommit=autocommit)

    @property
    def environnement(self) -> dict[str, str]:
        """L'environnement d'un enfant qui travaille dans cette base."""
        herite = {c: v for c, v in os.environ.items() if not c.startswith("DATABASE_URL")}
        propre = {
            "DRAILLE_BASE": self.nom,
            "DJANGO_SETTINGS_MODULE": "draille.reglages.principal",
            **self.reglages,
        }
        return {**herite, **propre}


@contextmanager
def base_jetable(
    nom: str, *, reglages: Mapping[str, str] | None = None, migree: bool = True
) -> Iterator[Base]:
    """Crée une base vide et migrée, la rend, et la supprime à la fin, quoi qu'il arrive.

    `reglages` : variables d'environnement des enfants (`DRAILLE_DATE`, `DRAILLE_DEMONSTRATION`).
    """
    base = Base(f"{PREFIXE}{nom}_{os.getpid()}", dict(reglages or {}))
    nom_sql = sql.Identifier(base.nom)
    with _administration() as lien:
        _ecarter_abandonnees(lien)
        lien.execute(sql.SQL("CREATE DATABASE {}").format(nom_sql))
    try:
        if migree:
            lancer(["manage.py", "migrate", "--database", "proprietaire", "-v", "0"], base=base)
            cache = ["manage.py", "createcachetable", "--database", "proprietaire", "-v", "0"]
            lancer(cache, base=base)
        yield base
    finally:
        with _administration() as lien:
            lien.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(nom_sql))


@contextmanager
def _administration() -> Iterator[psycopg.Connection[Any]]:
    parametres = {**demarrer().proprietaire, "dbname": "postgres"}
    with psycopg.connect(**parametres, autocommit=True) as lien:
        yield lien


def _ecarter_abandonnees(lien: psycopg.Connection[Any]) -> None:
    """Supprime les bases d'un banc tué : leur nom dit le processus, qui n'existe plus."""
    restes = lien.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIXE]
    ).fetchall()
    for (nom,) in restes:
        pid = nom.rsplit("_", 1)[-1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            lien.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nom))
            )


@dataclass(frozen=True, slots=True)
class Execution:
    """Un enfant terminé : durée au mur, temps de processeur, crête de mémoire résidente, sortie."""

    duree_s: float
    processeur_s: float
    crete_mo: float
    sortie: str

    def json(self) -> Any:
        """Le résultat de l'enfant : le JSON de la dernière ligne de sa sortie."""
        return json.loads(self.sortie.strip().splitlines()[-1])


class EchecEnfant(RuntimeError):
    """Un enfant est sorti en erreur ; le message porte sa sortie d'erreur."""


def lancer(arguments: Sequence[str | Path], *, base: Base | None = None) -> Execution:
    """Lance un Python enfant et l'attend. Lève `EchecEnfant` s'il échoue.

    La crête est celle de ce seul enfant (wait4), ni de ses frères ni du banc. PostgreSQL n'en est
    pas : c'est la mémoire du processus qui importe, non celle du serveur.
    """
    environnement = base.environnement if base else dict(os.environ)
    depart = time.perf_counter()
    enfant = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=RACINE,
        env=environnement,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert enfant.stdout is not None
    assert enfant.stderr is not None
    erreurs: list[str] = []
    flux_erreurs = enfant.stderr
    lecteur = threading.Thread(target=lambda: erreurs.append(flux_erreurs.read()))
    lecteur.start()
    sortie = enfant.stdout.read()
    lecteur.join()
    # wait4 rend l'usage de ce seul enfant ; RUSAGE_CHILDREN mêlerait ceux d'avant.
    _, statut, usage = os.wait4(enfant.pid, 0)
    duree = time.perf_counter() - depart
    enfant.returncode = os.waitstatus_to_exitcode(statut)
    if enfant.returncode:
        raise EchecEnfant(f"{' '.join(map(str, arguments))} : {''.join(erreurs).strip()[-4000:]}")
    return Execution(duree, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, sortie)


def centile(valeurs: Sequence[float], rang: float) -> float:
    """Le centile `rang` (0 à 100), par le rang le plus proche : une valeur vraiment mesurée."""
    triees = sorted(valeurs)
    indice = max(0, -(-len(triees) * rang // 100) - 1)
    return triees[int(indice)]


def chronometrer(action: Callable[[], Any]) -> float:
    """La durée d'une action, en secondes."""
    depart = time.perf_counter()
    action()
    return time.perf_counter() - depart


def machine() -> dict[str, str]:
    """De quoi comparer deux mesures : processeur, cœurs, mémoire, versions."""
    with psycopg.connect(**demarrer().application) as lien:
        serveur = lien.info.parameter_status("server_version") or "?"
        reglages = dict(
            lien.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
                [["shared_buffers", "work_mem", "jit", "fsync"]],
            ).fetchall()
        )
    return {
        "Processeur": _lire_proc("/proc/cpuinfo", "model name"),
        "Cœurs": str(len(os.sched_getaffinity(0))),
        "Mémoire": f"{int(_lire_proc('/proc/meminfo', 'MemTotal').split()[0]) / 1024**2:.0f} Gio",
        "Système": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        # Une machine déjà prise fausse les durées, pas les rapports : on le dit.
        "Charge avant le banc": f"{os.getloadavg()[0]:.1f} (moyenne d'une minute)",
        "PostgreSQL": f"{serveur} ({', '.join(f'{c} = {v}' for c, v in sorted(reglages.items()))})",
    }


def _lire_proc(fichier: str, champ: str) -> str:
    for ligne in Path(fichier).read_text().splitlines():
        nom, _, valeur = ligne.partition(":")
        if nom.strip() == champ:
            return valeur.strip()
    return "0 inconnu"


__all__ = [
    "RACINE",
    "Base",
    "EchecEnfant",
    "Execution",
    "Mesure",
    "base_jetable",
    "centile",
    "chronometrer",
    "lancer",
    "machine",
]
