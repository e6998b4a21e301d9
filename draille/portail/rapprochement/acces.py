"""Qui peut quoi : une carte, d'une action à son prédicat.

Chaque paire et chaque fusion ne se montre en plus qu'à qui lit ses deux dossiers.
"""

from draille.moteurs.rapprochement.adaptateur_droits import ROLES_RAPPROCHER
from draille.socle.acces import Predicat, a_role

ACCES: dict[str, Predicat] = {
    "voir": a_role(*ROLES_RAPPROCHER),
    "decider": a_role(*ROLES_RAPPROCHER),
}
