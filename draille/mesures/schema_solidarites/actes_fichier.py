"""Inscrire le schéma que le Département publie, depuis son dossier."""

from datetime import date
from pathlib import Path

from draille.mesures.schema_solidarites import regles
from draille.mesures.schema_solidarites.actes import charger_schema
from draille.socle.acces import Acces
from draille.socle.noeud import ErreurFichier
from draille.socle.refus import Refus

FICHIER = "schema.yaml"


def chemin_du_schema(*, racine: Path, departement: str) -> Path | None:
    """Le `schema.yaml` de ce Département ; nul s'il n'en publie pas."""
    trouves = sorted((racine / "departements").glob(f"{departement}_*/{FICHIER}"))
    return trouves[0] if trouves else None


def charger_du_departement(*, racine: Path, departement: str, par: Acces, le: date) -> int:
    """Inscrit ce que le fichier a de neuf ; rend le nombre de versions inscrites.

    Lève `Refus('schema_solidarites.absent')` sans fichier, `Refus('schema_solidarites.illisible')`
    s'il ne se lit pas (le message dit la ligne), et les refus de `charger_schema`.
    """
    chemin = chemin_du_schema(racine=racine, departement=departement)
    if chemin is None:
        raise Refus(
            code="schema_solidarites.absent",
            message="Ce Département n'a pas de fichier schema.yaml dans son dossier. Écrivez-le "
            "d'après le texte adopté, puis chargez-le ici.",
        )
    try:
        contenu = regles.charger_fichier(chemin=chemin)
    except ErreurFichier as erreur:
        raise Refus(code="schema_solidarites.illisible", message=str(erreur)) from erreur
    return charger_schema(contenu=contenu, par=par, le=le)
