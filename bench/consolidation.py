"""Les mêmes indicateurs sur 101 Départements et 30 millions d'actes, par DuckDB, dans un processus.

Les fichiers sont ceux du schéma publié, engendrés par DuckDB : des suivis, des rendez-vous, des
accueils et des orientations sur trois ans, chacun avec ses réponses. Le calcul est celui de
`draille consolidation calculer`, sur l'année de la date de lecture. On le rapporte à deux lectures
nues des mêmes fichiers, au même plafond de mémoire : l'une compte les actes par Département, code
et mois ; l'autre compte en plus les personnes distinctes, ce que tout indicateur de personnes doit
au moins faire. L'exactitude : le dénominateur de « B1 » et son numérateur sont recomptés en SQL.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.outils import Mesure, lancer

LE = date(2020, 12, 31)
DEPARTEMENTS, ACTES = 101, 30_000_000
PLAFOND, PLAFOND_MO = 2.0, 4_096.0
ESSAIS = 3
# Une famille d'objets : son premier acte, puis ceux qui lui répondent, chacun pour une part d'eux.
FAMILLES: dict[str, tuple[int, dict[str, int]]] = {
    "suivi": (
        21,
        {
            "suivi_rsa.entrer": 100,
            "orientation_rsa.ouvrir": 100,
            "orientation_rsa.rencontrer": 90,
            "orientation_rsa.orienter": 89,
            "referent_unique.designer": 80,
            "referent_unique.passer": 8,
            "referent_unique.choisir_parcours": 4,
            "rendez_vous.fixer_referent": 85,
        },
    ),
    "rendez-vous": (
        42,
        {
            "rendez_vous.honorer_referent": 50,
            "rendez_vous.honorer": 30,
            "rendez_vous.excuser": 8,
            "rendez_vous.manquer": 12,
        },
    ),
    "accueil": (65, {"accueil_social.accueillir": 100, "accueil_social.completer": 18}),
    "orientation": (
        20,
        {
            "partage.orienter": 100,
            "partage.accepter": 55,
            "partage.recevoir": 45,
            "partage.poursuivre": 20,
            "partage.terminer": 25,
            "partage.refuser": 8,
            "partage.perdre": 10,
            "partage.fermer_orientation": 4,
        },
    ),
}
_ENGENDRER = """
COPY (
  WITH a AS (
    SELECT f.famille, f.code, o.i, hash(f.famille, o.i, {graine}) AS h,
      hash(f.code, o.i, {graine}) AS k
    FROM familles f, LATERAL (SELECT unnest(range(f.nombre)) AS i) o
    WHERE hash(f.code, o.i) % 100 < f.part
  ), b AS (
    SELECT code, famille, i, k,
      DATE '2018-01-01' + (h % 1040)::INTEGER + (CASE WHEN rang_du_code(code) THEN 0
        ELSE k % 60 END)::INTEGER AS le
    FROM a
  )
  SELECT '{departement}' AS departement, row_number() OVER (ORDER BY le, k) AS ligne, code, le,
    CASE WHEN famille = 'accueil' AND k % 5 = 0 THEN NULL
      ELSE (hash('p', hash(famille, i) % {personnes}, {graine}) >> 2)::BIGINT END AS personne,
    (hash('o', famille, i, {graine}) >> 2)::BIGINT AS objet,
    (hash('g', k % 200, {graine}) >> 2)::BIGINT AS agent{cles}
  FROM b ORDER BY code, le, ligne
) TO '{chemin}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{draille: '{manifeste}'}})
"""
_NUE = """SELECT departement, code, date_trunc('month', le) AS mois, count(*) {distinctes}
FROM read_parquet('{dossier}/*.parquet') GROUP BY ALL"""
_RECOMPTE = """
WITH entrees AS (
  SELECT DISTINCT ON (departement, personne, date_trunc('month', le)) departement, objet, le
  FROM read_parquet('{dossier}/*.parquet')
  WHERE code = 'suivi_rsa.entrer' AND le BETWEEN DATE '2020-01-01' AND DATE '2020-12-31'
  ORDER BY departement, personne, date_trunc('month', le), ligne
)
SELECT count(*), count(*) FILTER (WHERE EXISTS (
  SELECT 1 FROM read_parquet('{dossier}/*.parquet') n
  WHERE n.code = 'orientation_rsa.orienter' AND n.objet = e.objet
    AND n.departement = e.departement AND n.le <= DATE '2020-12-31'
    AND (n.le <= e.le + INTERVAL 1 MONTH
      OR date_trunc('month', n.le) = date_trunc('month', e.le))))
