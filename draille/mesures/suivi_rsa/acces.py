"""Qui peut quoi : une carte, d'une action à son prédicat."""

from draille.socle.acces import Predicat, Role, a_role

# Des nombres seulement : le pilote les lit aussi. Les droits d'une personne demandent un rôle qui
# ouvre des dossiers.
ACCES: dict[str, Predicat] = {
    "voir_chiffres": a_role(Role.PILOTE, Role.CADRE, Role.CHARGE_ORIENTATION, Role.REFERENT),
    "voir_droit": a_role(Role.ACCUEIL, Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE),
}
