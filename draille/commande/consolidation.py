"""`draille consolidation` : exporter un Département, compter ensemble ceux qu'on a reçus."""

import argparse
import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from draille.commande.preparation import barre, preparer

# Au-delà, le tableau ne tient plus à l'écran : le total seul, et le détail par `--vers`.
COLONNES_AU_PLUS = 8


def inscrire(sous: Any) -> None:
    """Ajoute les sous-commandes."""
    analyseur = sous.add_parser("consolidation", help="compter les mêmes indicateurs partout")
    actions = analyseur.add_subparsers(required=True, metavar="ACTION")
    exporter = actions.add_parser("exporter", help="écrire les fichiers de ce Département")
    exporter.add_argument("dossier", type=Path, metavar="DOSSIER")
    exporter.add_argument("--le", type=date.fromisoformat, help="date de lecture (aujourd'hui)")
    exporter.add_argument(
        "--depuis", type=int, metavar="ANNEE", help="première année (la dernière)"
    )
    exporter.add_argument("--seulement", choices=["agregats", "actes"])
    exporter.set_defaults(executer=executer_exporter)
    calculer = actions.add_parser("calculer", help="compter sur les actes de ces dossiers")
    calculer.add_argument("dossiers", type=Path, nargs="+", metavar="DOSSIER")
    calculer.add_argument("--moteur", choices=["duckdb", "spark"], default="duckdb")
    calculer.add_argument("--annee", type=int, help="celle de la date de lecture par défaut")
    calculer.add_argument("--vers", type=Path, metavar="DOSSIER", help="écrire agrégats et CSV")
    calculer.set_defaults(executer=executer_calculer)
    schema = actions.add_parser("schema", help="dire le schéma des fichiers, en JSON")
    schema.set_defaults(executer=executer_schema)


def executer_exporter(demande: argparse.Namespace) -> int:
    """Écrit `agregats/` et `actes/` dans le dossier, et dit où."""
    preparer()
    from django.conf import settings

    from draille.moteurs.indicateurs.adaptateur_export import exporter_actes, exporter_agregats
    from draille.moteurs.indicateurs.calcul import Periode
    from draille.moteurs.indicateurs.registre import indicateurs
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme

    le = demande.le or horloge.aujourdhui()
    commun: dict[str, Any] = {
        "departement": settings.DRAILLE_DEPARTEMENT,
        "indicateurs": indicateurs(),
        "le": le,
    }
    acces = acces_systeme(nom="export pour la consolidation")
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()) as par, barre() as progres:
        if demande.seulement != "actes":
            periode = Periode(date(demande.depuis or le.year, 1, 1), date(le.year + 1, 1, 1))
            vers = demande.dossier / "agregats"
            print(exporter_agregats(vers=vers, periode=periode, acces=par, **commun))
        if demande.seulement != "agregats":
            tache = progres.add_task("Actes pseudonymisés", total=1)

            def avancer(faits: int, total: int) -> None:
                progres.update(tache, completed=faits, total=max(total, 1))

            vers = demande.dossier / "actes"
            print(exporter_actes(vers=vers, acces=par, progression=avancer, **commun))
    return 0


def executer_calculer(demande: argparse.Namespace) -> int:
    """Compte, montre l'année par indicateur et par Département, et écrit si on le demande."""
    preparer()
    from draille.moteurs.indicateurs.calcul import Periode
    from draille.moteurs.indicateurs.nation.calcul import calculer
    from draille.moteurs.indicateurs.registre import indicateurs

    with barre() as progres:
        tache = progres.add_task("Indicateurs, par dénominateur", total=1)

        def avancer(faits: int, total: int) -> None:
            progres.update(tache, completed=faits, total=max(total, 1))

        lue = calculer(
            dossiers=demande.dossiers,
            indicateurs=indicateurs(),
            periode=Periode.annee(demande.annee) if demande.annee else None,
            moteur=demande.moteur,
            progression=avancer,
        )
    for ecartee in lue.ecartees:
        print(f"{ecartee.nom} : écartée, {ecartee.pourquoi}.")
    _montrer(lue)
    if demande.vers:
        for chemin in _ecrire(lue, demande.vers):
            print(chemin)
    return 0


