"""Qui peut quoi : lire le PDI, le charger, inscrire une délibération."""

from draille.mesures.pdi.actes import ROLES_CHARGER, ROLES_ECRIRE
from draille.socle.acces import Predicat, a_role, tout_agent

ACCES: dict[str, Predicat] = {
    "voir": tout_agent,
    "charger": a_role(*ROLES_CHARGER),
    "ecrire": a_role(*ROLES_ECRIRE),
}
