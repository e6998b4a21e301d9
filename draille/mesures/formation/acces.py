"""Qui peut quoi : une carte, d'une action à son prédicat et à ses rôles."""

from draille.socle.acces import Acces, Predicat, Role, a_role, tout_agent

GERER = (Role.PILOTE, Role.CADRE)


def _du_departement(acces: Acces) -> bool:
    """Qui lit de l'extérieur a les chiffres par la convention, où les petits nombres sont tus."""
    return tout_agent(acces) and acces.est_du_departement


def _gere(acces: Acces) -> bool:
    return acces.est_du_departement and a_role(*GERER)(acces)


ACCES: dict[str, Predicat] = {
    "voir": _du_departement,
    "s_inscrire": _du_departement,
    "voir_chiffres": _du_departement,
    "gerer": _gere,
}
