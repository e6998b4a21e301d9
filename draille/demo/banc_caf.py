"""Écrire de grands fichiers pour les mesures de vitesse.

    python -m draille.demo.banc_caf --foyers 100000 --sortie janvier.xml
    python -m draille.demo.banc_caf --foyers 100000 --sortie fevrier.xml \\
        --mois 2020-02-01 --part-changee 0.05

Les deux fichiers décrivent les mêmes foyers : le second n'en change que la part demandée.
"""

from __future__ import annotations

import argparse
import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import BinaryIO

from draille.demo.communes import communes_du_departement
from draille.demo.droit import recalculer
from draille.demo.ecriture_caf import Entete, ecrire_fichier
from draille.demo.fictif import Etat, FoyerFictif, Motif, changer
from draille.demo.population import Organismes, Ouverture, Population

PREMIER_MOIS = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Banc:
    """Un fichier de banc. `mois` : premier jour ; `part_changee` : entre 0 et 1."""

    nombre: int
    graine: str = "banc"
    mois: date = PREMIER_MOIS
    part_changee: float = 0.0
    departement: str = "43"


def fichier_de_banc(*, destination: BinaryIO, banc: Banc) -> int:
    """Écrire un fichier CAF de banc et rendre le nombre de foyers.

    Le droit d'un foyer qui ne change pas reste calculé au premier mois : deux fichiers de même
    graine ne diffèrent que par l'en-tête et les foyers changés.
    """
    dernier = calendar.monthrange(banc.mois.year, banc.mois.month)[1]
    fin = banc.mois.replace(day=dernier)
    entete = Entete("CRI", fin + timedelta(days=5), fin)
    return ecrire_fichier(destination, entete, foyers_de_banc(banc))


def foyers_de_banc(banc: Banc) -> Iterator[FoyerFictif]:
    """Rendre les foyers d'un banc, un à un, toujours les mêmes pour une même description."""
    population = Population(
        departement=banc.departement,
        organismes=Organismes(f"{banc.departement}1", f"0{banc.departement}", ()),
        communes=communes_du_departement(banc.departement),
        graine=banc.graine,
    )
    alea = Random(banc.graine)
    sort = Random(f"{banc.graine}:{banc.mois}")
    for _ in range(banc.nombre):
        jours = 20 + int(alea.expovariate(1 / 1100))
        demande_le = PREMIER_MOIS - timedelta(days=min(jours, 3600))
        foyer = population.foyer(alea=alea, ouverture=Ouverture(demande_le, PREMIER_MOIS))
        foyer = changer(foyer, fonction="CAF", numero_organisme=population.organismes.caf)
        if sort.random() < banc.part_changee:
            foyer = _varier(foyer, sort, banc.mois)
        yield foyer


def _varier(foyer: FoyerFictif, sort: Random, mois: date) -> FoyerFictif:
    """Changer le montant, suspendre ou clore ; le montant le plus souvent."""
    tirage = sort.random()
    if tirage < 0.7:
        return recalculer(foyer, mois)
    if tirage < 0.9:
        motif = Motif("06", mois)
        return changer(foyer, etat=Etat.VERSEMENT_SUSPENDU, droit=None, suspension_versement=motif)
    return changer(foyer, etat=Etat.CLOS, droit=None, fin_droit=Motif("RFD", mois))


def principal() -> None:
    """Lire les options et écrire le fichier."""
    analyse = argparse.ArgumentParser(description="Écrire un fichier CAF de banc.")
    analyse.add_argument("--foyers", type=int, default=100_000)
    analyse.add_argument("--sortie", type=Path, required=True)
    analyse.add_argument("--graine", default="banc")
    analyse.add_argument("--mois", type=date.fromisoformat, default=PREMIER_MOIS)
    analyse.add_argument("--part-changee", type=float, default=0.0)
    options = analyse.parse_args()
    banc = Banc(options.foyers, options.graine, options.mois, options.part_changee)
    with options.sortie.open("wb") as destination:
        nombre = fichier_de_banc(destination=destination, banc=banc)
    print(f"{nombre} foyers écrits dans {options.sortie}.")


if __name__ == "__main__":
    principal()