def executer_schema(demande: argparse.Namespace) -> int:
    """Écrit le schéma complet : colonnes, clés de charge, empreintes des définitions."""
    preparer()
    from draille.moteurs.indicateurs.nation.schema import publier
    from draille.moteurs.indicateurs.registre import indicateurs

    print(json.dumps(publier(indicateurs()), ensure_ascii=False, indent=2))
    return 0


def _tues(lue: Any, *, par_an: bool = False) -> dict[str, Any]:
    """Les séries telles qu'elles sortent, petits effectifs tus ; ou leur somme sur la période."""
    from draille.moteurs.indicateurs.adaptateur import seuil_secret
    from draille.moteurs.indicateurs.nation.agregats import taire_departements
    from draille.moteurs.indicateurs.nation.calcul import TOUS

    seuil = seuil_secret(le=lue.le)
    return {
        nom: taire_departements(
            series={d: _somme(s) if par_an else s for d, s in series.items()},
            total=TOUS,
            seuil=seuil,
        )
        for nom, series in lue.series.items()
    }


def _somme(serie: Any) -> Any:
    from draille.moteurs.indicateurs.calcul import Compte

    total = Compte(sum(c.denominateur for _, c in serie), sum(c.numerateur for _, c in serie))
    return [(serie[0][0], total)]


def _montrer(lue: Any) -> None:
    """L'année de chaque indicateur : la somme des mois, tue si elle est petite."""
    from draille.moteurs.indicateurs.nation.calcul import TOUS

    titre = f"{len(lue.departements)} Département(s), lus au {lue.le:%d/%m/%Y}"
    table = Table(title=titre)
    colonnes = [TOUS] if len(lue.departements) > COLONNES_AU_PLUS else [*lue.departements, TOUS]
    table.add_column("Indicateur")
    for d in colonnes:
        table.add_column(d, justify="right")
    for nom, series in _tues(lue, par_an=True).items():
        table.add_row(nom, *(_dit(series[d][0][1]) for d in colonnes))
    Console(width=120).print(table)


def _dit(compte: Any) -> str:
    if compte.denominateur is None:
        return "tu"
    numerateur = "tu" if compte.numerateur is None else compte.numerateur
    return f"{numerateur} / {compte.denominateur}" if numerateur else str(compte.denominateur)


def _ecrire(lue: Any, vers: Path) -> list[Path]:
    """Un fichier d'agrégats et un CSV, petits effectifs tus dans les deux."""
    from draille.moteurs.indicateurs.nation import agregats, schema
    from draille.moteurs.indicateurs.nation.calcul import TOUS

    tues = _tues(lue)
    rangees = [
        rangee
        for i in lue.indicateurs
        for rangee in agregats.rangees(indicateur=i, series=tues[schema.nom_de(i)])
    ]
    manifeste = schema.Manifeste(
        contenu="agregats",
        schema=schema.VERSION,
        departement=TOUS,
        arrete_le=lue.le,
        debut=lue.periode.debut,
        fin=lue.periode.fin,
        definitions=schema.empreintes(lue.indicateurs),
        cles=(),
        lignes=len(rangees),
    )
    vers.mkdir(parents=True, exist_ok=True)
    parquet = vers / f"agregats-{TOUS}-{lue.le.isoformat()}.parquet"
    agregats.ecrire(chemin=parquet, rangees=rangees, manifeste=manifeste)
    tableur = parquet.with_suffix(".csv")
    with tableur.open("w", encoding="utf-8-sig", newline="") as fichier:
        ecrivain = csv.writer(fichier, delimiter=";")
        ecrivain.writerow([nom for nom, *_ in schema.COLONNES_AGREGATS])
        for r in rangees:
            nombres = (
                "tu" if n is None else n for n in (r.compte.denominateur, r.compte.numerateur)
            )
            ecrivain.writerow([r.departement, r.code, r.version, r.mois.isoformat(), *nombres])
    return [parquet, tableur]
