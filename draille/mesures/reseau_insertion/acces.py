"""Qui peut quoi : une carte, d'une action à son prédicat et à ses rôles."""

from collections.abc import Iterable

from draille.moteurs.partage.adaptateur import ROLES_ORIENTER, ROLES_PARTENAIRES
from draille.socle.acces import PAS, Acces, Compartiment, Predicat, Role, a_role

# Le droit se revérifie dans chaque acte, sur la clé de la ligne.
LIRE_PARTENAIRES = (*ROLES_ORIENTER, Role.ADMINISTRATEUR)


def _en_social(roles: Iterable[Role]) -> Predicat:
    """Tenir l'un de ces rôles en action sociale : c'est là que vivent les orientations."""
    attendus = tuple(roles)

    def predicat(acces: Acces) -> bool:
        return any(c // PAS == Compartiment.SOCIAL for c in acces.parmi(attendus).cles)

    return predicat


def _connait_les_partenaires(acces: Acces) -> bool:
    return Role.ADMINISTRATEUR in acces.roles or ACCES["suivre"](acces)


ACCES: dict[str, Predicat] = {
    "suivre": _en_social(ROLES_ORIENTER),
    "orienter": _en_social(ROLES_ORIENTER),
    "voir_partenaires": _connait_les_partenaires,
    "tenir_partenaires": a_role(*ROLES_PARTENAIRES),
    "voir_acces": _en_social((Role.CADRE,)),
    "voir_accompagnement": a_role(*ROLES_ORIENTER),
    "recevoir": a_role(Role.PARTENAIRE),
}
