"""Le pilotage : quand on lit, ce qui change d'une année à l'autre, ce qui presse. Pur.

Un nombre nul est tu ou non publié : il ne vaut jamais zéro.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from draille.mesures.convention.regles.modele import Libellee
from draille.mesures.convention.regles.suivi import Etape

DIX_MILLIEMES = Decimal("0.0001")
# Les quatre temps, dans l'ordre où l'argent les traverse.
ETAPES = (Etape.PREVUE, Etape.ENGAGEE, Etape.EXECUTEE, Etape.RECUE)


@dataclass(frozen=True)
class Moment:
    """Une année de la convention, telle qu'on la lit un jour."""

    annee: int
    le: date

    @property
    def debut(self) -> date:
        """Le premier jour de l'année."""
        return date(self.annee, 1, 1)

    @property
    def dernier_jour(self) -> date:
        """Le dernier jour compté : celui de la lecture, ou la fin de l'année si elle est passée."""
        return min(self.le, date(self.annee, 12, 31))

    @property
    def mois(self) -> int:
        """Le dernier mois compté, de 1 à 12."""
        return self.dernier_jour.month

    def bornes(self, mois: int | None = None) -> tuple[date, date]:
        """Premier et dernier jour comptés, inclus, de ce mois (1 à 12) ou de l'année."""
        if mois is None:
            return self.debut, self.dernier_jour
        debut = date(self.annee, mois, 1)
        fin = date(self.annee, mois, monthrange(self.annee, mois)[1])
        return debut, max(debut, min(fin, self.dernier_jour))


def au_meme_jour(*, moment: Moment, annee: int) -> Moment:
    """Une autre année, lue au même jour de l'année : dix mois se comparent à dix mois."""
    jour = moment.dernier_jour
    dernier = monthrange(annee, jour.month)[1]
    # Fin février et fin d'année valent leur fin, quel que soit leur nombre de jours.
    est_fin = jour.day == monthrange(jour.year, jour.month)[1]
    return Moment(annee, date(annee, jour.month, dernier if est_fin else min(jour.day, dernier)))


class Sens(Libellee):
    """D'une année à l'autre, ou d'un Département à l'autre."""

    PLUS = "plus", "de plus"
    MOINS = "moins", "de moins"
    EGAL = "egal", "sans changement"
    INCONNU = "inconnu", "ne se compare pas"


@dataclass(frozen=True)
class Evolution:
    """Ce qui sépare deux nombres. `part` : l'écart rapporté au premier, nulle s'il vaut zéro."""

    avant: Decimal | None
    apres: Decimal | None
    ecart: Decimal | None
    part: Decimal | None

    @property
    def sens(self) -> Sens:
        """Plus, moins, égal, ou inconnu s'il manque un des deux nombres."""
        if self.ecart is None:
            return Sens.INCONNU
        if self.ecart == 0:
            return Sens.EGAL
        return Sens.PLUS if self.ecart > 0 else Sens.MOINS


def evolution(*, avant: Decimal | int | None, apres: Decimal | int | None) -> Evolution:
    """L'écart de `avant` à `apres`, et sa part de `avant` au dix-millième."""
    premier = None if avant is None else Decimal(avant)
    second = None if apres is None else Decimal(apres)
    if premier is None or second is None:
        return Evolution(premier, second, None, None)
    ecart = second - premier
    part = (ecart / premier).quantize(DIX_MILLIEMES, ROUND_HALF_UP) if premier else None
    return Evolution(premier, second, ecart, part)


@dataclass(frozen=True)
class Avancement:
    """Le prévu d'une ligne, découpé : payé, engagé sans être payé, prévu sans être engagé.

    Les trois parts sont positives ou nulles, en euros ; ce qui dépasse le prévu reste dans les
    parts payée et engagée, qui disent alors plus que le prévu.
    """

    paye: Decimal
    engage: Decimal
    reste: Decimal


def avancement(*, montants: Mapping[Etape, Decimal]) -> Avancement:
    """Découpe une ligne. Un montant non publié ne compte pas."""
    zero = Decimal(0)
    paye = max(montants.get(Etape.EXECUTEE, zero), zero)
    engage = max(montants.get(Etape.ENGAGEE, zero) - paye, zero)
    reste = max(montants.get(Etape.PREVUE, zero) - paye - engage, zero)
    return Avancement(paye, engage, reste)


class Gravite(Libellee):
    """Dans quel ordre regarder."""

    RETARD = "retard", "En retard"
    RISQUE = "risque", "À surveiller"
    INFO = "info", "À savoir"


_RANG = {g: rang for rang, g in enumerate(Gravite)}


@dataclass(frozen=True)
class Point:
    """Une chose à regarder, en une phrase ; `url` l'ouvre, vide si rien ne s'ouvre."""

    gravite: Gravite
    phrase: str
    url: str = ""


def par_gravite(points: Iterable[Point]) -> tuple[Point, ...]:
    """Les points, le plus grave d'abord, chacun une fois ; l'ordre reçu départage."""
    return tuple(sorted(dict.fromkeys(points), key=lambda p: _RANG[p.gravite]))


def resumer(points: Sequence[Point], *, au_plus: int) -> tuple[tuple[Point, ...], int]:
    """Les premiers points, et combien d'autres ne tiennent pas. `au_plus` vaut au moins 1."""
    return tuple(points[:au_plus]), max(len(points) - au_plus, 0)


def regrouper(
    parts: Sequence[tuple[str, Sequence[Decimal]]], *, au_plus: int
) -> list[tuple[str, list[Decimal]]]:
    """Les lignes d'un graphique qui doit tenir : les plus fortes, le reste en une seule.

    L'ordre reçu est gardé ; la somme de chaque colonne ne change pas.
    """
    if len(parts) <= au_plus:
        return [(nom, list(valeurs)) for nom, valeurs in parts]
    fortes = sorted(range(len(parts)), key=lambda i: -sum(parts[i][1]))[: au_plus - 1]
    gardees = [(parts[i][0], list(parts[i][1])) for i in sorted(fortes)]
    autres = [parts[i][1] for i in range(len(parts)) if i not in fortes]
    sommes = [sum(colonne, Decimal(0)) for colonne in zip(*autres, strict=True)]
    return [*gardees, (f"Les {len(autres)} autres lignes", sommes)]
