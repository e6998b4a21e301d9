"""Écrire les fichiers qu'un Département envoie : ses agrégats, et à part ses actes pseudonymisés.

Un pseudonyme est un HMAC dont la clé, tirée pour cet export, n'est gardée nulle part : deux exports
ne se rapprochent pas, et personne ne remonte à la personne par le fichier seul.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from draille.moteurs.indicateurs.adaptateur import seuil_secret, toutes
from draille.moteurs.indicateurs.adaptateur_sql import DROITS
from draille.moteurs.indicateurs.calcul import Compte, Periode
from draille.moteurs.indicateurs.journal import Exporter
from draille.moteurs.indicateurs.nation import agregats, schema
from draille.moteurs.indicateurs.nation.traduction import cles_lues, colonne_de
from draille.moteurs.indicateurs.registre import Indicateur
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces
from draille.socle.refus import Refus

PAR_LOT = 50_000
# Une valeur plus longue serait du texte libre : elle ne sort pas.
LONGUEUR_MAX = 40
_LIGNES = """
SELECT row_number() OVER (ORDER BY d.le, d.id), d.code, d.le, d.personne_id, d.objet_id,
  d.agent_id{cles}
FROM noyau_lignejournal d
WHERE d.code = ANY(%(codes)s) AND d.le <= %(le)s AND {droits}
ORDER BY d.code, d.le, d.id
"""


@dataclass(frozen=True, slots=True)
class Pseudonymes:
    """Des nombres de 1 à 2^62 à la place des identifiants, par une clé qui meurt avec l'export."""

    cle: bytes = field(default_factory=lambda: os.urandom(32), repr=False)

    def de(self, *, nature: str, identifiant: int | None) -> int | None:
        """Le pseudonyme de cet identifiant ; nul s'il est nul."""
        if identifiant is None:
            return None
        lu = hmac.digest(self.cle, f"{nature}:{identifiant}".encode(), "sha256")
        return (int.from_bytes(lu[:8], "big") >> 2) + 1


def exporter_agregats(
    *,
    vers: Path,
    departement: str,
    indicateurs: Sequence[Indicateur],
    periode: Periode,
    acces: Acces,
    le: date,
) -> Path:
    """Écrit les comptes de chaque mois, petits effectifs tus ; rend le chemin du fichier.

    La sortie s'écrit au journal (`indicateurs.exporter`).

    Lève `Refus('consolidation.existe')` si un fichier porte déjà ce nom.
    """
    chemin = _libre(vers / f"agregats-{departement}-{le.isoformat()}.parquet")
    seuil = seuil_secret(le=le)
    series = toutes(indicateurs=indicateurs, periode=periode, acces=acces, le=le)
    rangees = [
        rangee
        for i in indicateurs
        for rangee in agregats.rangees(
            indicateur=i,
            series={departement: agregats.taire(serie=_jusque(series[i.code], le), seuil=seuil)},
        )
    ]
    manifeste = schema.Manifeste(
        contenu="agregats",
        schema=schema.VERSION,
        departement=departement,
        arrete_le=le,
        debut=periode.debut,
        fin=periode.fin,
        definitions=schema.empreintes(indicateurs),
        cles=(),
        lignes=len(rangees),
    )
    agregats.ecrire(chemin=chemin, rangees=rangees, manifeste=manifeste)
    _consigner(chemin, manifeste, acces, le)
    return chemin


def exporter_actes(
    *,
    vers: Path,
    departement: str,
    indicateurs: Sequence[Indicateur],
    acces: Acces,
    le: date,
    progression: Callable[[int, int], None] | None = None,
) -> Path:
    """Écrit les actes que ces définitions lisent, pseudonymisés ; rend le chemin du fichier.

    Ni nom, ni date de naissance, ni commune : un rang, un code, un jour, trois pseudonymes, et les
    seules clés de charge lues par une définition, sur les seuls actes où elle les lit. La sortie
    s'écrit au journal (`indicateurs.exporter`).
    Lève `Refus('consolidation.existe')` si un fichier porte déjà ce nom, et
    `Refus('consolidation.texte_libre')` si une clé de charge porte un texte libre.
    """
    chemin = _libre(vers / f"actes-{departement}-{le.isoformat()}.parquet")
    lues = cles_lues(indicateurs)
    noms = tuple(colonne_de(cle=cle, nature=nature) for cle, nature in lues)
    codes = sorted({c for i in indicateurs for c in (*i.denominateur, *i.numerateur)})
    parametres: dict[str, Any] = {"codes": codes, "le": le, "cles": list(acces.cles)}
    for rang, ((cle, _), ou) in enumerate(lues.items()):
        parametres |= {f"cle_{rang}": cle, f"ou_{rang}": sorted(ou)}
    requete = _LIGNES.format(
        cles="".join(_cle(rang, nature) for rang, (_, nature) in enumerate(lues)),
        droits=DROITS.format(ligne="d"),
    )
    total = _compter(codes, acces, le)
    manifeste = schema.Manifeste(
        contenu="actes",
        schema=schema.VERSION,
        departement=departement,
        arrete_le=le,
        debut=None,
        fin=None,
        definitions=schema.empreintes(indicateurs),
        cles=noms,
        lignes=total,
    )
    try:
        # Laissé au ramasse-miettes, le curseur du serveur se fermerait dans la transaction d'après.
        with closing(_lots(requete, parametres)) as lots:
            _ecrire(chemin, manifeste, lots, progression)
    except BaseException:
        # Un fichier à moitié écrit ne doit pas partir.
        with suppress(FileNotFoundError):
            chemin.unlink()
        raise
    _consigner(chemin, manifeste, acces, le)
    return chemin


