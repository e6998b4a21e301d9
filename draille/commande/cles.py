"""`draille cles tourner` : rechiffrer sous la clé courante ce qui l'est sous une ancienne."""

import argparse
from typing import Any

from draille.commande.preparation import barre, preparer


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("cles", help="changer de clé de chiffrement")
    analyseur.add_argument("action", choices=["tourner"])
    analyseur.set_defaults(executer=executer)


def executer(demande: argparse.Namespace) -> int:
    """Rechiffre NIR, rejets et lettres sous la clé courante, empreintes refaites."""
    preparer()
    from draille.moteurs.flux import adaptateur_rejets
    from draille.moteurs.messages import adaptateur_lettre
    from draille.noyau.personne.actes import tourner_les_cles
    from draille.noyau.personne.models import Personne
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme

    acces = acces_systeme(nom="changement de clé")
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()), barre() as progres:
        total = Personne.objects.exclude(nir_chiffre=None).count()
        tache = progres.add_task("Identifiants", total=total)
        nombre = tourner_les_cles(progression=lambda n: progres.advance(tache, n))
        rejets = adaptateur_rejets.tourner_les_cles()
        lettres = adaptateur_lettre.tourner_les_cles()
    print(f"{nombre} identifiant(s), {rejets} rejet(s) et {lettres} lettre(s) rechiffré(s).")
    return 0
