"""Le graphe sur le disque : un fichier npz compressé, écrit en une fois, relu en une seconde."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np

from draille.moteurs.trajets.calcul.graphe import Graphe

FORMAT = 1
TABLEAUX = ("de", "vers", "aller", "retour", "latitudes", "longitudes", "aretes", "fractions")


class FichierIllisible(ValueError):
    """Le fichier n'est pas un graphe, ou pas de ce format."""


def ecrire(*, graphe: Graphe, chemin: Path) -> None:
    """Écrit le graphe ; le fichier d'avant reste en place jusqu'à ce que celui-ci soit entier."""
    chemin.parent.mkdir(parents=True, exist_ok=True)
    dit = {"format": FORMAT, "noeuds": graphe.noeuds, "origine": dict(graphe.origine)}
    entete = np.frombuffer(json.dumps(dit, ensure_ascii=False).encode(), np.uint8)
    neuf = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    try:
        with neuf.open("wb") as sortie:
            np.savez_compressed(sortie, entete=entete, **{n: getattr(graphe, n) for n in TABLEAUX})
        neuf.replace(chemin)
    finally:
        neuf.unlink(missing_ok=True)


def lire(*, chemin: Path) -> Graphe:
    """Le graphe de ce fichier. Lève `FileNotFoundError`, ou `FichierIllisible`."""
    try:
        with np.load(chemin, allow_pickle=False) as lu:
            dit = json.loads(lu["entete"].tobytes())
            if dit["format"] != FORMAT:
                raise FichierIllisible(f"format {dit['format']}, attendu {FORMAT}")
            return Graphe(
                noeuds=int(dit["noeuds"]), origine=dit["origine"], **{n: lu[n] for n in TABLEAUX}
            )
    except FileNotFoundError:
        raise
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as erreur:
        raise FichierIllisible(str(erreur)) from erreur
