"""Les agrégats qui sortent : les petits effectifs tus, dans un fichier que l'on sait vérifier."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from draille.moteurs.indicateurs.calcul import Compte, masquer
from draille.moteurs.indicateurs.nation.schema import Manifeste, lire_manifeste
from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.refus import Refus

Serie = Sequence[tuple[date, Compte]]


@dataclass(frozen=True, slots=True)
class CompteTu:
    """Le compte d'un mois, tel qu'il sort ; un nombre nul est tu."""

    denominateur: int | None
    numerateur: int | None

    @property
    def taux(self) -> float | None:
        """La part, entre 0 et 1 ; nulle si l'un des nombres est tu ou s'il n'y a rien."""
        if self.numerateur is None or not self.denominateur:
            return None
        return self.numerateur / self.denominateur


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une rangée d'un fichier d'agrégats."""

    departement: str
    code: str
    version: int
    mois: date
    compte: CompteTu


def taire(*, serie: Serie, seuil: int) -> list[tuple[date, CompteTu]]:
    """La série telle qu'elle sort : rien qui désigne moins de `seuil` personnes.

    Un nombre de 1 à `seuil` - 1 est tu, et celui que le total de l'année rendrait ; de même la part
    comptée et son complément. Sans son dénominateur, un numérateur est tu.
    """
    par_annee: dict[int, list[tuple[date, Compte]]] = defaultdict(list)
    for mois, compte in serie:
        par_annee[mois.year].append((mois, compte))
    return [r for annee in par_annee.values() for r in _taire_annee(annee, seuil)]


def _taire_annee(annee: Serie, seuil: int) -> list[tuple[date, CompteTu]]:
    comptes = [c for _, c in annee]
    montres = masquer([c.denominateur for c in comptes], seuil=seuil)
    vus = {i for i, d in enumerate(montres) if d is not None}
    # Un numérateur et son complément sont une même répartition : un mois tu l'est pour les deux.
    while True:
        avant = len(vus)
        for part in (_numerateur, _complement):
            nombres = [part(c) if i in vus else 0 for i, c in enumerate(comptes)]
            vus -= {i for i, n in enumerate(masquer(nombres, seuil=seuil)) if n is None}
        if len(vus) == avant:
            break
    return [
        (mois, CompteTu(montres[i], comptes[i].numerateur if i in vus else None))
        for i, (mois, _) in enumerate(annee)
    ]


def _numerateur(c: Compte) -> int:
    return c.numerateur


def _complement(c: Compte) -> int:
    # Sans numérateur possible (un simple compte), le complément est le dénominateur, déjà traité.
    return c.denominateur - c.numerateur


def taire_departements(
    *, series: Mapping[str, Serie], total: str, seuil: int
) -> dict[str, list[tuple[date, CompteTu]]]:
    """Les séries de plusieurs Départements et de leur somme `total`, telles qu'elles sortent.

    La somme d'un mois est tue quand elle rendrait ce qu'un seul Département tait, ou ce que
    plusieurs taisent et qui fait ensemble moins de `seuil`.
    """
    tues = {d: taire(serie=s, seuil=seuil) for d, s in series.items()}
    departements = [d for d in series if d != total]
    sortie = {d: tues[d] for d in departements}
    sortie[total] = [
        (
            mois,
            CompteTu(
                *(
                    None if _trahit(series, tues, departements, rang, champ, seuil) else nombre
                    for champ, nombre in (
                        ("denominateur", compte.denominateur),
                        ("numerateur", compte.numerateur),
                    )
                )
            ),
        )
        for rang, (mois, compte) in enumerate(tues[total])
    ]
    return sortie


def _trahit(
    series: Mapping[str, Serie],
    tues: Mapping[str, Serie | list[tuple[date, CompteTu]]],
    departements: Sequence[str],
    rang: int,
    champ: str,
    seuil: int,
) -> bool:
    caches = [d for d in departements if getattr(tues[d][rang][1], champ) is None]
    somme = sum(getattr(series[d][rang][1], champ) for d in caches)
    return len(caches) == 1 or (len(caches) > 1 and somme < seuil)


def rangees(
    *, indicateur: Indicateur, series: Mapping[str, Sequence[tuple[date, CompteTu]]]
) -> list[Rangee]:
    """Les rangées d'un indicateur, par Département puis par mois."""
    return [
        Rangee(d, indicateur.code, indicateur.version, mois, compte)
        for d, serie in series.items()
        for mois, compte in serie
    ]


def ecrire(*, chemin: Path, rangees: Iterable[Rangee], manifeste: Manifeste) -> None:
    """Écrit un fichier d'agrégats et son manifeste."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    lues = list(rangees)
    table = pa.table(
        {
            "departement": pa.array([r.departement for r in lues], pa.string()),
            "code": pa.array([r.code for r in lues], pa.string()),
            "version": pa.array([r.version for r in lues], pa.int32()),
            "mois": pa.array([r.mois for r in lues], pa.date32()),
            "denominateur": pa.array([r.compte.denominateur for r in lues], pa.int64()),
            "numerateur": pa.array([r.compte.numerateur for r in lues], pa.int64()),
        }
    )
    pq.write_table(table.replace_schema_metadata({"draille": manifeste.en_json()}), chemin)


def lire(*, chemin: Path, seuil: int) -> tuple[Manifeste, list[Rangee]]:
    """Le manifeste et les rangées d'un fichier d'agrégats, vérifiés.

    Lève `Refus('consolidation.fichier')` s'il n'est pas du schéma, et
    `Refus('consolidation.petit_nombre')` s'il montre un effectif que la règle tait.
    """
    import pyarrow.parquet as pq

    manifeste = lire_manifeste(chemin=chemin, contenu="agregats")
    lues = [_rangee(r) for r in pq.read_table(chemin).to_pylist()]
    for r in lues:
        d, n = r.compte.denominateur, r.compte.numerateur
        reste = None if d is None or n is None else d - n
        if any(v is not None and 0 < v < seuil for v in (d, n, reste)) or (reste or 0) < 0:
            raise Refus(
                code="consolidation.petit_nombre",
                message=(
                    f"Le fichier « {chemin.name} » montre un effectif de moins de {seuil} "
                    f"({r.code}, {r.mois:%m/%Y}) : il ne devait pas sortir. Demandez un nouvel "
                    "export au Département qui l'a produit."
                ),
            )
    return manifeste, lues


def _rangee(r: dict[str, Any]) -> Rangee:
    compte = CompteTu(r["denominateur"], r["numerateur"])
    return Rangee(r["departement"], r["code"], r["version"], r["mois"], compte)
