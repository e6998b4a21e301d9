"""Qui peut quoi : une carte, d'une action à son prédicat."""

from draille.mesures.suivi_rsa import actes_acompte, actes_budget
from draille.socle.acces import Acces, Predicat, Role, a_role

_LISENT_LE_BUDGET = (Role.PILOTE, Role.CADRE)


def _sur_tout(*roles: Role) -> Predicat:
    """L'un de ces rôles, sur tout le Département : un budget vu d'un seul secteur serait faux."""

    def predicat(acces: Acces) -> bool:
        return acces.a_role_sur(roles, actes_budget.CLE)

    return predicat


# Des nombres seulement : le pilote les lit aussi. Les droits d'une personne demandent un rôle qui
# ouvre des dossiers ; une demande d'acompte est une liste nominative.
ACCES: dict[str, Predicat] = {
    "voir_chiffres": a_role(Role.PILOTE, Role.CADRE, Role.CHARGE_ORIENTATION, Role.REFERENT),
    "voir_droit": a_role(Role.ACCUEIL, Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE),
    "voir_budget": _sur_tout(*_LISENT_LE_BUDGET),
    "tenir_budget": _sur_tout(*actes_budget.ECRIVENT),
    "voir_acomptes": _sur_tout(*actes_acompte.ROLES),
}
