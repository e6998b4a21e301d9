"""Préparer Django pour une commande : la base démarrée, l'environnement posé, une console."""

import os
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

console = Console(stderr=True)


def preparer(**environnement: str) -> None:
    """Démarre la base embarquée au besoin, pose l'environnement, charge Django."""
    os.environ.update({c: v for c, v in environnement.items() if v})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "draille.reglages.principal")
    if not os.environ.get("DATABASE_URL"):
        from draille.socle.pg_embarque import demarrer

        demarrer()
    import django

    django.setup()


def migrer() -> None:
    """Applique les migrations sous le propriétaire, sans un mot si tout est à jour."""
    from django.core.management import call_command

    call_command("migrate", database="proprietaire", verbosity=0, interactive=False)
    call_command("createcachetable", database="proprietaire", verbosity=0)


def barre() -> Progress:
    """Une barre de progression sur la sortie d'erreur : la sortie reste aux résultats."""
    return Progress(
        TextColumn("{task.description:<44}"),
        BarColumn(bar_width=32),
        TextColumn("{task.completed:>9.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        disable=not sys.stderr.isatty() and os.environ.get("DRAILLE_BARRES") != "1",
    )
