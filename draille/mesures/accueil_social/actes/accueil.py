"""Accueillir, compléter, rectifier."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from draille.mesures.accueil_social.actes.saisie import OrientationSaisie, ReponseSaisie, Saisie
from draille.mesures.accueil_social.models import Accueil
from draille.socle.acces import Acces


def accueillir(*, saisie: Saisie, par: Acces, le: date) -> Accueil:
    """Écrit un accueil et tout ce qui en part, en une transaction ; le même envoi n'en écrit qu'un."""
    raise NotImplementedError


def completer(
    *,
    accueil_id: int,
    besoins: tuple[str, ...] = (),
    reponses: tuple[ReponseSaisie, ...] = (),
    orientations: tuple[OrientationSaisie, ...] = (),
    par: Acces,
    le: date,
) -> Accueil:
    """Ajoute des besoins, des réponses, des orientations à un accueil."""
    raise NotImplementedError


def rectifier(*, accueil_id: int, changements: Mapping[str, Any], par: Acces, le: date) -> Accueil:
    """Corrige `canal`, `venue`, `point_id`, `heure`, `paroles`, `suite` ou `suite_le`."""
    raise NotImplementedError
