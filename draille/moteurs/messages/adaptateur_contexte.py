"""L'instant du contexte ouvert : le moteur ne lit pas l'horloge."""

from datetime import datetime

from django.db import connection


def instant_ouvert() -> datetime:
    """L'instant d'écriture de la transaction. Lève une erreur de base si aucun n'est posé."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT draille_instant()")
        instant: datetime = curseur.fetchone()[0]
        return instant
