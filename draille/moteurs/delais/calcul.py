"""Le calcul des délais : du jour qui ouvre au dernier jour pour agir.

Les règles sont celles des délais de procédure civile, que l'administration suit à défaut de texte
propre (articles 640 à 642 du code de procédure civile). Elles sont écrites avec leurs exemples dans
docs/algorithmes/delais.md. Ici, aucune horloge et aucune base de données.
"""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from draille.socle.feries import jours_feries as jours_feries
from draille.socle.refus import Refus

Unite = Literal["jours", "semaines", "mois", "annees", "jours_ouvres", "jours_ouvrables"]
Effet = Literal["suspend", "interrompt"]
EtatDelai = Literal["a_temps", "proche", "en_retard", "tenu", "tenu_en_retard"]

_UN_JOUR = timedelta(days=1)
_SAMEDI, _DIMANCHE = 5, 6


class DelaiEnSuspens(Exception):
    """Une suspension ou une interruption est en cours : la limite n'existe pas encore."""


@dataclass(frozen=True)
class Duree:
    """Une durée telle que le texte l'écrit.

    `report_ouvrable` : le texte reporte au premier jour ouvrable une fin qui tombe un samedi, un
    dimanche ou un jour férié. Jamais par défaut.
    """

    nombre: int
    unite: Unite
    report_ouvrable: bool = False

    def __post_init__(self) -> None:
        """Refuse une durée négative ou d'unité inconnue."""
        if self.nombre < 0:
            raise ValueError(f"Une durée ne peut pas être négative ({self.nombre}).")
        if self.unite not in get_args(Unite):
            raise ValueError(f"Unité de durée inconnue : « {self.unite} ».")


@dataclass(frozen=True)
class Interruption:
    """Une période [debut, fin[ qui arrête le délai ; `fin` nulle tant qu'elle dure.

    « suspend » : le délai reprend où il en était. « interrompt » : il repart de zéro à `fin`.
    """

    debut: date
    fin: date | None
    effet: Effet

    def __post_init__(self) -> None:
        """Refuse une période à l'envers ou un effet inconnu."""
        if self.fin is not None and self.fin < self.debut:
            raise ValueError(f"Une interruption finit le {self.fin} avant son début {self.debut}.")
        if self.effet not in get_args(Effet):
            raise ValueError(f"Effet inconnu : « {self.effet} ».")


@dataclass(frozen=True)
class Regime:
    """La durée que la loi donne aux délais ouverts du jour `du` au jour `au` inclus."""

    du: date
    au: date | None
    duree: Duree
    reference: str


def ajouter(*, debut: date, duree: Duree) -> date:
    """Le dernier jour d'un délai ouvert à `debut`, inclus, sans interruption.

    Le jour qui ouvre ne compte pas ; un délai en mois finit au même quantième, sinon au dernier
    jour du mois ; le report au jour ouvrable ne se fait que si la durée le porte (CPC, 641 et 642).
    """
    return _reporter(_fin_brute(debut, duree, []), duree)


def limite(*, ouverture: date, duree: Duree, interruptions: Iterable[Interruption] = ()) -> date:
    """Le dernier jour pour agir, inclus, compte tenu des interruptions.

    Une interruption qui commence après la fin du délai est sans effet. Deux suspensions qui se
    recouvrent comptent une fois. Lève `DelaiEnSuspens` quand l'une d'elles dure encore
    (Code civil, 2230 et 2231).
    """
    arrets = sorted(interruptions, key=lambda arret: arret.debut)
    suspensions = _fusionner([arret for arret in arrets if arret.effet == "suspend"])
    depart = ouverture
    for arret in arrets:
        if arret.effet == "suspend" or (arret.fin is not None and arret.fin <= depart):
            continue
        if arret.debut > _reporter(_fin_brute(depart, duree, suspensions), duree):
            break
        if arret.fin is None:
            raise DelaiEnSuspens
        depart = arret.fin
    return _reporter(_fin_brute(depart, duree, suspensions), duree)


def jours_restants(*, avant_le: date, le: date) -> int:
    """Le nombre de jours avant la limite : 0 le dernier jour, négatif en retard."""
    return (avant_le - le).days


def etat(*, avant_le: date, ferme_le: date | None, le: date, seuil_proche_jours: int) -> EtatDelai:
    """L'état d'un délai vu le jour `le` ; ce qui s'est fait après ce jour est ignoré.

    « proche » : il reste `seuil_proche_jours` jours ou moins, dernier jour compris.
    """
    if ferme_le is not None and ferme_le <= le:
        return "tenu" if ferme_le <= avant_le else "tenu_en_retard"
    restants = jours_restants(avant_le=avant_le, le=le)
    if restants < 0:
        return "en_retard"
    return "proche" if restants <= seuil_proche_jours else "a_temps"