FROM entrees e
"""


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Engendre les fichiers, calcule dans un enfant, compare aux lectures nues."""
    departements, actes = (4, 200_000) if reduit else (DEPARTEMENTS, ACTES)
    with tempfile.TemporaryDirectory(prefix="bench_draille_") as dossier:
        ecrits = lancer(
            ["-m", "bench.consolidation", "engendrer", dossier, str(departements), str(actes)]
        ).json()
        calculs = [
            lancer(["-m", "bench.consolidation", "calculer", dossier]) for _ in range(ESSAIS)
        ]
        nues = lancer(["-m", "bench.consolidation", "lire", dossier]).json()
    return _rapporter(ecrits, calculs, nues)


def _rapporter(ecrits: Any, calculs: list[Any], nues: Any) -> list[Mesure]:
    lus = [c.json() for c in calculs]
    duree = statistics.median(c["duree_s"] for c in lus)
    brut = f"{ecrits['actes']:,} actes, {ecrits['departements']} Départements, {ecrits['mo']} Mo ; "
    brut += f"médiane de {ESSAIS} : {duree:.2f} s pour {lus[0]['indicateurs']} indicateurs"
    attendu, lu = nues["b1"], lus[0]["b1"]
    return [
        Mesure(
            "Tous les indicateurs, sur une lecture nue qui compte aussi les personnes",
            duree / nues["personnes_s"],
            PLAFOND,
            "×",
            f"{brut.replace(',', ' ')} ; lecture nue {nues['personnes_s']:.2f} s",
        ),
        Mesure(
            "Les mêmes, sur une lecture nue qui ne compte que les actes",
            duree / nues["actes_s"],
            None,
            "×",
            f"lecture nue {nues['actes_s']:.2f} s, trois colonnes",
        ),
        Mesure(
            "Mémoire du processus",
            max(c.crete_mo for c in calculs),
            PLAFOND_MO,
            "Mo",
            "la plus haute crête, Python et DuckDB compris",
        ),
        Mesure(
            "Écart au recompte de B1 en SQL",
            abs(attendu[0] - lu[0]) + abs(attendu[1] - lu[1]),
            0,
            "personne",
            f"{lu[1]} sur {lu[0]}, recomptés sans le moteur",
        ),
    ]


# --- Dans un enfant ------------------------------------------------------------------------------


def _definitions() -> list[Any]:
    import django

    django.setup()
    from draille.moteurs.indicateurs.registre import indicateurs

    return indicateurs()


