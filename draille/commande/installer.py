"""`draille installer` : un vrai Département, son découpage et son premier administrateur."""

import argparse
import secrets
from typing import Any

from draille.commande.preparation import migrer, preparer


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("installer", help="installer un Département (hors démonstration)")
    analyseur.add_argument("--departement", required=True, help="numéro, par exemple 43")
    analyseur.add_argument("--identifiant", default="administrateur")
    analyseur.add_argument("--prenom", required=True)
    analyseur.add_argument("--nom", required=True)
    analyseur.set_defaults(executer=executer)


def executer(demande: argparse.Namespace) -> int:
    """Migre, charge communes, EPCI et cantons, inscrit l'administrateur ; rejouée, ne double rien.

    Les secteurs de démonstration ne sont pas chargés : le Département écrit les siens.
    """
    preparer(DRAILLE_DEPARTEMENT=demande.departement)
    migrer()
    from draille.demo.mise_en_place import charger_le_departement
    from draille.noyau.organisation.actes import FicheAgent, Portee, habiliter, inscrire_agent
    from draille.socle import contexte, horloge
    from draille.socle.acces import Compartiment, Role, acces_systeme

    le, mot_de_passe = horloge.aujourdhui(), secrets.token_urlsafe(12)
    systeme = acces_systeme(nom="installation")
    with contexte.ouvrir(acces=systeme, instant=horloge.maintenant()) as par:
        departement, organisation = charger_le_departement(
            code=demande.departement, avec_secteurs=False, par=par, le=le
        )
        agent = inscrire_agent(
            fiche=FicheAgent(
                identifiant=demande.identifiant, prenom=demande.prenom, nom=demande.nom
            ),
            organisation=organisation,
            mot_de_passe=mot_de_passe,
            par=par,
            le=le,
        )
        portee = Portee(
            compartiment=Compartiment.ADMINISTRATION,
            role=Role.ADMINISTRATEUR,
            territoire=departement,
        )
        habiliter(agent=agent, portee=portee, par=par, le=le)
    print(f"Identifiant : {agent.identifiant}")
    print(f"Mot de passe provisoire, à changer : {mot_de_passe}")
    return 0
