"""Ce que font des demi-journées suivies : professionnels, heures, par thème, mois, secteur.

Pur. Chaque nombre est la longueur, ou la somme, d'une liste de ces lignes : la page qui l'ouvre
montre cette liste.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Suivie:
    """Une demi-journée suivie. `annee_id` : le professionnel cette année-là, compté une fois."""

    ligne_id: int
    le: date
    annee_id: int
    professionnel_id: int
    session_id: int
    theme: str
    heures: Decimal
    est_forme: bool
    secteur: str


@dataclass(frozen=True, slots=True)
class Part:
    """Une part des chiffres : `professionnels` formés, distincts ; demi-journées et heures."""

    cle: str
    professionnels: int
    demi_journees: int
    heures: Decimal


def comptees(suivies: Iterable[Suivie]) -> list[Suivie]:
    """Une ligne par professionnel formé : sa première de l'année."""
    premieres: dict[int, Suivie] = {}
    for suivie in sorted(suivies, key=lambda s: (s.le, s.ligne_id)):
        if suivie.est_forme:
            premieres.setdefault(suivie.annee_id, suivie)
    return sorted(premieres.values(), key=lambda s: (s.le, s.ligne_id))


def total(suivies: Sequence[Suivie]) -> Part:
    """L'ensemble, en une part."""
    return _part("", suivies, comptees(suivies))


def par_theme(suivies: Sequence[Suivie]) -> list[Part]:
    """Une part par thème présent ; un professionnel compte une fois dans chacun des siens."""
    themes = sorted({s.theme for s in suivies})
    return [
        _part(theme, dedans, comptees(dedans))
        for theme in themes
        if (dedans := [s for s in suivies if s.theme == theme])
    ]


def par_mois(suivies: Sequence[Suivie]) -> list[Part]:
    """Une part par mois (« 1 » à « 12 ») ; un professionnel compte au mois de sa première ligne."""
    return _partager(suivies, lambda s: str(s.le.month))


def par_secteur(suivies: Sequence[Suivie]) -> list[Part]:
    """Une part par secteur du lieu ; un professionnel compte à celui de sa première ligne."""
    return _partager(suivies, lambda s: s.secteur)


def _partager(suivies: Sequence[Suivie], cle: Callable[[Suivie], str]) -> list[Part]:
    formes = comptees(suivies)
    return [
        _part(c, [s for s in suivies if cle(s) == c], [s for s in formes if cle(s) == c])
        for c in sorted({cle(s) for s in suivies})
    ]


def _part(cle: str, suivies: Sequence[Suivie], formes: Sequence[Suivie]) -> Part:
    return Part(
        cle=cle,
        professionnels=len(formes),
        demi_journees=len(suivies),
        heures=sum((s.heures for s in suivies), Decimal(0)),
    )
