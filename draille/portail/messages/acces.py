"""Qui peut quoi : une carte, d'une action à son prédicat.

Un message se lit comme le dossier de sa personne. L'administrateur surveille la boîte d'envoi en
nombres et tient les modèles ; il n'ouvre aucun message.
"""

from draille.moteurs.messages.adaptateur_modeles import ROLES_MODELES
from draille.socle.acces import ROLES_NOMINATIFS, Predicat, Role, a_role

ACCES: dict[str, Predicat] = {
    "voir_message": a_role(*ROLES_NOMINATIFS),
    "reprendre": a_role(*ROLES_NOMINATIFS),
    "voir_boite": a_role(Role.CADRE, Role.ADMINISTRATEUR),
    "voir_liste": a_role(Role.CADRE),
    "tenir_modeles": a_role(*ROLES_MODELES),
}
