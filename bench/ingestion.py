"""Le banc de l'intégration : deux fichiers mensuels d'un Département de 100 000 foyers.

Le plancher est mesuré sur le même fichier, dans la même base, juste avant l'import : une lecture
nue par lxml, et le COPY des mêmes lignes dans des tables UNLOGGED. Le fichier du mois suivant
change un dossier sur vingt. La crête de mémoire est celle du processus qui importe.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.outils import Base, Mesure, base_jetable, lancer

FOYERS, FOYERS_REDUITS = 100_000, 1_000
DEPARTEMENT, NUMERO_CAF = "43", "431"
MOIS = (date(2020, 1, 1), date(2020, 2, 1))
PLAFONDS = (4.0, 3.0)
MEMOIRE_MO = 400.0
NOMS = ("premier fichier", "fichier du mois suivant")


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Importe deux mois et rapporte leur durée à celle du plancher."""
    foyers = FOYERS_REDUITS if reduit else FOYERS
    mesures: list[Mesure] = []
    with tempfile.TemporaryDirectory(prefix="bench_draille_") as dossier:
        fichiers = [Path(dossier) / f"{mois:%Y-%m}.xml" for mois in MOIS]
        lancer(["-m", "bench.ingestion", "fabriquer", str(foyers), *fichiers])
        reglages = {"DRAILLE_DEPOTS": dossier, "DRAILLE_DEPARTEMENT": DEPARTEMENT}
        with base_jetable("ingestion", reglages=reglages) as base:
            lancer(["-m", "bench.ingestion", "communes"], base=base)
            for nom, fichier, plafond in zip(NOMS, fichiers, PLAFONDS, strict=True):
                mesures += _un_fichier(base, nom, fichier, plafond)
    return mesures


def _un_fichier(base: Base, nom: str, fichier: Path, plafond: float) -> list[Mesure]:
    plancher = lancer(["-m", "bench.ingestion", "plancher", fichier], base=base).json()
    execution = lancer(["-m", "bench.ingestion", "importer", fichier], base=base)
    rendu = execution.json()
    total = plancher["lecture_s"] + plancher["copie_s"]
    comptes = ", ".join(f"{c} {n}" for c, n in rendu["comptes"].items())
    detail = (
        f"{rendu['duree_s']:.1f} s contre {plancher['lecture_s']:.1f} s de lecture nue et "
        f"{plancher['copie_s']:.1f} s de COPY ; {fichier.stat().st_size / 1e6:.0f} Mo ; {comptes}"
    )
    return [
        Mesure(f"Intégration, {nom}", rendu["duree_s"] / total, plafond, "×", detail),
        Mesure(f"Mémoire de l'intégration, {nom}", execution.crete_mo, MEMOIRE_MO, "Mo"),
    ]


# --- Dans des processus enfants.


def _fabriquer(foyers: int, premier: Path, second: Path) -> None:
    from draille.demo.communes import communes_du_departement
    from draille.demo.ecriture_caf import Entete, ecrire_fichier
    from draille.demo.population import Organismes, Population

    for rang, chemin in enumerate((premier, second)):
        population = Population(
            departement=DEPARTEMENT,
            organismes=Organismes(NUMERO_CAF, NUMERO_CAF, (("CAF", "071"),)),
            communes=communes_du_departement(DEPARTEMENT),
            graine="banc",
        )
        mois = MOIS[rang]
        suivant = (mois + timedelta(days=31)).replace(day=1)
        entete = Entete("CRI", suivant.replace(day=5), suivant - timedelta(days=1))
        with chemin.open("wb") as sortie:
            ecrire_fichier(sortie, entete, _foyers(population, foyers, change=rang == 1))


def _foyers(population: Any, nombre: int, *, change: bool) -> Iterator[Any]:
    """Les mêmes foyers les deux mois ; au second, un sur vingt a changé."""
    from draille.demo.fictif import Etat, Motif
    from draille.demo.population import Ouverture

    alea, sort = Random("foyers"), Random("changements")
    for rang in range(nombre):
        anciennete = timedelta(days=20 + int(alea.expovariate(1 / 1100)) % 3500)
        foyer = population.foyer(alea=alea, ouverture=Ouverture(MOIS[0] - anciennete, MOIS[0]))
        # Une seule caisse : le banc mesure un fichier, et non leur partage.
        foyer = replace(foyer, fonction="CAF", matricule=rang + 1)
        if change and rang % 20 == 0:
            tirage = sort.random()
            if tirage < 0.1:
                continue
            if tirage < 0.3:
                fin = Motif("ECH", MOIS[1])
                foyer = replace(foyer, etat=Etat.CLOS, droit=None, fin_droit=fin)
            elif tirage < 0.5:
                suspension = Motif("06", MOIS[1])
                foyer = replace(
                    foyer,
                    etat=Etat.VERSEMENT_SUSPENDU,
                    droit=None,
                    suspension_versement=suspension,
                )
            elif tirage < 0.6:
                foyer = replace(foyer, numero_demande=f"9{foyer.numero_demande[1:]}")
            else:
                adresse = population.adresse(alea=sort, le=MOIS[1])
                foyer = replace(foyer, adresse=adresse)
        yield foyer


