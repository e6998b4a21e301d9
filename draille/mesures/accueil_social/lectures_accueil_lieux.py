"""Où envoyer quelqu'un : les points proches qui prennent son besoin, en minutes."""

from collections.abc import Sequence
from datetime import date, datetime, time

from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.lectures_types import LieuPropose
from draille.moteurs.annuaire import adaptateur_lectures as annuaire
from draille.moteurs.annuaire.calcul.ouverture import a_des_horaires, est_ouvert
from draille.moteurs.annuaire.models import Point
from draille.moteurs.trajets import adaptateur as trajets
from draille.moteurs.trajets.calcul import Mode, Temps
from draille.socle.acces import Acces

# À vol d'oiseau d'abord, puis par la route : on calcule les minutes d'un peu plus de points.
_LARGEUR = 3


def points_pour(
    *,
    commune_id: int,
    besoin: str | None,
    le: date,
    limite: int,
    acces: Acces,
    heure: time | None = None,
) -> list[LieuPropose]:
    """Les `limite` points les plus proches qui prennent ce besoin (tous s'il est nul), en minutes.

    Cinq requêtes. Un point sans position vient après les autres, sans minutes. Lève
    `Refus('acces.refuse')` à qui n'ouvre pas l'annuaire.
    """
    if not ACCES["voir_annuaire"](acces):
        acces.exiger((), cle_ligne=None, action="chercher un lieu")
    proches = annuaire.proches(
        commune_id=commune_id, besoin=besoin, le=le, limite=limite * _LARGEUR
    )
    points = [p.point for p in proches]
    temps = minutes_vers(commune_id=commune_id, points=points, le=le)
    lieux = [situer(point=p, temps=temps.get(p.pk), le=le, heure=heure) for p in points]
    lieux.sort(key=lambda lieu: (lieu.temps is None, lieu.temps.minutes if lieu.temps else 0))
    return lieux[:limite]


def minutes_vers(
    *, commune_id: int | None, points: Sequence[Point], le: date, mode: Mode = "voiture"
) -> dict[int, Temps]:
    """Le temps de la mairie d'une commune à chacun de ces points, par identifiant. Deux requêtes.

    N'y sont pas les points sans position ; vide si la commune n'a pas de position connue.
    """
    situes = [p for p in points if p.latitude is not None and p.longitude is not None]
    departs = trajets.points_communes(communes=[commune_id] if commune_id else [])
    if not departs or not situes:
        return {}
    (origine,) = departs.values()
    buts = trajets.points(
        positions=[(p.latitude or 0.0, p.longitude or 0.0, p.commune_id) for p in situes]
    )
    matrice = trajets.minutes_points(origines=[origine], destinations=buts, le=le, mode=mode)
    return {p.pk: matrice.temps(origine=0, destination=rang) for rang, p in enumerate(situes)}


def situer(*, point: Point, temps: Temps | None, le: date, heure: time | None) -> LieuPropose:
    """Un point, son temps et ses heures ; le point vient de l'annuaire : aucune requête."""
    plages = annuaire.plages_de(point)
    instant = datetime.combine(le, heure or time.min)
    return LieuPropose(
        point=point,
        temps=temps,
        est_ouvert=est_ouvert(plages=plages, le=le, a=heure)
        if a_des_horaires(plages=plages, le=le)
        else None,
        prochaine_ouverture=annuaire.prochaine_ouverture(point=point, instant=instant),
    )
