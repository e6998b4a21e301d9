"""Lire l'annuaire : les points, lesquels sont ouverts, leurs heures, les plus proches.

Rien d'une personne accueillie n'y est écrit : ces lectures ne demandent pas d'accès.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from math import asin, cos, radians, sin, sqrt

from django.db.models import Prefetch, Q, QuerySet

from draille.moteurs.annuaire.calcul.ouverture import (
    JourLisible,
    Ouverture,
    Plage,
    a_des_horaires,
    est_ouvert,
    ouvertures_du,
    prochaine,
    semaine,
)
from draille.moteurs.annuaire.models import Horaire, Point
from draille.noyau.territoire.models import Commune
from draille.socle.refus import Refus

RAYON_TERRE_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PointProche:
    """Un point, sa distance à vol d'oiseau en km (nulle si l'un des deux n'est pas situé)."""

    point: Point
    distance_km: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SemaineLisible:
    """Les heures d'un point : sept jours, puis les exceptions à venir."""

    jours: tuple[JourLisible, ...]
    exceptions: tuple[tuple[date, str], ...]
    commentaire: str
    est_connue: bool


def existants(*, le: date, premier_accueil: bool | None = None) -> "QuerySet[Point]":
    """Les points qui existent ce jour-là, avec structure, commune et horaires : deux requêtes."""
    lignes = Point.objects.filter(Q(fin__isnull=True) | Q(fin__gt=le), debut__lte=le)
    if premier_accueil is not None:
        lignes = lignes.filter(est_premier_accueil=premier_accueil)
    return (
        lignes.select_related("structure", "commune")
        .prefetch_related(_horaires(le))
        .order_by("nom", "pk")
    )


def _horaires(le: date) -> "Prefetch[str]":
    """Les semaines qui ne sont pas finies ce jour-là, et les exceptions qui restent à venir."""
    return Prefetch(
        "horaires",
        queryset=Horaire.objects.filter(
            Q(le__gte=le) | Q(le__isnull=True) & (Q(fin__isnull=True) | Q(fin__gt=le))
        ),
    )


def points(*, le: date, premier_accueil: bool | None = None) -> list[Point]:
    """Les points qui existent ce jour-là, par nom. Deux requêtes.

    `premier_accueil` : vrai, ceux qui le tiennent seulement ; faux, les autres ; nul, tous.
    """
    return list(existants(le=le, premier_accueil=premier_accueil))


def points_ouverts(
    *, le: date, heure: time | None = None, premier_accueil: bool = True
) -> list[Point]:
    """Les points ouverts ce jour-là (à cette heure de Paris, si elle est dite). Deux requêtes.

    `heure` nulle : au moins une ouverture ce jour-là. Un point dont on ne connaît aucun horaire
    n'y est pas : voir `sans_horaires`. `premier_accueil` faux : tous les points.
    """
    return [
        point
        for point in existants(le=le, premier_accueil=premier_accueil or None)
        if est_ouvert(plages=plages_de(point), le=le, a=heure)
    ]


def ouverts_parmi(*, points: Iterable[int], le: date, heure: time | None) -> frozenset[int]:
    """Parmi ces identifiants, les points ouverts ce jour-là (à cette heure). Une requête légère."""
    jour = Q(jour=le.isoweekday(), debut__lte=le) & (Q(fin__isnull=True) | Q(fin__gt=le))
    plages: dict[int, list[Plage]] = {}
    for horaire in Horaire.objects.filter(Q(le=le) | jour, point__in=list(points)):
        plages.setdefault(horaire.point_id, []).append(en_plage(horaire))
    return frozenset(
        point for point, siennes in plages.items() if est_ouvert(plages=siennes, le=le, a=heure)
    )


def sans_horaires(*, le: date, premier_accueil: bool = True) -> list[Point]:
    """Les points dont on ne connaît aucune ouverture, à compter à part. Deux requêtes."""
    return [
        point
        for point in existants(le=le, premier_accueil=premier_accueil or None)
        if not a_des_horaires(plages=plages_de(point), le=le)
    ]


def plages_de(point: Point) -> tuple[Plage, ...]:
    """Les horaires d'un point lu par ce module, sans requête de plus."""
    return tuple(en_plage(h) for h in point.horaires.all())


def en_plage(horaire: Horaire) -> Plage:
    """L'horaire de la base, pour le calcul."""
    return Plage(
        jour=horaire.jour,
        le=horaire.le,
        rangs=tuple(horaire.rangs),
        heure_debut=horaire.heure_debut,
        heure_fin=horaire.heure_fin,
        est_fermeture=horaire.est_fermeture,
        debut=horaire.debut,
        fin=horaire.fin,
    )


