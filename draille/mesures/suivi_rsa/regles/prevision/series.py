"""Les suites mensuelles : les mois, la plus longue suite sans trou, le barème."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


def apres(mois: date, nombre: int) -> date:
    """Le premier jour du mois, `nombre` mois plus loin (ou avant, s'il est négatif)."""
    annee, rang = divmod(mois.year * 12 + mois.month - 1 + nombre, 12)
    return date(annee, rang + 1, 1)


@dataclass(frozen=True, slots=True)
class Suite:
    """Des valeurs mensuelles sans trou, à partir de `debut` (premier du mois)."""

    debut: date
    valeurs: tuple[float, ...]

    @property
    def mois(self) -> tuple[date, ...]:
        """Le mois de chaque valeur."""
        return tuple(apres(self.debut, rang) for rang in range(len(self.valeurs)))

    @property
    def fin(self) -> date:
        """Le dernier mois connu."""
        return apres(self.debut, len(self.valeurs) - 1)

    def jusque(self, nombre: int) -> "Suite":
        """Les `nombre` premières valeurs."""
        return Suite(self.debut, self.valeurs[:nombre])


def derniere_suite(points: Mapping[date, float]) -> Suite | None:
    """La suite sans trou qui finit au dernier mois connu ; nulle si rien n'est connu."""
    if not points:
        return None
    fin = debut = max(points)
    while apres(debut, -1) in points:
        debut = apres(debut, -1)
    nombre = (fin.year - debut.year) * 12 + fin.month - debut.month + 1
    return Suite(debut, tuple(float(points[apres(debut, r)]) for r in range(nombre)))


@dataclass(frozen=True, slots=True)
class Bareme:
    """Le montant forfaitaire daté (premier jour d'effet, euros), et la hausse supposée ensuite.

    `hausse` : part ajoutée à chaque 1er avril dont le montant n'est pas encore connu.
    """

    valeurs: tuple[tuple[date, float], ...]
    hausse: float

    def au(self, mois: date, *, connu_le: date) -> float:
        """Le montant du mois, avec ce que l'on en savait au jour `connu_le`.

        Lève LookupError si le mois précède le premier montant.
        """
        effets = [du for du, _ in self.valeurs]
        rang = bisect_right(effets, min(mois, connu_le))
        if not rang:
            raise LookupError(f"aucun montant forfaitaire n'est connu en {mois:%m/%Y}")
        avrils = sum(
            connu_le < date(annee, 4, 1) <= mois for annee in range(connu_le.year, mois.year + 1)
        )
        return float(self.valeurs[rang - 1][1] * (1 + self.hausse) ** avrils)

    def deflater(self, suite: Suite) -> Suite:
        """La suite rapportée au barème de chacun de ses mois."""
        bases = [self.au(mois, connu_le=mois) for mois in suite.mois]
        return Suite(suite.debut, _diviser(suite.valeurs, bases))


def rapport(haut: Suite, bas: Suite) -> Suite:
    """Le quotient, mois par mois, de deux suites des mêmes mois."""
    assert haut.debut == bas.debut
    return Suite(haut.debut, _diviser(haut.valeurs, bas.valeurs))


def _diviser(hauts: Sequence[float], bas: Sequence[float]) -> tuple[float, ...]:
    return tuple(h / b for h, b in zip(hauts, bas, strict=True))
