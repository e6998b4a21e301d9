"""Qui peut quoi : une carte, d'une action à son prédicat.

Un fichier décrit tout le Département : le déposer ou lire ses rejets demande une habilitation qui
le couvre. L'administrateur voit où en sont les fichiers, jamais une valeur personnelle.
"""

from draille.socle.acces import Acces, Compartiment, Predicat, Role, cle

_DE_TOUT_LE_DEPARTEMENT = cle(compartiment=Compartiment.INSERTION, commune_id=None)


def _traite(acces: Acces) -> bool:
    roles = (Role.CADRE, Role.CHARGE_ORIENTATION)
    return acces.a_role_sur(roles, _DE_TOUT_LE_DEPARTEMENT)


def _voit(acces: Acces) -> bool:
    return _traite(acces) or Role.ADMINISTRATEUR in acces.roles


ACCES: dict[str, Predicat] = {
    "voir": _voit,
    "deposer": _traite,
    "confirmer": _traite,
    "voir_rejets": _traite,
    "corriger": _traite,
}
