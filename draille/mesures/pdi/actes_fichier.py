"""Inscrire le programme que le Département publie, depuis son dossier."""

from datetime import date
from pathlib import Path

from draille.mesures.pdi import regles
from draille.mesures.pdi.actes import charger_pdi
from draille.socle.acces import Acces
from draille.socle.noeud import ErreurFichier
from draille.socle.refus import Refus

FICHIER = "pdi.yaml"


def chemin_du_pdi(*, racine: Path, departement: str) -> Path | None:
    """Le `pdi.yaml` de ce Département ; nul s'il n'en publie pas."""
    trouves = sorted((racine / "departements").glob(f"{departement}_*/{FICHIER}"))
    return trouves[0] if trouves else None


def charger_du_departement(*, racine: Path, departement: str, par: Acces, le: date) -> bool:
    """Inscrit le programme du fichier ; vrai s'il est neuf.

    Lève `Refus('pdi.absent')` sans fichier, `Refus('pdi.illisible')` s'il ne se lit pas (le message
    dit la ligne), et les refus de `charger_pdi`.
    """
    chemin = chemin_du_pdi(racine=racine, departement=departement)
    if chemin is None:
        raise Refus(
            code="pdi.absent",
            message="Ce Département n'a pas de fichier pdi.yaml dans son dossier. Écrivez-le "
            "d'après le texte adopté, puis chargez-le ici.",
        )
    try:
        contenu = regles.charger_fichier(chemin=chemin)
    except ErreurFichier as erreur:
        raise Refus(code="pdi.illisible", message=str(erreur)) from erreur
    return charger_pdi(contenu=contenu, par=par, le=le)
