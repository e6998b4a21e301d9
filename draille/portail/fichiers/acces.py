"""Qui peut quoi : une carte, d'une action à son prédicat.

Un fichier décrit tout le Département : le déposer ou lire ses rejets demande une habilitation qui
le couvre. L'administrateur voit où en sont les fichiers, jamais une valeur personnelle.
"""

from draille.moteurs.flux.adaptateur_contexte import CLE_INSERTION, ROLES_FICHIERS
from draille.socle.acces import Acces, Predicat, Role


def _traite(acces: Acces) -> bool:
    return acces.a_role_sur(ROLES_FICHIERS, CLE_INSERTION)


def _voit(acces: Acces) -> bool:
    return _traite(acces) or Role.ADMINISTRATEUR in acces.roles


ACCES: dict[str, Predicat] = {
    "voir": _voit,
    "deposer": _traite,
    "confirmer": _traite,
    "voir_rejets": _traite,
    "corriger": _traite,
}