def ouvertures(*, point: Point, le: date) -> tuple[Ouverture, ...]:
    """Les ouvertures d'un point ce jour-là, sans requête si le point vient de ce module."""
    return ouvertures_du(plages=plages_de(point), le=le)


def prochaine_ouverture(*, point: Point, instant: datetime) -> tuple[date, Ouverture] | None:
    """La première ouverture pas encore finie à cet instant (heure de Paris), sous 60 jours."""
    return prochaine(plages=plages_de(point), instant=instant)


def horaires_de(*, point_id: int, le: date) -> SemaineLisible:
    """La semaine lisible d'un point et ses exceptions à venir. Trois requêtes.

    Lève `Refus('annuaire.point_inconnu')`.
    """
    return semaine_de(point=point_lu(point_id=point_id, le=le), le=le)


def semaine_de(*, point: Point, le: date) -> SemaineLisible:
    """Comme `horaires_de`, d'un point déjà lu : sans requête."""
    plages = plages_de(point)
    dates = sorted({p.le for p in plages if p.le is not None and p.le >= le})
    return SemaineLisible(
        jours=semaine(plages=plages, le=le),
        exceptions=tuple(
            (jour, " et ".join(map(str, ouvertures_du(plages=plages, le=jour))) or "fermé")
            for jour in dates
        ),
        commentaire=point.commentaire_horaires,
        est_connue=a_des_horaires(plages=plages, le=le),
    )


def point_lu(*, point_id: int, le: date) -> Point:
    """Un point, même fermé, avec structure, commune, horaires. Lève `annuaire.point_inconnu`."""
    point = (
        Point.objects.filter(pk=point_id)
        .select_related("structure", "commune")
        .prefetch_related(_horaires(le))
        .first()
    )
    if point is None:
        raise Refus(
            code="annuaire.point_inconnu",
            message="Ce lieu n'est plus dans l'annuaire : cherchez-le à nouveau par son nom.",
        )
    return point


def proches(*, commune_id: int, besoin: str | None, le: date, limite: int) -> list[PointProche]:
    """Les points les plus proches de la mairie d'une commune, à vol d'oiseau. Trois requêtes.

    `besoin` : un code de la taxonomie ; nul, tous les points. Les points sans position viennent
    après, sauf ceux de la commune même, qui viennent d'abord.
    """
    commune = Commune.objects.filter(pk=commune_id).first()
    lignes = existants(le=le)
    if besoin is not None:
        lignes = lignes.filter(besoins__contains=[besoin])
    return par_distance(points=lignes, commune=commune)[:limite]


def par_distance(*, points: Iterable[Point], commune: Commune | None) -> list[PointProche]:
    """Ces points, du plus proche de la mairie de la commune au plus loin. Aucune requête."""
    nord = commune.latitude if commune else None
    est = commune.longitude if commune else None
    lus = [PointProche(point=p, distance_km=_distance(nord, est, p)) for p in points]
    return sorted(lus, key=lambda p: _ordre(p, commune.pk if commune else 0))


def _ordre(proche: PointProche, commune_id: int) -> tuple[float, str, int]:
    distance = proche.distance_km
    if distance is None:
        distance = 0.0 if proche.point.commune_id == commune_id else float("inf")
    return distance, proche.point.nom, proche.point.pk


def _distance(nord: float | None, est: float | None, point: Point) -> float | None:
    if nord is None or est is None or point.latitude is None or point.longitude is None:
        return None
    return distance_km(nord=nord, est=est, vers_nord=point.latitude, vers_est=point.longitude)


def distance_km(*, nord: float, est: float, vers_nord: float, vers_est: float) -> float:
    """La distance à vol d'oiseau entre deux positions WGS 84 (degrés), en kilomètres."""
    phi, psi = radians(nord), radians(vers_nord)
    carre = sin((psi - phi) / 2) ** 2 + cos(phi) * cos(psi) * sin(radians(vers_est - est) / 2) ** 2
    return 2 * RAYON_TERRE_KM * asin(min(1.0, sqrt(carre)))


def par_identifiant(*, ids: Iterable[int], le: date) -> dict[int, Point]:
    """Les points de ces identifiants, avec leurs horaires, même fermés. Deux requêtes."""
    lignes = (
        Point.objects.filter(pk__in=list(ids))
        .select_related("structure", "commune")
        .prefetch_related(_horaires(le))
    )
    return {point.pk: point for point in lignes}
