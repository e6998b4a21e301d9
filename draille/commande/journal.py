"""`draille journal` et `draille projections` : sceller, vérifier, comparer."""

import argparse
from typing import Any

from draille.commande.preparation import barre, preparer


def inscrire(sous: Any) -> None:
    """Ajoute les sous-commandes."""
    journal = sous.add_parser("journal", help="sceller ou vérifier le journal")
    journal.add_argument("action", choices=["sceller", "verifier"])
    journal.set_defaults(executer=executer_journal)
    projections = sous.add_parser("projections", help="recalculer les états et les comparer")
    projections.add_argument("action", choices=["verifier"])
    projections.set_defaults(executer=executer_projections)


def executer_journal(demande: argparse.Namespace) -> int:
    """Scelle ce qui ne l'est pas, ou recalcule chaque sceau ; rend 1 à la moindre anomalie."""
    preparer()
    from draille.noyau.journal import scellement
    from draille.noyau.journal.models import LigneJournal
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme

    acces = acces_systeme(nom="vérification du journal")
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()), barre() as progres:
        tache = progres.add_task("Journal", total=LigneJournal.objects.count())

        def avancer(nombre: int) -> None:
            progres.advance(tache, nombre)

        if demande.action == "sceller":
            print(f"{scellement.sceller(progression=avancer)} ligne(s) scellée(s).")
            return 0
        anomalies = list(scellement.verifier(progression=avancer))
    for anomalie in anomalies:
        print(anomalie.message)
    print("Journal altéré." if anomalies else "Journal intact : chaque lot scellé se recalcule.")
    return 1 if anomalies else 0


def executer_projections(demande: argparse.Namespace) -> int:
    """Recalcule chaque projection et dit les écarts ; rend 1 s'il y en a."""
    preparer()
    from draille.noyau.journal.projections import comparer
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme

    acces = acces_systeme(nom="vérification des projections")
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()):
        ecarts = comparer()
    for ecart in ecarts:
        etat = "conforme" if not ecart.manquantes and not ecart.en_trop else "ÉCART"
        print(f"{ecart.nom} : {etat} ({ecart.manquantes} manquante(s), {ecart.en_trop} en trop)")
    return 1 if any(e.manquantes or e.en_trop for e in ecarts) else 0
