"""La ligne de commande `draille` : une sous-commande par travail."""

import argparse
import sys
from collections.abc import Sequence

from draille.commande import (
    affectation,
    annuaire,
    base,
    cles,
    consolidation,
    demo,
    flux,
    installer,
    journal,
    messages,
    rapport,
    servir,
    trajets,
)
from draille.socle.pg_embarque import BaseIndisponible
from draille.socle.refus import Refus


def principal(arguments: Sequence[str] | None = None) -> int:
    """Lance la sous-commande demandée ; rend 0, ou 1 avec une phrase sur la sortie d'erreur."""
    analyseur = argparse.ArgumentParser(
        prog="draille",
        description="Le système d'information de la politique de solidarité d'un Département.",
    )
    sous = analyseur.add_subparsers(required=True, metavar="COMMANDE")
    for module in (
        demo,
        servir,
        installer,
        base,
        flux,
        journal,
        affectation,
        messages,
        cles,
        trajets,
        annuaire,
        consolidation,
        rapport,
    ):
        module.inscrire(sous)
    demande = analyseur.parse_args(arguments)
    try:
        return int(demande.executer(demande) or 0)
    except (Refus, BaseIndisponible) as refus:
        print(str(refus), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(principal())