def regime(*, le: date, regimes: Sequence[Regime]) -> Regime:
    """Le régime des délais ouverts ce jour-là.

    Lève `Refus` (`delais.regime_absent`, `delais.regimes_multiples`).
    """
    valables = [r for r in regimes if r.du <= le and (r.au is None or le <= r.au)]
    if len(valables) == 1:
        return valables[0]
    if valables:
        raise Refus(
            code="delais.regimes_multiples",
            message=f"Plusieurs régimes de délai valent le {le:%d/%m/%Y} : "
            f"{' ; '.join(r.reference for r in valables)}.",
        )
    raise Refus(
        code="delais.regime_absent",
        message=f"Aucun régime de délai ne vaut le {le:%d/%m/%Y}.",
    )


def est_ouvre(jour: date) -> bool:
    """Vrai du lundi au vendredi, hors jours fériés."""
    return jour.weekday() < _SAMEDI and jour not in jours_feries(jour.year)


def est_ouvrable(jour: date) -> bool:
    """Vrai du lundi au samedi, hors jours fériés."""
    return jour.weekday() < _DIMANCHE and jour not in jours_feries(jour.year)


@dataclass(frozen=True)
class _Suspension:
    debut: date
    fin: date | None

    def contient(self, jour: date) -> bool:
        return self.debut <= jour and (self.fin is None or jour < self.fin)


def _fusionner(arrets: Sequence[Interruption]) -> list[_Suspension]:
    """Des suspensions triées et disjointes."""
    fusionnees: list[_Suspension] = []
    for arret in arrets:
        derniere = fusionnees[-1] if fusionnees else None
        if derniere and (derniere.fin is None or arret.debut <= derniere.fin):
            fins = (derniere.fin, arret.fin)
            fin = None if None in fins else max(f for f in fins if f is not None)
            fusionnees[-1] = _Suspension(derniere.debut, fin)
        else:
            fusionnees.append(_Suspension(arret.debut, arret.fin))
    return fusionnees


def _fin_brute(depart: date, duree: Duree, suspensions: Sequence[_Suspension]) -> date:
    """La fin avant report au jour ouvrable."""
    if duree.unite in ("jours_ouvres", "jours_ouvrables"):
        return _compter_jours(depart, duree, suspensions)
    fin = _fin_calendaire(depart, duree)
    for suspension in suspensions:
        # Le jour qui ouvre ne compte pas : sa suspension ne change rien.
        premier = max(suspension.debut, depart + _UN_JOUR)
        if premier > fin:
            break
        if suspension.fin is None:
            raise DelaiEnSuspens
        fin += max(suspension.fin - premier, timedelta(0))
    return fin


def _fin_calendaire(depart: date, duree: Duree) -> date:
    if duree.unite == "jours":
        return depart + timedelta(days=duree.nombre)
    if duree.unite == "semaines":
        return depart + timedelta(weeks=duree.nombre)
    mois = duree.nombre * (12 if duree.unite == "annees" else 1)
    annee, rang = divmod(depart.year * 12 + depart.month - 1 + mois, 12)
    dernier = calendar.monthrange(annee, rang + 1)[1]
    return date(annee, rang + 1, min(depart.day, dernier))


def _compter_jours(depart: date, duree: Duree, suspensions: Sequence[_Suspension]) -> date:
    compte = est_ouvre if duree.unite == "jours_ouvres" else est_ouvrable
    jours = _jours_apres(depart, suspensions)
    fin = depart
    for _ in range(duree.nombre):
        fin = next(jour for jour in jours if compte(jour))
    return fin


def _jours_apres(depart: date, suspensions: Sequence[_Suspension]) -> Iterator[date]:
    """Les jours qui suivent `depart`, sans ceux que couvre une suspension."""
    jour = depart + _UN_JOUR
    while True:
        arret = next((s for s in suspensions if s.contient(jour)), None)
        if arret is None:
            yield jour
            jour += _UN_JOUR
        elif arret.fin is None:
            raise DelaiEnSuspens
        else:
            jour = arret.fin


def _reporter(fin: date, duree: Duree) -> date:
    # Le samedi est ouvrable au sens du travail, mais l'article 642 l'écarte lui aussi.
    while duree.report_ouvrable and not est_ouvre(fin):
        fin += _UN_JOUR
    return fin
