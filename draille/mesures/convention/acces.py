"""Qui peut quoi : voir la convention, la faire vivre, y inscrire un texte, exporter une liste."""

from draille.mesures.convention.actes import EXPORTENT, ROLES
from draille.socle.acces import Predicat, Role, a_role, tout_agent

ACCES: dict[str, Predicat] = {
    "voir": tout_agent,
    "charger": a_role(*ROLES),
    "piloter": a_role(Role.PILOTE),
    "ecrire": a_role(Role.PILOTE),
    "valider": a_role(Role.PILOTE),
    "exporter": a_role(*EXPORTENT),
}
