"""Les chiffres des accueils ; les petits effectifs sont tus, et ne se déduisent pas."""

from datetime import date

from draille.mesures.accueil_social.lectures_types import Statistiques
from draille.socle.acces import Acces


def statistiques(*, acces: Acces, debut: date, fin: date) -> Statistiques:
    """Les chiffres des accueils de [debut, fin] que cet accès ouvre, petits effectifs tus."""
    raise NotImplementedError
