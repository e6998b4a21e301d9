"""Ce que coûte une page en temps de processeur, et ce que d'autres ont pris pendant la mesure.

Une durée au mur dépend de ce que fait la machine à côté ; le temps de processeur d'une demande,
presque pas. Lu dans /proc : serveur, ses processus, et ceux de PostgreSQL pour cette base.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

_TIC = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Releve:
    """Des compteurs cumulés, en secondes de processeur ; `mur_s` : l'instant du relevé."""

    serveur_s: float
    postgresql_s: float
    banc_s: float
    machine_s: float
    mur_s: float


@dataclass(frozen=True, slots=True)
class Cout:
    """Entre deux relevés : par demande en ms, et la part de la machine prise par d'autres."""

    serveur_ms: float
    postgresql_ms: float
    part_des_autres: float

    @property
    def total_ms(self) -> float:
        """Le serveur et la base."""
        return self.serveur_ms + self.postgresql_ms


def relever(*, pid_serveur: int, lien: psycopg.Connection[Any]) -> Releve:
    """Les compteurs à cet instant."""
    bases = lien.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    ).fetchall()
    return Releve(
        serveur_s=sum(_consomme(pid) for pid in (pid_serveur, *_enfants(pid_serveur))),
        postgresql_s=sum(_consomme(pid) for (pid,) in bases),
        banc_s=time.process_time(),
        machine_s=_machine(),
        mur_s=time.monotonic(),
    )


def cout(*, avant: Releve, apres: Releve, demandes: int) -> Cout:
    """Le coût d'une demande entre ces relevés."""
    serveur = apres.serveur_s - avant.serveur_s
    postgresql = apres.postgresql_s - avant.postgresql_s
    a_nous = serveur + postgresql + apres.banc_s - avant.banc_s
    capacite = (apres.mur_s - avant.mur_s) * (os.cpu_count() or 1)
    autres = (apres.machine_s - avant.machine_s - a_nous) / capacite
    return Cout(serveur / demandes * 1000, postgresql / demandes * 1000, max(0.0, autres))


def _consomme(pid: int) -> float:
    """Temps utilisateur et système d'un processus ; nul s'il a fini."""
    try:
        champs = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(champs[11]) + int(champs[12])) / _TIC


def _enfants(pid: int) -> list[int]:
    trouves = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == pid:
            trouves.append(int(stat.parent.name))
    return trouves


def _machine() -> float:
    """Temps de processeur de toute la machine, hors repos et attente de disque."""
    temps = [int(t) for t in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(temps) - temps[3] - temps[4]) / _TIC
