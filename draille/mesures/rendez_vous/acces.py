"""Qui peut quoi : une carte, d'une action à son prédicat et à ses rôles."""

from draille.socle.acces import Predicat, Role, a_role

# Le droit se revérifie dans chaque acte, sur la clé de la ligne.
CONVOQUER = (Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE)
RENDRE_COMPTE = (Role.ACCUEIL, *CONVOQUER)
# Un référent tient ses propres plages et ses propres créneaux : l'acte le vérifie.
TENIR_LIEUX = (Role.CHARGE_ORIENTATION, Role.CADRE)

ACCES: dict[str, Predicat] = {
    "voir_convocations": a_role(*CONVOQUER),
    "convoquer": a_role(*CONVOQUER),
    "voir_agenda": a_role(*RENDRE_COMPTE),
    "tenir_agenda": a_role(*CONVOQUER),
    "voir_rendez_vous": a_role(*RENDRE_COMPTE),
    "rendre_compte": a_role(*RENDRE_COMPTE),
    "fixer": a_role(*CONVOQUER),
    "tenir_lieux": a_role(*TENIR_LIEUX),
    "voir_suivi": a_role(*CONVOQUER, Role.PILOTE),
}
