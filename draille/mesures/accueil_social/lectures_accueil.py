"""Les accueils, un à un : du jour, d'une recherche, d'une personne ; leurs notes."""

from collections.abc import Sequence
from datetime import date

from draille.mesures.accueil_social.lectures_types import (
    AccueilLu,
    DossierAccueil,
    Filtre,
    NoteLue,
    PageAccueils,
)
from draille.socle.acces import Acces


def du_jour(*, acces: Acces, le: date) -> list[AccueilLu]:
    """Les accueils de ce jour que cet accès ouvre, du plus récent au plus ancien."""
    raise NotImplementedError


def chercher(*, acces: Acces, filtre: Filtre, page: int = 1) -> PageAccueils:
    """Une page d'accueils filtrés ; une page hors bornes rend la plus proche."""
    raise NotImplementedError


def accueil(*, accueil_id: int, acces: Acces) -> AccueilLu:
    """Un accueil. Lève `Refus('accueil_social.introuvable')`."""
    raise NotImplementedError


def de_la_personne(*, personne_id: int, acces: Acces) -> DossierAccueil:
    """Les accueils et les notes d'une personne que cet accès ouvre, du plus récent."""
    raise NotImplementedError


def notes_de(*, personne_id: int, acces: Acces) -> Sequence[NoteLue]:
    """Les notes d'une personne que cet accès ouvre : partagées, et les siennes."""
    raise NotImplementedError


def note(*, note_id: int, acces: Acces) -> NoteLue:
    """Une note. Lève `Refus('accueil_social.introuvable')`."""
    raise NotImplementedError


def est_premier_contact(*, accueil_id: int, acces: Acces) -> bool:
    """Vrai si aucun accueil de cette personne ne précède celui-ci. Calculé, jamais coché."""
    raise NotImplementedError
