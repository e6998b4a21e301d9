"""Le schéma publié des fichiers que les Départements envoient, et ce que chacun dit de lui-même.

`schema.json`, à côté, est ce schéma tel qu'on le publie ; un essai le tient à jour.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from draille.moteurs.indicateurs.nation.traduction import cles_lues, colonne_de
from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.refus import Refus

VERSION = 1
Contenu = Literal["actes", "agregats"]
# Ce qui change le nombre compté ; un libellé corrigé ne change pas la définition.
_CALCULE = (
    "denominateur",
    "numerateur",
    "condition",
    "reponse",
    "filtre",
    "unicite",
    "sujet",
    "anciennete_min_jours",
)
COLONNES_ACTES = (
    ("departement", "string", "Code du Département."),
    ("ligne", "int64", "Rang de l'acte dans l'export, par date puis par ordre d'écriture."),
    ("code", "string", "Code de l'acte au journal."),
    ("le", "date32", "Jour de l'acte."),
    ("personne", "int64", "Pseudonyme de la personne, propre à cet export ; nul sans personne."),
    ("objet", "int64", "Pseudonyme de l'objet (suivi, rendez-vous…), propre à cet export."),
    ("agent", "int64", "Pseudonyme de l'agent, propre à cet export."),
)
COLONNES_AGREGATS = (
    ("departement", "string", "Code du Département ; « tous » pour leur somme."),
    ("code", "string", "Code de l'indicateur."),
    ("version", "int32", "Version de sa définition."),
    ("mois", "date32", "Premier jour du mois."),
    ("denominateur", "int64", "Compte ; nul s'il est tu."),
    ("numerateur", "int64", "Compte ; nul s'il est tu."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifeste:
    """Ce qu'un fichier dit de lui-même, dans les métadonnées du Parquet, clé « draille ».

    `definitions` : l'empreinte de chaque définition, par « code v version » ; `cles` : les
    colonnes de charge présentes (fichiers d'actes) ; `debut` et `fin` : la période, fin exclue.
    """

    contenu: Contenu
    schema: int
    departement: str
    arrete_le: date
    debut: date | None
    fin: date | None
    definitions: dict[str, str]
    cles: tuple[str, ...]
    lignes: int

    def en_json(self) -> str:
        """Le manifeste, écrit toujours de la même façon."""
        return json.dumps(asdict(self), default=str, sort_keys=True, ensure_ascii=False)


def nom_de(i: Indicateur) -> str:
    """Le nom d'une définition dans un manifeste : « B1 v1 »."""
    return f"{i.code} v{i.version}"


def empreinte(i: Indicateur) -> str:
    """SHA-256 (hexadécimal) de ce que cette définition compte."""
    lu = {champ: getattr(i, champ) for champ in _CALCULE}
    return hashlib.sha256(json.dumps(lu, sort_keys=True).encode()).hexdigest()


def empreintes(indicateurs: Iterable[Indicateur]) -> dict[str, str]:
    """L'empreinte de chaque définition, par nom."""
    return {nom_de(i): empreinte(i) for i in indicateurs}


def lire_manifeste(*, chemin: Path, contenu: Contenu) -> Manifeste:
    """Le manifeste d'un fichier Parquet, vérifié.

    Lève `Refus('consolidation.fichier')` s'il n'est pas un export de Draille, de ce contenu et de
    ce schéma, ou s'il a d'autres colonnes que celles du schéma publié.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        lu = pq.read_schema(chemin)
    except (OSError, pa.ArrowException):
        raise _refus(chemin, "n'est pas un fichier Parquet lisible") from None
    brut = (lu.metadata or {}).get(b"draille")
    if brut is None:
        raise _refus(chemin, "n'a pas été exporté par Draille")
    manifeste = _manifeste(chemin, brut)
    if manifeste.contenu != contenu:
        attendu = "des actes" if contenu == "actes" else "des agrégats"
        raise _refus(chemin, f"ne contient pas {attendu}")
    if manifeste.schema != VERSION:
        raise _refus(
            chemin, f"suit le schéma {manifeste.schema} ; cette version lit le schéma {VERSION}"
        )
    _verifier_colonnes(chemin, manifeste, lu.names)
    return manifeste


def _manifeste(chemin: Path, brut: bytes) -> Manifeste:
    try:
        champs = json.loads(brut)
        for nom in ("arrete_le", "debut", "fin"):
            champs[nom] = date.fromisoformat(champs[nom]) if champs[nom] else None
        champs["cles"] = tuple(champs["cles"])
        return Manifeste(**champs)
    except (ValueError, TypeError, KeyError):
        raise _refus(chemin, "a un manifeste illisible") from None


def _verifier_colonnes(chemin: Path, manifeste: Manifeste, noms: list[str]) -> None:
    """Ni plus ni moins que le schéma : une colonne de trop pourrait être personnelle."""
    communes = COLONNES_ACTES if manifeste.contenu == "actes" else COLONNES_AGREGATS
    attendues = {nom for nom, *_ in communes} | set(manifeste.cles)
    de_charge = all(c.startswith(("c_", "n_")) for c in manifeste.cles)
    if set(noms) != attendues or not de_charge or (manifeste.cles and manifeste.contenu != "actes"):
        autres = ", ".join(sorted(set(noms) ^ attendues)) or "colonnes de charge"
        raise _refus(chemin, f"n'a pas les colonnes du schéma ({autres})")


def _refus(chemin: Path, pourquoi: str) -> Refus:
    return Refus(
        code="consolidation.fichier",
        message=f"Le fichier « {chemin.name} » {pourquoi}. Demandez un nouvel export.",
    )


def publier(indicateurs: Iterable[Indicateur]) -> dict[str, Any]:
    """Le schéma publié : colonnes communes, clés de charge exportées et d'où elles viennent."""
    lus = list(indicateurs)
    return {
        "titre": "Fichiers de consolidation de Draille",
        "version": VERSION,
        "actes": _decrire(COLONNES_ACTES)
        + [
            {
                "nom": colonne_de(cle=cle, nature=nature),
                "type": "string" if nature == "texte" else "int64",
                "sens": f"Charge « {cle} »"
                + (" : nombre d'éléments" if nature == "nombre" else "")
                + f" des actes {', '.join(sorted(codes))}.",
            }
            for (cle, nature), codes in cles_lues(lus).items()
        ],
        "agregats": _decrire(COLONNES_AGREGATS),
        "definitions": empreintes(lus),
    }


def _decrire(colonnes: tuple[tuple[str, str, str], ...]) -> list[dict[str, str]]:
    return [{"nom": n, "type": t, "sens": s} for n, t, s in colonnes]