def _engendrer(dossier: str, departements: int, actes: int) -> dict[str, int]:
    import duckdb

    from draille.moteurs.indicateurs.nation import schema, traduction

    definitions = _definitions()
    lues = traduction.cles_lues(definitions)
    noms = [traduction.colonne_de(cle=c, nature=n) for c, n in lues]
    lien = duckdb.connect()
    _familles(lien, actes // departements)
    total = 0
    for rang in range(departements):
        departement = f"D{rang:03d}"
        manifeste = schema.Manifeste(
            contenu="actes",
            schema=schema.VERSION,
            departement=departement,
            arrete_le=LE,
            debut=None,
            fin=None,
            definitions=schema.empreintes(definitions),
            cles=tuple(noms),
            lignes=0,
        )
        chemin = Path(dossier) / f"actes-{departement}.parquet"
        requete = _ENGENDRER.format(
            graine=rang,
            departement=departement,
            personnes=actes // departements // 6,
            cles="".join(_cle(c, n, ou) for (c, n), ou in lues.items()),
            chemin=chemin,
            manifeste=manifeste.en_json().replace("'", "''"),
        )
        ecrites = lien.execute(requete).fetchone()
        total += ecrites[0] if ecrites else 0
    octets = sum(f.stat().st_size for f in Path(dossier).iterdir())
    return {"actes": total, "departements": departements, "mo": octets // 1_000_000}


def _familles(lien: Any, par_departement: int) -> None:
    """Combien d'objets de chaque famille, pour ce nombre d'actes par Département."""
    poids = sum(n * sum(parts.values()) / 100 for n, parts in FAMILLES.values())
    rangees = [
        (famille, code, round(par_departement * n / poids), part)
        for famille, (n, parts) in FAMILLES.items()
        for code, part in parts.items()
    ]
    lien.execute("CREATE TABLE familles (famille TEXT, code TEXT, nombre BIGINT, part INTEGER)")
    lien.executemany("INSERT INTO familles VALUES (?, ?, ?, ?)", rangees)
    premiers = ", ".join(f"'{next(iter(parts))}'" for _, parts in FAMILLES.values())
    lien.execute(f"CREATE MACRO rang_du_code(c) AS c IN ({premiers})")


def _cle(cle: str, nature: str, ou: frozenset[str]) -> str:
    """Une valeur tirée pour chaque clé lue, sur les seuls actes où elle se lit."""
    from draille.moteurs.indicateurs.nation.traduction import colonne_de

    valeurs = {
        "est_hors_departement": "CASE WHEN k % 4 = 0 THEN 'true' ELSE 'false' END",
        "identite": "CASE WHEN k % 5 = 0 THEN 'anonyme' ELSE 'connue' END",
        "minutes": "(k % 600)::VARCHAR",
        "motif": "CASE WHEN k % 3 = 0 THEN 'orientation' ELSE 'referent' END",
        "jour": "(le + (k % 40)::INTEGER)::VARCHAR",
    }
    valeur = "(k % 3)::BIGINT" if nature == "nombre" else valeurs.get(cle, "'oui'")
    codes = ", ".join(f"'{c}'" for c in sorted(ou))
    nom = colonne_de(cle=cle, nature=nature)  # type: ignore[arg-type]
    return f",\n    CASE WHEN code IN ({codes}) THEN {valeur} END AS {nom}"


def _calculer(dossier: str) -> dict[str, Any]:
    from draille.moteurs.indicateurs.nation.calcul import TOUS, calculer

    definitions = _definitions()
    depart = time.perf_counter()
    lue = calculer(dossiers=[Path(dossier)], indicateurs=definitions)
    duree = time.perf_counter() - depart
    b1 = lue.series["B1 v1"][TOUS]
    return {
        "duree_s": duree,
        "indicateurs": len(lue.indicateurs),
        "b1": [sum(c.denominateur for _, c in b1), sum(c.numerateur for _, c in b1)],
    }


def _lire(dossier: str) -> dict[str, Any]:
    """Les deux lectures nues, au meilleur de `ESSAIS`, et le recompte."""
    import duckdb

    from draille.moteurs.indicateurs.nation.moteurs import MEMOIRE

    lien = duckdb.connect()
    lien.execute(f"SET memory_limit = '{MEMOIRE}'")
    durees: dict[str, Any] = {}
    for nom, distinctes in (("actes_s", ""), ("personnes_s", ", count(DISTINCT personne)")):
        essais = []
        for _ in range(ESSAIS):
            depart = time.perf_counter()
            lien.execute(_NUE.format(dossier=dossier, distinctes=distinctes)).fetchall()
            essais.append(time.perf_counter() - depart)
        durees[nom] = statistics.median(essais)
    durees["b1"] = lien.execute(_RECOMPTE.format(dossier=dossier)).fetchone()
    return durees


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "draille.reglages.principal")
    action, *arguments = sys.argv[1:]
    if action == "engendrer":
        print(json.dumps(_engendrer(arguments[0], *map(int, arguments[1:]))))
    else:
        print(json.dumps({"calculer": _calculer, "lire": _lire}[action](arguments[0])))