def _django() -> None:
    import django

    django.setup()


def _communes() -> None:
    from draille.demo.communes import communes_du_departement
    from draille.noyau.models import Commune

    Commune.objects.bulk_create(
        Commune(code_insee=c.code_insee, nom=c.nom, population=c.population)
        for c in communes_du_departement(DEPARTEMENT)
    )


def _plancher(chemin: Path) -> dict[str, float]:
    from lxml import etree

    depart = time.perf_counter()
    for _, element in etree.iterparse(chemin, tag="InfosFoyerRSA"):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    lecture = time.perf_counter() - depart
    return {"lecture_s": lecture, "copie_s": _copier(_lignes(chemin))}


def _lignes(chemin: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Les lignes que l'import copierait si tout avait changé, prêtes à l'être."""
    from draille.moteurs.flux import adaptateur_attente as attente
    from draille.moteurs.flux.calcul import caf
    from draille.moteurs.flux.calcul.enregistrements import Dossier, Rejet

    paquets = attente.Paquets()
    with chemin.open("rb") as source:
        for lu in caf.lire(source, nom=chemin.name):
            if isinstance(lu, Dossier | Rejet):
                paquets.recevoir(lu)
    return paquets.donner()


def _copier(lignes: dict[str, list[tuple[Any, ...]]]) -> float:
    import psycopg
    from django.conf import settings

    from draille.moteurs.flux.adaptateur_attente import TABLES

    reglage = settings.DATABASES["proprietaire"]
    with psycopg.connect(
        host=reglage["HOST"],
        port=reglage.get("PORT"),
        user=reglage["USER"],
        password=reglage.get("PASSWORD"),
        dbname=reglage["NAME"],
        autocommit=True,
    ) as lien:
        for table, colonnes in TABLES.items():
            definition = ", ".join(f"{nom} {genre}" for nom, genre in colonnes.items())
            lien.execute(f"DROP TABLE IF EXISTS plancher_{table}")
            lien.execute(f"CREATE UNLOGGED TABLE plancher_{table} ({definition})")
        depart = time.perf_counter()
        for table, contenu in lignes.items():
            with (
                lien.cursor() as curseur,
                curseur.copy(f"COPY plancher_{table} FROM STDIN") as copie,
            ):
                for ligne in contenu:
                    copie.write_row(ligne)
        duree = time.perf_counter() - depart
        for table in TABLES:
            lien.execute(f"DROP TABLE plancher_{table}")
    return duree


def _importer(chemin: Path) -> dict[str, Any]:
    from draille.moteurs.flux.adaptateur import integrer, recevoir
    from draille.socle import contexte
    from draille.socle.acces import acces_systeme

    par, instant = acces_systeme(nom="banc"), datetime(2020, 3, 1, 9, tzinfo=UTC)
    depart = time.perf_counter()
    with contexte.ouvrir(acces=par, instant=instant):
        fichier = recevoir(source=chemin, nom=chemin.name, par=par, le=instant.date())
    fichier = integrer(fichier=fichier, par=par, le=instant.date(), instant=instant)
    duree = time.perf_counter() - depart
    if not fichier.est_integre:
        raise RuntimeError(f"{fichier.statut} : {fichier.motif}")
    champs = ("lus", "integres", "inchanges", "rejetes", "entrees", "sorties", "absents")
    return {"duree_s": duree, "comptes": {c: getattr(fichier, c) for c in champs}}


def _principal(action: str, *arguments: str) -> None:
    if action == "fabriquer":
        _fabriquer(int(arguments[0]), Path(arguments[1]), Path(arguments[2]))
        return
    _django()
    if action == "communes":
        _communes()
        return
    rendre = {"plancher": _plancher, "importer": _importer}[action]
    sys.stdout.write(json.dumps(rendre(Path(arguments[0]))) + "\n")


if __name__ == "__main__":
    _principal(*sys.argv[1:])
