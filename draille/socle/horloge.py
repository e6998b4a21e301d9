"""Le seul lecteur de l'horloge.

`DRAILLE_DATE` (une date ISO, `2020-10-31`) fait tourner tout le produit à cette date.
Le portail et la ligne de commande lisent l'horloge à l'entrée ; en dessous, les dates sont des
arguments.
"""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def est_simulee() -> bool:
    """Vrai quand `DRAILLE_DATE` remplace la date du jour."""
    return _date_simulee() is not None


def aujourdhui() -> date:
    """La date du jour à Paris, ou celle de `DRAILLE_DATE`."""
    return _date_simulee() or datetime.now(PARIS).date()


def maintenant() -> datetime:
    """L'instant présent, avec le fuseau de Paris.

    À une date simulée, l'heure reste l'heure réelle : l'ordre des actes d'une journée se garde.
    """
    reel = datetime.now(PARIS)
    simulee = _date_simulee()
    if simulee is None:
        return reel
    return datetime.combine(simulee, reel.timetz())


def _date_simulee() -> date | None:
    texte = os.environ.get("DRAILLE_DATE", "").strip()
    if not texte:
        return None
    try:
        return date.fromisoformat(texte)
    except ValueError as erreur:
        raise ValueError(
            f"DRAILLE_DATE vaut « {texte} », qui n'est pas une date. "
            "Écrivez-la année-mois-jour, par exemple 2020-10-31."
        ) from erreur
