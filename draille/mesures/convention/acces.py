"""Qui peut quoi : voir la convention, y inscrire un texte."""

from draille.mesures.convention.actes import ROLES
from draille.socle.acces import Predicat, a_role, tout_agent

ACCES: dict[str, Predicat] = {"voir": tout_agent, "charger": a_role(*ROLES)}
