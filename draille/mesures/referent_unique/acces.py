"""Qui peut quoi : une carte, d'une action à son prédicat et à ses rôles."""

from draille.socle.acces import Predicat, Role, a_role

# Le droit se revérifie dans chaque acte, sur la clé de la ligne.
DESIGNER = (Role.CHARGE_ORIENTATION, Role.CADRE)
GERER = (Role.CADRE,)
SUIVRE = (Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE)

ACCES: dict[str, Predicat] = {
    "voir_propositions": a_role(*DESIGNER),
    "proposer": a_role(*DESIGNER),
    "relire": a_role(*DESIGNER),
    "designer": a_role(*DESIGNER),
    "annoncer": a_role(*DESIGNER),
    "voir_portefeuilles": a_role(*DESIGNER, Role.PILOTE),
    "gerer_portefeuilles": a_role(*GERER),
    "voir_file": a_role(*SUIVRE),
    "voir_pilotage": a_role(*GERER, Role.PILOTE),
    "preciser_mobilite": a_role(*SUIVRE),
}
