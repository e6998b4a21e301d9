"""`draille messages` : envoyer ce qui est dû, comme le fait le travailleur chaque minute."""

import argparse
from typing import Any

from draille.commande.preparation import preparer


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("messages", help="envoyer les courriers, courriels et SMS dus")
    analyseur.add_argument("action", choices=["envoyer"])
    analyseur.add_argument("--limite", type=int, default=10_000, help="au plus tant de messages")
    analyseur.set_defaults(executer=executer)


def executer(demande: argparse.Namespace) -> int:
    """Envoie, dit le bilan ; rend 1 si un receveur manque ou si un message est abandonné."""
    preparer()
    from draille.portail.messages.expedition import en_phrases, expedier

    bilan = expedier(limite=demande.limite)
    for phrase in en_phrases(bilan):
        print(phrase)
    return 1 if bilan.pannes or bilan.abandonnes else 0
