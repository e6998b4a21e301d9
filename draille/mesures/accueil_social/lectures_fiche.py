"""La fiche papier que l'on remet : où aller, quand, comment, et ce qui est convenu."""

from collections.abc import Sequence
from datetime import date

from draille.socle.acces import Acces


def composer_fiche(
    *,
    acces: Acces,
    le: date,
    accueil_id: int | None = None,
    points: Sequence[int] = (),
    commune_id: int | None = None,
) -> bytes:
    """Le PDF/UA de la fiche : d'un accueil, ou de quelques points (personne anonyme).

    Lève `Refus` : `accueil_social.introuvable`, `acces.refuse`, `pdf.gabarit`.
    """
    raise NotImplementedError
