"""Compter sans trahir : taux, délais, mois sans acte, petits nombres tus. Rien de Django ici."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median

BANDES = ((0, 29), (30, 59), (60, 89), (90, None))


@dataclass(frozen=True, slots=True)
class Periode:
    """Des mois entiers, semi-ouverte : `debut` et `fin` sont des premiers du mois."""

    debut: date
    fin: date

    @classmethod
    def annee(cls, annee: int) -> "Periode":
        """L'année civile."""
        return cls(date(annee, 1, 1), date(annee + 1, 1, 1))

    @classmethod
    def mois(cls, le: date) -> "Periode":
        """Le mois civil de ce jour."""
        debut = le.replace(day=1)
        return cls(debut, _mois_suivant(debut))

    def premiers_du_mois(self) -> list[date]:
        """Chaque mois de la période, dans l'ordre."""
        mois, courant = [], self.debut
        while courant < self.fin:
            mois.append(courant)
            courant = _mois_suivant(courant)
        return mois


@dataclass(frozen=True, slots=True)
class Compte:
    """Un dénominateur et son numérateur, comptés sur la même liste d'actes."""

    denominateur: int
    numerateur: int

    @property
    def taux(self) -> float | None:
        """La part, entre 0 et 1 ; nulle quand il n'y a rien à compter."""
        return taux(self.numerateur, self.denominateur)


@dataclass(frozen=True, slots=True)
class Delais:
    """Les délais, en jours : combien, moyenne, médiane, et le nombre de chaque bande."""

    nombre: int
    moyenne: float | None
    mediane: float | None
    bandes: tuple[tuple[str, int], ...]


def taux(numerateur: int, denominateur: int) -> float | None:
    """La part, nulle quand le dénominateur l'est. Lève ValueError au-dessus de 100 %."""
    if numerateur > denominateur:
        raise ValueError(f"numérateur {numerateur} au-dessus du dénominateur {denominateur}")
    return numerateur / denominateur if denominateur else None


def completer(*, comptes: Mapping[date, Compte], periode: Periode) -> list[tuple[date, Compte]]:
    """La série mensuelle de la période : un mois sans acte y est, à zéro."""
    return [(m, comptes.get(m, Compte(0, 0))) for m in periode.premiers_du_mois()]


def resumer_delais(jours: Iterable[int]) -> Delais:
    """Moyenne, médiane et bandes 0-29, 30-59, 60-89, 90 et plus (délais négatifs : première)."""
    lus = list(jours)
    bandes = tuple(
        (_nom(bas, haut), sum(_est_dans(j, bas, haut) for j in lus)) for bas, haut in BANDES
    )
    return Delais(len(lus), mean(lus) if lus else None, median(lus) if lus else None, bandes)


def _nom(bas: int, haut: int | None) -> str:
    return f"{bas} jours et plus" if haut is None else f"{bas} à {haut} jours"


def _est_dans(jours: int, bas: int, haut: int | None) -> bool:
    borne = max(jours, 0)
    return bas <= borne and (haut is None or borne <= haut)


def masquer(nombres: Sequence[int], *, seuil: int) -> list[int | None]:
    """Tait (nul) tout nombre de 1 à `seuil` - 1 d'une répartition dont le total est publié.

    Le total moins les montrés rend la somme des tus : tant qu'il n'y en a qu'un, ou qu'ils font
    ensemble moins de `seuil`, le plus petit des autres non nuls est tu aussi. S'il n'en reste pas,
    c'est au total de se taire. Zéro se montre : il ne désigne personne.
    """
    tus = {i for i, n in enumerate(nombres) if 0 < n < seuil}
    while tus and (len(tus) == 1 or sum(nombres[i] for i in tus) < seuil):
        autres = [i for i, n in enumerate(nombres) if n > 0 and i not in tus]
        if not autres:
            break
        tus.add(min(autres, key=lambda i: (nombres[i], i)))
    return [None if i in tus else n for i, n in enumerate(nombres)]


def _mois_suivant(premier: date) -> date:
    return date(premier.year + premier.month // 12, premier.month % 12 + 1, 1)