def _consigner(chemin: Path, manifeste: schema.Manifeste, acces: Acces, le: date) -> None:
    """Une sortie se trace : le journal en garde l'empreinte, qui retrouve le fichier."""
    with chemin.open("rb") as fichier:
        empreinte = hashlib.file_digest(fichier, "sha256").hexdigest()
    charge = Exporter(manifeste.contenu, manifeste.lignes, empreinte)
    consigner(charge=charge, par=acces, le=le, sujet=Sujet())


def _jusque(serie: list[tuple[date, Compte]], le: date) -> list[tuple[date, Compte]]:
    """Sans les mois à venir : leurs zéros ne disent rien."""
    return [(mois, compte) for mois, compte in serie if mois <= le]


def _libre(chemin: Path) -> Path:
    if chemin.exists():
        raise Refus(
            code="consolidation.existe",
            message=f"« {chemin.name} » existe déjà : il ne sera pas remplacé. Rangez-le d'abord.",
        )
    chemin.parent.mkdir(parents=True, exist_ok=True)
    return chemin


def _cle(rang: int, nature: str) -> str:
    lue, garde = f"d.charge ->> %(cle_{rang})s", ""
    if nature == "nombre":
        lue = f"jsonb_array_length(d.charge -> %(cle_{rang})s)"
        garde = f" AND jsonb_typeof(d.charge -> %(cle_{rang})s) = 'array'"
    return f", CASE WHEN d.code = ANY(%(ou_{rang})s){garde} THEN {lue} END"


def _compter(codes: list[str], acces: Acces, le: date) -> int:
    droits = DROITS.format(ligne="d")
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM noyau_lignejournal d"
            f" WHERE d.code = ANY(%(codes)s) AND d.le <= %(le)s AND {droits}",
            {"codes": codes, "le": le, "cles": list(acces.cles)},
        )
        return int(curseur.fetchone()[0])


def _lots(requete: str, parametres: dict[str, Any]) -> Generator[list[tuple[Any, ...]]]:
    """Les lignes, par lots : le journal d'un Département ne tient pas en mémoire."""
    with connection.chunked_cursor() as curseur:
        curseur.execute(requete, parametres)
        while lot := curseur.fetchmany(PAR_LOT):
            yield lot


def _ecrire(
    chemin: Path,
    manifeste: schema.Manifeste,
    lots: Iterator[list[tuple[Any, ...]]],
    progression: Callable[[int, int], None] | None,
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"string": pa.string(), "int64": pa.int64(), "date32": pa.date32()}
    champs = [(nom, types[t]) for nom, t, _ in schema.COLONNES_ACTES]
    champs += [(c, pa.string() if c.startswith("c_") else pa.int64()) for c in manifeste.cles]
    dessin = pa.schema(champs, metadata={"draille": manifeste.en_json()})
    pseudonymes, ecrites = Pseudonymes(), 0
    with pq.ParquetWriter(chemin, dessin, compression="zstd") as fichier:
        for lot in lots:
            colonnes = _colonnes(lot, manifeste, pseudonymes)
            fichier.write_table(pa.table(colonnes, schema=dessin))
            ecrites += len(lot)
            if progression:
                progression(ecrites, manifeste.lignes)


def _colonnes(
    lot: list[tuple[Any, ...]], manifeste: schema.Manifeste, pseudonymes: Pseudonymes
) -> dict[str, list[Any]]:
    lignes, codes, jours, *identifiants = (list(c) for c in list(zip(*lot, strict=True))[:6])
    colonnes: dict[str, list[Any]] = {
        "departement": [manifeste.departement] * len(lot),
        "ligne": lignes,
        "code": codes,
        "le": jours,
    }
    for nature, valeurs in zip(("personne", "objet", "agent"), identifiants, strict=True):
        colonnes[nature] = [pseudonymes.de(nature=nature, identifiant=v) for v in valeurs]
    for rang, nom in enumerate(manifeste.cles, start=6):
        colonnes[nom] = [_sans_texte_libre(nom, r[rang]) for r in lot]
    return colonnes


def _sans_texte_libre(nom: str, valeur: Any) -> Any:
    if isinstance(valeur, str) and len(valeur) > LONGUEUR_MAX:
        raise Refus(
            code="consolidation.texte_libre",
            message=(
                f"La colonne « {nom} » porte un texte de plus de {LONGUEUR_MAX} caractères, que "
                "rien n'empêche de nommer quelqu'un : l'export s'arrête. Signalez-le à l'équipe "
                "qui tient la définition."
            ),
            base_legale="RGPD article 5 (minimisation)",
        )
    return valeur
