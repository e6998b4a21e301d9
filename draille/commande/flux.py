"""`draille flux` : intégrer un fichier reçu, comme le fait l'écran."""

import argparse
from pathlib import Path
from typing import Any

from draille.commande.preparation import barre, preparer


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("flux", help="intégrer un fichier de la CAF ou de la MSA")
    analyseur.add_argument("action", choices=["integrer"])
    analyseur.add_argument("fichier", type=Path)
    analyseur.set_defaults(executer=executer)


def executer(demande: argparse.Namespace) -> int:
    """Dépose et intègre le fichier ; rend 1 s'il est refusé, avec la phrase qui dit pourquoi."""
    preparer()
    from draille.portail.reception import recevoir_et_integrer
    from draille.socle import horloge

    with barre() as progres:
        tache = progres.add_task(demande.fichier.name, total=1)

        def avancer(lus: int, total: int) -> None:
            progres.update(tache, completed=lus, total=max(total, 1))

        recu = recevoir_et_integrer(
            chemin=demande.fichier, le=horloge.aujourdhui(), progression=avancer
        )
    print(recu.phrase)
    return 0 if recu.est_integre else 1
