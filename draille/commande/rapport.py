"""`draille rapport` : écrire le rapport d'exécution d'une année en PDF, ODS et CSV."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from draille.commande.preparation import barre, preparer

FORMATS = ("pdf", "ods", "csv")


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("rapport", help="écrire le rapport d'exécution d'une année")
    analyseur.add_argument("departement", metavar="DÉPARTEMENT", help="son code : 43")
    analyseur.add_argument("--annee", type=int, required=True)
    analyseur.add_argument("--cadre", default="", help="le code de la convention, s'il y en a deux")
    analyseur.add_argument(
        "--arrete", type=date.fromisoformat, metavar="AAAA-MM-JJ", help="chiffres arrêtés ce jour"
    )
    analyseur.add_argument("--vers", type=Path, default=Path(), help="dans ce dossier")
    analyseur.set_defaults(executer=executer)


def executer(demande: argparse.Namespace) -> int:
    """Écrit la dernière version validée ; sinon, un projet calculé sur-le-champ, dit comme tel."""
    preparer(DRAILLE_DEPARTEMENT=demande.departement)
    from draille.mesures.convention import lectures_rapport_fichiers as fichiers
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme

    choix = fichiers.Choix(
        departement=demande.departement,
        annee=demande.annee,
        cadre=demande.cadre,
        arrete_le=demande.arrete,
    )
    with (
        barre() as progres,
        contexte.ouvrir(acces=acces_systeme(nom="rapport"), instant=horloge.maintenant()) as acces,
    ):
        tache = progres.add_task("Calcul du rapport", total=1 + len(FORMATS))
        sortie = fichiers.preparer(choix=choix, acces=acces, le=horloge.aujourdhui())
        progres.update(tache, advance=1)
        demande.vers.mkdir(parents=True, exist_ok=True)
        print(sortie.phrase)
        for extension in FORMATS:
            chemin = demande.vers / f"{sortie.nom}.{extension}"
            chemin.write_bytes(sortie.fichier(extension=extension))
            progres.update(tache, advance=1)
            print(chemin)
    return 0
