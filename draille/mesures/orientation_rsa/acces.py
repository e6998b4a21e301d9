"""Qui peut quoi : une carte, d'une action à son prédicat et à ses rôles."""

from draille.socle.acces import Predicat, Role, a_role

# Le droit se revérifie dans chaque acte, sur la clé de la ligne.
ORIENTER = (Role.CHARGE_ORIENTATION, Role.CADRE)
RENCONTRER = (Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE)

ACCES: dict[str, Predicat] = {
    "voir_entrants": a_role(*RENCONTRER),
    "voir_charge": a_role(*ORIENTER, Role.PILOTE),
    "rencontrer": a_role(*RENCONTRER),
    "diagnostiquer": a_role(*RENCONTRER),
    "orienter": a_role(*ORIENTER),
    "orienter_lot": a_role(*ORIENTER),
    "reorienter": a_role(*ORIENTER),
    "notifier": a_role(*RENCONTRER),
}
