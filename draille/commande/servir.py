"""`draille servir` : l'application (granian) et, à côté, le travailleur des traitements longs."""

import argparse
import os
import subprocess
import sys
from typing import Any

from draille.commande.preparation import console, migrer, preparer


def inscrire(sous: Any) -> None:
    """Ajoute les sous-commandes."""
    analyseur = sous.add_parser("servir", help="servir l'application")
    analyseur.add_argument("--port", type=int, default=8000)
    analyseur.add_argument("--hote", default="127.0.0.1")
    analyseur.set_defaults(executer=executer)
    travailleur = sous.add_parser("travailleur", help="exécuter les traitements longs")
    travailleur.set_defaults(executer=executer_travailleur)


def executer(demande: argparse.Namespace) -> int:
    """Migre, puis sert jusqu'à l'interruption."""
    preparer()
    migrer()
    return servir(hote=demande.hote, port=demande.port)


def servir(*, hote: str, port: int) -> int:
    """Lance le travailleur à côté et sert l'application ; les deux s'arrêtent ensemble.

    Lève `Refus('base.role')` si la base ne serait pas gardée.
    """
    from django.db import connection

    from draille.socle.murs import exiger_role_sans_privilege

    with connection.cursor() as curseur:
        exiger_role_sans_privilege(curseur)
    travailleur = subprocess.Popen(
        [sys.executable, "-m", "draille.commande.principal", "travailleur"]
    )
    console.print(f"Draille est servi sur [bold]http://{hote}:{port}/[/bold] (Ctrl+C pour arrêter)")
    try:
        return subprocess.call(_commande_granian(hote, port), env=os.environ)
    except KeyboardInterrupt:
        return 0
    finally:
        travailleur.terminate()
        travailleur.wait(timeout=30)


def _commande_granian(hote: str, port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        hote,
        "--port",
        str(port),
        "--workers",
        os.environ.get("DRAILLE_PROCESSUS", "2"),
        "--blocking-threads",
        "4",
        "--no-ws",
        "--log-level",
        "warning",
        "draille.portail.wsgi:application",
    ]


def executer_travailleur(demande: argparse.Namespace) -> int:
    """Exécute les traitements en attente, jusqu'à l'interruption."""
    preparer()
    from django.core.management import call_command

    call_command("procrastinate", "worker", concurrency=1)
    return 0
