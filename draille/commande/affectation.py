"""`draille affectation` : vérifier un calcul depuis la base, ou en proposer un."""

import argparse
from typing import Any

from draille.commande.preparation import preparer


def inscrire(sous: Any) -> None:
    """Ajoute les sous-commandes."""
    analyseur = sous.add_parser("affectation", help="vérifier ou proposer des référents")
    actions = analyseur.add_subparsers(required=True, metavar="ACTION")
    verifier = actions.add_parser("verifier", help="refaire la preuve d'un calcul, sans solveur")
    verifier.add_argument("calcul", type=int, metavar="RUN", help="le numéro du calcul")
    verifier.set_defaults(executer=executer_verifier)
    proposer = actions.add_parser("proposer", help="calculer la proposition de la semaine")
    proposer.set_defaults(executer=executer_proposer)


def executer_verifier(demande: argparse.Namespace) -> int:
    """Recalcule certificat et empreinte ; rend 1 et dit quoi si quelque chose a été altéré."""
    preparer()
    from draille.mesures.referent_unique.lectures_verification import verification
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme

    acces = acces_systeme(nom="vérification d'une affectation")
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()):
        trouve = verification(calcul_id=demande.calcul, acces=acces)
    for faute in trouve.fautes:
        print(faute)
    if trouve.fautes:
        print(f"Calcul {trouve.calcul_id} altéré.")
        return 1
    print(
        f"Calcul {trouve.calcul_id} intact : {trouve.lignes} ligne(s), optimum prouvé sans "
        f"solveur, empreinte {trouve.empreinte}."
    )
    return 0


def executer_proposer(demande: argparse.Namespace) -> int:
    """Calcule une proposition à relire ; rien n'est désigné."""
    preparer()
    from draille.mesures.referent_unique.actes import calculer_proposition
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme

    acces = acces_systeme(nom="proposition de référents")
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()) as par:
        calcul = calculer_proposition(par=par, le=horloge.aujourdhui())
        lignes = calcul.lignes.count()
    print(f"Calcul {calcul.pk} : {lignes} ligne(s) à relire par un agent.")
    return 0
