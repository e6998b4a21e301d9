"""Le fichier des contacts de la CAF : téléphones et courriels fictifs des dossiers.

Les numéros sont dans les tranches que l'Arcep réserve à la fiction (06 39 98 et 04 65 71) ; les
courriels sont au domaine example.org, qui n'appartient à personne.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from random import Random
from typing import BinaryIO

from draille.demo.fictif import FoyerFictif

COLONNES = (
    "MATRICULE",
    "NUMERO TELEPHONE DOSSIER",
    "NUMERO TELEPHONE 2 DOSSIER",
    "ADRESSE ELECTRONIQUE DOSSIER",
    "NIR",
)
PART_TELEPHONE, PART_SECOND, PART_COURRIEL, PART_NIR = 0.90, 0.15, 0.62, 0.5


def ecrire_contacts(destination: BinaryIO, foyers: Iterable[FoyerFictif], graine: str) -> int:
    """Écrire les contacts (CSV, `;`, windows-1252) et rendre le nombre de lignes.

    Comme dans les vrais fichiers, le matricule a perdu ses zéros de tête, et le NIR manque souvent.
    """
    texte = io.TextIOWrapper(destination, encoding="cp1252", newline="", write_through=True)
    sortie = csv.writer(texte, delimiter=";")
    sortie.writerow(COLONNES)
    nombre = 0
    for foyer in foyers:
        if foyer.defaut is None:
            sortie.writerow(_ligne(foyer, graine))
            nombre += 1
    texte.detach()
    return nombre


def _ligne(foyer: FoyerFictif, graine: str) -> list[str]:
    alea = Random(f"{graine}:contact:{foyer.matricule}")
    demandeur = foyer.personnes[0]
    mobile = f"063998{alea.randrange(10_000):04d}"
    fixe = f"046571{alea.randrange(10_000):04d}"
    courriel = f"{_ascii(demandeur.prenom)}.{_ascii(demandeur.nom)}{foyer.matricule % 100}"
    tirages = [alea.random() for _ in range(4)]
    return [
        str(foyer.matricule),
        mobile if tirages[0] < PART_TELEPHONE else "",
        fixe if tirages[1] < PART_SECOND else "",
        f"{courriel}@example.org" if tirages[2] < PART_COURRIEL else "",
        demandeur.nir or "" if tirages[3] < PART_NIR else "",
    ]


def _ascii(nom: str) -> str:
    plat = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode().lower()
    return "".join(lettre if lettre.isalnum() else "-" for lettre in plat)
