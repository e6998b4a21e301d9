"""`python -m bench` : lance les bancs, dit ce qui est tenu, écrit `docs/performances.md`."""

import argparse
import sys
from datetime import UTC, datetime
from importlib import import_module
from inspect import getdoc

from rich.console import Console

from bench.outils import machine
from bench.rapport import Partie, afficher, ecrire

BANCS = {
    "ingestion": "Intégrer un fichier de 100 000 foyers",
    "pages": "Ouvrir les pages, 100 000 personnes et 1 000 000 de lignes de journal",
    "indicateurs": "Calculer les indicateurs d'une année",
    "consolidation": "Compter les mêmes indicateurs sur 101 Départements",
    "affectation": "Confier chacun à un référent",
    "convocations": "Convoquer à temps et près",
    "couverture": "Couvrir la France, choisir où ouvrir",
    "rapprochement": "Retrouver les mêmes personnes parmi des fiches fautives",
    "prevision": "Prévoir le RSA, et ce que vaut la méthode retenue",
    "trajets": "Calculer les trajets par la route",
}


def principal() -> int:
    """Rend 1 si un plafond est manqué ou si un banc n'a pas pu finir."""
    analyseur = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    analyseur.add_argument("--seulement", choices=BANCS, action="append", help="ce banc seul")
    analyseur.add_argument(
        "--reduit", action="store_true", help="petites tailles, sans écrire docs/performances.md"
    )
    demande = analyseur.parse_args()
    console = Console()
    decrite = machine()
    parties = [
        _mesurer(nom, demande.reduit, console)
        for nom in BANCS
        if not demande.seulement or nom in demande.seulement
    ]
    afficher(parties, console)
    if not demande.reduit and not demande.seulement:
        ecrire(parties, machine=decrite, le=datetime.now(tz=UTC).date())
    return int(any(p.erreur or p.manquees for p in parties))


def _mesurer(nom: str, reduit: bool, console: Console) -> Partie:
    """Un banc qui échoue est dit, et n'empêche pas les suivants."""
    console.print(f"[bold]{BANCS[nom]}[/bold]…")
    try:
        module = import_module(f"bench.{nom}")
        methode = (getdoc(module) or "").strip()
        return Partie(BANCS[nom], methode, module.mesurer(reduit=reduit))
    except Exception as erreur:
        console.print_exception()
        # La dernière ligne dit l'erreur ; les autres, une trace, ne vont pas sur une page.
        dite = (str(erreur).splitlines() or [""])[-1]
        return Partie(BANCS[nom], "", [], f"{type(erreur).__name__} : {dite}")


if __name__ == "__main__":
    sys.exit(principal())
