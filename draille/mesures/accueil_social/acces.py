"""Qui peut quoi : une carte, d'une action à son prédicat et à ses rôles."""

from draille.socle.acces import Predicat, Role, a_role

# Le droit se revérifie dans chaque acte, sur la clé de la ligne.
ACCUEILLIR = (Role.ACCUEIL, Role.TRAVAILLEUR_SOCIAL, Role.CADRE)
# Une note partagée s'écrit là où l'on ouvre des dossiers : le compartiment choisi le limite.
NOTER = (
    Role.ACCUEIL,
    Role.CHARGE_ORIENTATION,
    Role.TRAVAILLEUR_SOCIAL,
    Role.REFERENT,
    Role.CADRE,
)
LIRE_CHIFFRES = (*ACCUEILLIR, Role.PILOTE)

ACCES: dict[str, Predicat] = {
    "accueillir": a_role(*ACCUEILLIR),
    "voir_accueils": a_role(*ACCUEILLIR),
    "voir_chiffres": a_role(*LIRE_CHIFFRES),
    "voir_dossier": a_role(*NOTER),
    "noter": a_role(*NOTER),
    "voir_annuaire": a_role(*NOTER, Role.PILOTE, Role.ADMINISTRATEUR),
    "tenir_annuaire": a_role(Role.TRAVAILLEUR_SOCIAL, Role.CADRE, Role.ADMINISTRATEUR),
    "confirmer_annuaire": a_role(*ACCUEILLIR, Role.ADMINISTRATEUR),
    "voir_couverture": a_role(*LIRE_CHIFFRES),
}
