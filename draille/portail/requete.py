"""La requête que les intergiciels préparent, et ce qu'un agent y peut lire de nominatif."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from draille.noyau.personne.models import Personne
from draille.socle import contexte, horloge
from draille.socle.acces import ROLES_NOMINATIFS, Acces, Role, a_role

ROLES_NIR = (Role.CHARGE_ORIENTATION, Role.CADRE)
ROLES_VERIFIER = (Role.ADMINISTRATEUR, Role.CADRE)

voit_des_personnes = a_role(*ROLES_NOMINATIFS)
voit_le_nir = a_role(*ROLES_NIR)
administre = a_role(Role.ADMINISTRATEUR)
verifie_le_journal = a_role(*ROLES_VERIFIER)


class Requete(HttpRequest):
    """Une requête passée par `ContexteAcces` : qui lit, à quelle date du produit."""

    acces: Acces
    le: date
    reference: str
    htmx: Any


def restreindre(request: Requete) -> Acces:
    """L'accès réduit aux rôles qui ouvrent des dossiers ; le second mur est réduit de même.

    Un pilote qui est aussi référent d'un secteur n'ouvre que les dossiers de ce secteur.
    """
    complet = request.acces
    reduit = complet.parmi(ROLES_NOMINATIFS)
    if reduit.cles != complet.cles:
        contexte.poser(acces=reduit, instant=horloge.maintenant())
    return reduit


def voit_le_nir_de(acces: Acces, personne: Personne) -> bool:
    """Vrai si l'agent tient, sur cette personne même, un rôle qui lit le NIR."""
    return acces.parmi(ROLES_NIR).voit_une(personne.cles_acces)
