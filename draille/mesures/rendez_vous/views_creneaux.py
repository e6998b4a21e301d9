"""Les créneaux à choisir, par lieu du plus proche au plus lointain : assez de choix, pas de mur."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.timezone import localtime

from draille.mesures.rendez_vous.lectures import CreneauLibre
from draille.mesures.rendez_vous.lectures_trajets import temps_entre
from draille.mesures.rendez_vous.models import Creneau
from draille.mesures.rendez_vous.views_commun import TempsVu, places, quand, temps_vu

LIEUX_AU_PLUS = 4
# Peu de lieux : davantage de moments dans chacun, pour une page de même longueur.
PAR_PAGE = 18
MIDI = 12
LOIN = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Choisi:
    """Un créneau que l'on peut prendre, dit en mots.

    `est_bref` : trop proche pour qu'une lettre arrive à temps ; on peut le prendre en appelant.
    """

    pk: int
    quand: str
    agent: str
    retard_jours: int
    places: str
    est_propose: bool
    est_bref: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Groupe:
    """Les créneaux d'un lieu, et le trajet pour y venir."""

    nom: str
    adresse: str
    temps: TempsVu | None
    choix: tuple[Choisi, ...]


def depuis(
    *, libres: Sequence[CreneauLibre], commune_id: int | None, le: date
) -> tuple[CreneauLibre, ...]:
    """Les mêmes créneaux, avec le trajet depuis cette commune."""
    temps = temps_entre(
        communes=[commune_id], lieux=[x.creneau.lieu.commune_id for x in libres], le=le
    )
    return tuple(
        replace(x, temps=temps.get((commune_id or 0, x.creneau.lieu.commune_id))) for x in libres
    )


def groupes(
    *,
    libres: Sequence[CreneauLibre],
    voulus: Collection[int | None],
    propose: int | None,
    des: date,
) -> tuple[Groupe, ...]:
    """Les créneaux à montrer ; `voulus` : toujours montrés ; `propose` : celui du calcul ; `des` :
    le premier jour où une lettre arrive à temps.

    Un seul par demi-journée et par agent : choisir, c'est d'abord choisir un moment.
    """
    par_lieu: dict[int, list[CreneauLibre]] = {}
    for libre in libres:
        par_lieu.setdefault(libre.creneau.lieu_id, []).append(libre)
    proches = sorted(par_lieu.values(), key=_eloignement)
    retenus = proches[:LIEUX_AU_PLUS]
    retenus += [lot for lot in proches[LIEUX_AU_PLUS:] if _contient(lot, voulus)]
    par_groupe = max(1, PAR_PAGE // max(1, len(retenus)))
    return tuple(_groupe(lot, _Choix(voulus, propose, des), par_groupe) for lot in retenus)


def _eloignement(lot: Sequence[CreneauLibre]) -> tuple[int, str]:
    temps = lot[0].temps
    return (temps.minutes if temps else LOIN, lot[0].creneau.lieu.nom)


def _contient(lot: Iterable[CreneauLibre], voulus: Collection[int | None]) -> bool:
    return any(x.creneau.pk in voulus for x in lot)


def premier_choix(par_lieu: Sequence[Groupe]) -> int | None:
    """Celui que l'on coche d'avance : au lieu le plus proche, le premier annoncé à temps."""
    tous = [c for groupe in par_lieu for c in groupe.choix]
    a_temps = [c for c in tous if not c.est_bref]
    return next((c.pk for c in a_temps or tous), None)


@dataclass(frozen=True, slots=True)
class _Choix:
    """Ce que l'on montre toujours, ce que le calcul propose, dès quand une lettre arrive."""

    voulus: Collection[int | None]
    propose: int | None
    des: date


def _groupe(lot: Sequence[CreneauLibre], quoi: _Choix, au_plus: int) -> Groupe:
    ordonnes = sorted(lot, key=lambda x: (x.creneau.debut, x.creneau.pk))
    premiers: dict[tuple[object, ...], CreneauLibre] = {}
    for libre in ordonnes:
        premiers.setdefault(_moment(libre.creneau), libre)
    montres = {x.creneau.pk for x in list(premiers.values())[:au_plus]}
    lieu = lot[0].creneau.lieu
    return Groupe(
        nom=lieu.nom,
        adresse=lieu.adresse,
        temps=temps_vu(lot[0].temps),
        choix=tuple(
            _choisi(x, quoi)
            for x in ordonnes
            if x.creneau.pk in montres or x.creneau.pk in quoi.voulus
        ),
    )


def _moment(creneau: Creneau) -> tuple[object, ...]:
    return (creneau.jour, localtime(creneau.debut).hour < MIDI, creneau.agent_id)


def _choisi(libre: CreneauLibre, quoi: _Choix) -> Choisi:
    creneau = libre.creneau
    return Choisi(
        pk=creneau.pk,
        quand=quand(creneau),
        agent=str(creneau.agent) if creneau.agent else "",
        retard_jours=libre.retard_jours,
        places=places(creneau, libre.places_libres),
        est_propose=creneau.pk == quoi.propose,
        est_bref=creneau.jour < quoi.des,
    )
