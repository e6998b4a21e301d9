"""Quand un lieu est ouvert : la semaine, les exceptions, les jours fériés.

Une ouverture datée remplace la semaine ce jour-là ; une fermeture datée la suspend ; un jour férié
aussi, à moins d'une ouverture datée. Les heures sont celles de Paris.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from draille.socle.feries import jours_feries
from draille.socle.texte import JOURS, heure

JOURS_CHERCHES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Plage:
    """Une ouverture, chaque semaine (`jour`, 1 lundi à 7 dimanche) ou à une date (`le`).

    `rangs` : les rangs dans le mois où elle vaut (1 : le premier de ces jours) ; vide, tous. Une
    fermeture n'a pas d'heures. [debut, fin) : sa validité.
    """

    jour: int | None
    le: date | None
    rangs: tuple[int, ...] = ()
    heure_debut: time | None = None
    heure_fin: time | None = None
    est_fermeture: bool = False
    debut: date = date.min
    fin: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ouverture:
    """De `debut` à `fin` exclue, un jour donné."""

    debut: time
    fin: time

    def __str__(self) -> str:
        return f"{heure(self.debut)} – {heure(self.fin)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JourLisible:
    """Un jour de la semaine tel qu'on le lit, heures dans l'ordre."""

    jour: int
    nom: str
    heures: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """« 9 h – 12 h et 14 h – 17 h », ou « fermé »."""
        return " et ".join(self.heures) or "fermé"


def ouvertures_du(*, plages: Iterable[Plage], le: date) -> tuple[Ouverture, ...]:
    """Les ouvertures de ce jour, triées ; vide : fermé, ou horaires inconnus."""
    toutes = [p for p in plages if _vaut(p, le)]
    datees = [p for p in toutes if p.le is not None]
    ouvertes = [p for p in datees if not p.est_fermeture]
    if not datees and le not in jours_feries(le.year):
        ouvertes = [p for p in toutes if p.jour is not None and not p.est_fermeture]
    heures = {
        (p.heure_debut, p.heure_fin)
        for p in ouvertes
        if p.heure_debut is not None and p.heure_fin is not None
    }
    return tuple(Ouverture(debut=debut, fin=fin) for debut, fin in sorted(heures))


def _vaut(plage: Plage, le: date) -> bool:
    if plage.le is not None:
        return plage.le == le
    if plage.jour != le.isoweekday() or le < plage.debut:
        return False
    if plage.fin is not None and plage.fin <= le:
        return False
    return not plage.rangs or (le.day - 1) // 7 + 1 in plage.rangs


def a_des_horaires(*, plages: Iterable[Plage], le: date) -> bool:
    """Vrai si l'on connaît au moins une ouverture de semaine en vigueur, ou datée à venir."""
    return any(
        not p.est_fermeture and (p.le >= le if p.le is not None else p.fin is None or le < p.fin)
        for p in plages
    )


def est_ouvert(*, plages: Iterable[Plage], le: date, a: time | None) -> bool:
    """Ouvert ce jour-là à cette heure ; heure nulle : au moins une fois dans la journée."""
    du_jour = ouvertures_du(plages=plages, le=le)
    if a is None:
        return bool(du_jour)
    return any(o.debut <= a < o.fin for o in du_jour)


def prochaine(*, plages: Sequence[Plage], instant: datetime) -> tuple[date, Ouverture] | None:
    """La première ouverture qui n'est pas finie à cet instant (heure de Paris), sous 60 jours."""
    jour, maintenant = instant.date(), instant.time()
    for avance in range(JOURS_CHERCHES):
        le = jour + timedelta(days=avance)
        for ouverture in ouvertures_du(plages=plages, le=le):
            if avance or maintenant < ouverture.fin:
                return le, ouverture
    return None


def semaine(*, plages: Iterable[Plage], le: date) -> tuple[JourLisible, ...]:
    """La semaine en vigueur ce jour-là, du lundi au dimanche, sans les exceptions."""
    en_vigueur = sorted(
        (
            p
            for p in plages
            if p.jour is not None and p.debut <= le and (p.fin is None or le < p.fin)
        ),
        key=lambda p: (p.jour or 0, p.heure_debut or time.min),
    )
    return tuple(
        JourLisible(
            jour=rang,
            nom=nom,
            heures=tuple(_dite(p) for p in en_vigueur if p.jour == rang),
        )
        for rang, nom in enumerate(JOURS, start=1)
    )


def _dite(plage: Plage) -> str:
    assert plage.heure_debut is not None and plage.heure_fin is not None
    heures = f"{heure(plage.heure_debut)} – {heure(plage.heure_fin)}"
    if not plage.rangs:
        return heures
    rangs = ", ".join("1er" if r == 1 else f"{r}e" for r in plage.rangs)
    return f"{heures} ({rangs} du mois)"
