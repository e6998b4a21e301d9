"""Les états d'un suivi d'entrant, et la seule table de leurs passages."""

from enum import StrEnum
from types import MappingProxyType


class Statut(StrEnum):
    """Où en est le suivi d'un nouvel entrant."""

    A_RENCONTRER = "a_rencontrer"
    A_ORIENTER = "a_orienter"
    ORIENTEE = "orientee"
    SANS_SUITE = "sans_suite"

    @property
    def libelle(self) -> str:
        """Nom lisible, accentué."""
        return _LIBELLES[self]


_LIBELLES = {
    Statut.A_RENCONTRER: "À rencontrer",
    Statut.A_ORIENTER: "À orienter",
    Statut.ORIENTEE: "Orientée",
    Statut.SANS_SUITE: "Sans suite",
}
OUVERTS = (Statut.A_RENCONTRER, Statut.A_ORIENTER)


class Acte(StrEnum):
    """Ce qui fait passer d'un état à l'autre ; le code du journal en vient."""

    OUVRIR = "ouvrir"
    RENCONTRER = "rencontrer"
    DIAGNOSTIQUER = "diagnostiquer"
    ORIENTER = "orienter"
    REORIENTER = "reorienter"
    NOTIFIER = "notifier"
    FERMER_SANS_SUITE = "fermer_sans_suite"
    ROUVRIR = "rouvrir"


# On oriente aussi sans rencontre, sur dossier ; on rencontre alors après coup. Une personne déjà
# orientée qui sort du droit garde son orientation : seul ce qui attendait devient sans suite.
TRANSITIONS: tuple[tuple[Acte, Statut | None, Statut], ...] = (
    (Acte.OUVRIR, None, Statut.A_RENCONTRER),
    (Acte.RENCONTRER, Statut.A_RENCONTRER, Statut.A_ORIENTER),
    (Acte.RENCONTRER, Statut.ORIENTEE, Statut.ORIENTEE),
    (Acte.DIAGNOSTIQUER, Statut.A_RENCONTRER, Statut.A_RENCONTRER),
    (Acte.DIAGNOSTIQUER, Statut.A_ORIENTER, Statut.A_ORIENTER),
    (Acte.DIAGNOSTIQUER, Statut.ORIENTEE, Statut.ORIENTEE),
    (Acte.ORIENTER, Statut.A_RENCONTRER, Statut.ORIENTEE),
    (Acte.ORIENTER, Statut.A_ORIENTER, Statut.ORIENTEE),
    (Acte.REORIENTER, Statut.ORIENTEE, Statut.ORIENTEE),
    (Acte.NOTIFIER, Statut.ORIENTEE, Statut.ORIENTEE),
    (Acte.FERMER_SANS_SUITE, Statut.A_RENCONTRER, Statut.SANS_SUITE),
    (Acte.FERMER_SANS_SUITE, Statut.A_ORIENTER, Statut.SANS_SUITE),
    (Acte.ROUVRIR, Statut.SANS_SUITE, Statut.A_RENCONTRER),
    (Acte.ROUVRIR, Statut.SANS_SUITE, Statut.A_ORIENTER),
)

CATEGORIES = MappingProxyType(
    {
        "primo_arrivant": "Primo-arrivant",
        "retour": "Retour",
        "devient_soumis": "Devient soumis aux droits et devoirs",
        "rejoint_foyer": "Rejoint un foyer",
        "mutation": "Arrive d'un autre Département",
    }
)
MODES = MappingProxyType(
    {
        "sur_place": "Sur place",
        "domicile": "Au domicile",
        "telephone": "Par téléphone",
        "visio": "En visioconférence",
    }
)


def destinations(*, acte: Acte, de: Statut | None) -> tuple[Statut, ...]:
    """Où cet acte mène depuis cet état ; vide quand il n'y est pas permis.

    Deux destinations pour la seule réouverture : à orienter si la personne a été rencontrée.
    """
    return tuple(vers for a, depuis, vers in TRANSITIONS if a is acte and depuis == de)
