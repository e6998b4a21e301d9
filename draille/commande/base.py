"""`draille base` : le PostgreSQL embarqué et les migrations."""

import argparse
from typing import Any

from draille.commande.preparation import migrer, preparer
from draille.socle import pg_embarque


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("base", help="démarrer, arrêter, migrer la base")
    analyseur.add_argument("action", choices=["demarrer", "arreter", "etat", "migrer"])
    analyseur.set_defaults(executer=executer)


def executer(demande: argparse.Namespace) -> int:
    """Exécute l'action demandée."""
    if demande.action == "arreter":
        pg_embarque.arreter()
    elif demande.action == "demarrer":
        pg_embarque.demarrer()
    elif demande.action == "migrer":
        preparer()
        migrer()
    print(pg_embarque.etat())
    return 0
