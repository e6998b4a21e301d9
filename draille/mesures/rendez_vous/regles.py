"""Les règles des rendez-vous, sans Django : les jours et les heures d'une ouverture, la limite
d'une convocation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from draille.moteurs.delais.calcul import jours_feries

PARIS = ZoneInfo("Europe/Paris")
JOURS_PAR_SEMAINE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Ouverture:
    """Quand on reçoit : chaque semaine ce `jour` (1 lundi à 7 dimanche), ou le seul jour
    `exceptionnel`, de `debut` à `fin` exclue (nulle : sans fin).
    """

    heure_debut: time
    heure_fin: time
    debut: date
    fin: date | None = None
    jour: int | None = None
    exceptionnel: date | None = None


def est_ferie(jour: date) -> bool:
    """Vrai un jour férié légal."""
    return jour in jours_feries(jour.year)


def jours_ouverts(*, ouverture: Ouverture, du: date, jusque: date) -> Iterator[date]:
    """Les jours où l'on reçoit, de `du` à `jusque` inclus.

    Un jour férié ferme une ouverture de chaque semaine ; une date exceptionnelle est voulue, elle
    reste. Le samedi et le dimanche ne ferment pas : qui ouvre le samedi l'a choisi.
    """
    if ouverture.exceptionnel is not None:
        if du <= ouverture.exceptionnel <= jusque:
            yield ouverture.exceptionnel
        return
    premier = max(du, ouverture.debut)
    dernier = jusque if ouverture.fin is None else min(jusque, ouverture.fin - timedelta(days=1))
    assert ouverture.jour is not None, "une ouverture est hebdomadaire ou exceptionnelle"
    jour = premier + timedelta(days=(ouverture.jour - premier.isoweekday()) % JOURS_PAR_SEMAINE)
    while jour <= dernier:
        if not est_ferie(jour):
            yield jour
        jour += timedelta(days=JOURS_PAR_SEMAINE)


def tranches(
    *, jour: date, heure_debut: time, heure_fin: time, duree_minutes: int
) -> Iterator[tuple[datetime, datetime]]:
    """Les créneaux d'un jour, en instants (UTC), entre deux heures de Paris.

    Les durées sont vraies : le jour où l'on change d'heure, une plage qui l'enjambe a une heure de
    plus ou de moins, et un créneau ne dure jamais que sa durée.
    """
    instant = en_instant(jour=jour, heure=heure_debut)
    borne = en_instant(jour=jour, heure=heure_fin)
    duree = timedelta(minutes=duree_minutes)
    while instant + duree <= borne:
        yield instant, instant + duree
        instant += duree


def en_instant(*, jour: date, heure: time) -> datetime:
    """L'instant (UTC) de cette heure à Paris."""
    return datetime.combine(jour, heure, PARIS).astimezone(UTC)


def se_chevauchent(*, une: Ouverture, autre: Ouverture) -> bool:
    """Vrai si l'on recevrait deux fois à la même heure un même jour."""
    if une.heure_debut >= autre.heure_fin or autre.heure_debut >= une.heure_fin:
        return False
    for a, b in ((une, autre), (autre, une)):
        if a.exceptionnel is not None:
            return any(jours_ouverts(ouverture=b, du=a.exceptionnel, jusque=a.exceptionnel))
    commence = max(une.debut, autre.debut)
    fins = [o.fin for o in (une, autre) if o.fin is not None]
    return une.jour == autre.jour and (not fins or commence < min(fins))


def limite_apres_absence(*, avant_le: date | None, jour: date, delai_jours: int) -> date:
    """La limite d'une nouvelle convocation : la plus tardive de l'ancienne et du délai rendu."""
    rendue = jour + timedelta(days=delai_jours)
    return rendue if avant_le is None else max(avant_le, rendue)


def retard_jours(*, jour: date, avant_le: date | None) -> int:
    """De combien de jours ce jour dépasse la limite ; zéro à temps ou sans limite."""
    return 0 if avant_le is None else max(0, (jour - avant_le).days)
