"""Ouvrir des fichiers d'actes sous DuckDB ou sous Spark, et rien d'autre."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from draille.socle.refus import Refus

MEMOIRE = "3GB"
_SPARK = {
    "spark.app.name": "draille",
    "spark.master": "local[*]",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_COMMUNES = ("departement", "ligne", "code", "le", "personne", "objet", "agent")


@dataclass(frozen=True, slots=True)
class Lien:
    """Une connexion ibis et la table de tous les actes."""

    connexion: Any
    actes: Any

    def lire(self, expression: Any) -> list[dict[str, Any]]:
        """Les rangées d'une expression."""
        rangees: list[dict[str, Any]] = self.connexion.to_pyarrow(expression).to_pylist()
        return rangees


@contextmanager
def ouvrir(*, fichiers: Sequence[Path], moteur: str, cles: Sequence[str]) -> Iterator[Lien]:
    """Les actes de ces fichiers, sous ce moteur ; rien ne reste ouvert après le bloc.

    Lève `Refus('consolidation.moteur')` si le moteur n'est pas là.
    """
    ouverture = {"duckdb": _duckdb, "spark": _spark}.get(moteur)
    if ouverture is None:
        raise _absent(f"Le moteur « {moteur} » n'existe pas : choisissez duckdb ou spark.")
    with ouverture(fichiers, cles) as lien:
        yield lien


def _absent(message: str) -> Refus:
    return Refus(code="consolidation.moteur", message=message)


@contextmanager
def _duckdb(fichiers: Sequence[Path], cles: Sequence[str]) -> Iterator[Lien]:
    import ibis

    connexion = ibis.duckdb.connect()
    try:
        connexion.raw_sql(f"SET memory_limit = '{MEMOIRE}'")
        connexion.raw_sql("SET preserve_insertion_order = false")
        # Chaque groupe relit les mêmes fichiers : leurs pieds ne se lisent qu'une fois.
        connexion.raw_sql("SET parquet_metadata_cache = true")
        actes = connexion.read_parquet([str(f) for f in fichiers], union_by_name=True)
        yield Lien(connexion, actes.select(*_COMMUNES, *cles))
    finally:
        connexion.disconnect()


@contextmanager
def _spark(fichiers: Sequence[Path], cles: Sequence[str]) -> Iterator[Lien]:
    try:
        import ibis
        from pyspark import SparkConf
        from pyspark.sql import SparkSession

        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        # SparkConf lit d'abord les réglages du lieu (SPARK_CONF_DIR) : ils l'emportent.
        conf = SparkConf()
        for cle, valeur in _SPARK.items():
            conf.setIfMissing(cle, valeur)
        conf.set("spark.sql.session.timeZone", "UTC")
        session = SparkSession.builder.config(conf=conf).getOrCreate()
    except Exception as erreur:
        raise _absent(
            "Spark n'a pas démarré : il demande le paquet pyspark et Java 17 ou plus récent "
            f"({type(erreur).__name__}). DuckDB rend les mêmes nombres sans eux."
        ) from erreur
    try:
        connexion = ibis.pyspark.connect(session)
        session.read.option("mergeSchema", "true").parquet(
            *map(str, fichiers)
        ).createOrReplaceTempView("actes_exportes")
        yield Lien(connexion, connexion.table("actes_exportes").select(*_COMMUNES, *cles))
    finally:
        _arreter(session)


def _arreter(session: Any) -> None:
    """Arrête Spark et sa machine Java : la session seule la laisserait vivre avec le programme."""
    from pyspark import SparkContext

    session.stop()
    passerelle = SparkContext._gateway
    if passerelle is not None:
        passerelle.shutdown()
        processus = getattr(passerelle, "proc", None)
        if processus is not None:
            processus.stdin.close()
            processus.wait(timeout=30)
        SparkContext._gateway = None
        SparkContext._jvm = None
