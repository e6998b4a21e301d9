"""Des communes et des points aux temps de trajet, par le moteur en vigueur pour un jour donné."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from draille.moteurs.trajets import calcul
from draille.moteurs.trajets.adaptateur_moteurs import lu, moteur
from draille.moteurs.trajets.calcul import (
    Matrice,
    Methode,
    Mode,
    Point,
    Proche,
    Temps,
)
from draille.noyau.territoire.models import Commune
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

NOMMEES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Ce que vaut le moteur : erreur absolue moyenne en minutes, part bien classée à 30 minutes.

    Parmi les trajets de moins de 60 minutes, en voiture. `source` dit d'où viennent ces nombres :
    l'estimation est mesurée sur des communes jamais vues ; un calcul par la route porte l'écart
    entre deux calculs par la route.
    """

    methode: Methode
    erreur_minutes: Decimal
    part_bien_classee: Decimal
    source: str


def precision(*, le: date) -> Precision:
    """La précision du moteur en vigueur ce jour-là, et d'où elle vient."""
    registre = registre_global()
    methode = moteur(le=le).methode
    nom = "trajets." if methode == "estimation" else "trajets.reseau_"
    return Precision(
        methode=methode,
        erreur_minutes=registre.decimal(f"{nom}erreur_minutes", le),
        part_bien_classee=registre.decimal(f"{nom}classe_30_minutes", le),
        source=registre.parametre(f"{nom}erreur_minutes").en_vigueur(le).reference,
    )


def minutes(*, origines: Sequence[int], destinations: Sequence[int], le: date) -> Matrice:
    """Les temps (n, m) entre communes, par identifiant, répétitions admises. Une requête.

    Lève `Refus('trajets.commune_sans_position')` si une commune n'a pas de position connue.
    """
    lieux, de = np.unique(np.array(origines, dtype=np.int64), return_inverse=True)
    buts, vers = np.unique(np.array(destinations, dtype=np.int64), return_inverse=True)
    points = _points({*lieux.tolist(), *buts.tolist()})
    seule = moteur(le=le).matrice(
        origines=[points[i] for i in lieux.tolist()],
        destinations=[points[i] for i in buts.tolist()],
    )
    return _au_moins(
        seule.cases(origines=de.tolist(), destinations=vers.tolist()),
        # D'une commune à elle-même, aucun moteur ne sait d'où part la personne.
        plancher=round(10 * lu("minutes_min", le)),
    )


def minutes_points(
    *,
    origines: Sequence[Point],
    destinations: Sequence[Point],
    le: date,
    mode: Mode = "voiture",
) -> Matrice:
    """Les temps (n, m) entre points, dans leur ordre. Aucune requête."""
    return moteur(le=le, mode=mode).matrice(origines=origines, destinations=destinations)


def plus_proches(
    *,
    origine: Point,
    destinations: Sequence[Point],
    le: date,
    limite_minutes: int,
    mode: Mode = "voiture",
) -> tuple[Proche, ...]:
    """Les destinations à `limite_minutes` au plus, de la plus proche à la plus loin.

    Chacune par son rang dans la liste donnée, avec son temps. Aucune requête.
    """
    return calcul.plus_proches(
        moteur=moteur(le=le, mode=mode),
        origine=origine,
        destinations=destinations,
        limite=10 * limite_minutes,
    )


def plus_proche(
    *,
    origines: Sequence[Point],
    destinations: Sequence[Point],
    le: date,
    mode: Mode = "voiture",
) -> list[Proche]:
    """Pour chaque origine, sa destination la plus proche : son rang et son temps. Aucune requête.

    Vide s'il n'y a aucune destination. Bien moins cher que toute la matrice avec un graphe.
    """
    if not destinations:
        return []
    rangs, matrice = calcul.plus_proche(
        moteur=moteur(le=le, mode=mode), origines=origines, destinations=destinations
    )
    return [
        Proche(rang=int(r), temps=matrice.temps(origine=i, destination=0))
        for i, r in enumerate(rangs)
    ]


def temps(*, de: int, vers: int, le: date) -> Temps:
    """Le temps d'une commune à une autre, par identifiant. Lève comme `minutes`."""
    return minutes(origines=(de,), destinations=(vers,), le=le).temps(origine=0, destination=0)


def situees(*, communes: Iterable[int]) -> frozenset[int]:
    """Parmi ces communes, celles dont on sait calculer les temps : les autres seraient refusées."""
    return frozenset(_lues(set(communes)))


def points_communes(*, communes: Iterable[int]) -> dict[int, Point]:
    """Le point de chaque commune située, sa mairie ; les autres n'y sont pas. Une requête."""
    return _lues(set(communes))


def point(*, latitude: float, longitude: float, commune_id: int | None) -> Point:
    """Un point et la densité de sa commune, à défaut celle de la plus proche. Une requête.

    Lève `Refus('trajets.commune_sans_position')` si aucune commune n'est située.
    """
    return points(positions=((latitude, longitude, commune_id),))[0]


def points(*, positions: Sequence[tuple[float, float, int | None]]) -> list[Point]:
    """Des points (latitude, longitude, commune), dans leur ordre. Une requête. Lève comme `point`.

    La densité est celle de la commune ; à défaut, de la commune située la plus proche.
    """
    if not positions:
        return []
    connues = _lues(None)
    if not connues:
        raise Refus(
            code="trajets.commune_sans_position",
            message="Aucune commune n'a de position connue : "
            "rechargez le découpage du Département, puis recommencez.",
        )
    nus = [Point(latitude=nord, longitude=est, densite=0.0) for nord, est, _ in positions]
    seuls = [i for i, (_, _, commune) in enumerate(positions) if commune not in connues]
    voisines = _plus_voisines([nus[i] for i in seuls], list(connues.values()))
    densites = dict(zip(seuls, voisines, strict=True))
    return [
        replace(nu, densite=densites[i] if i in densites else connues[commune or 0].densite)
        for i, (nu, (_, _, commune)) in enumerate(zip(nus, positions, strict=True))
    ]


def _plus_voisines(nus: Sequence[Point], connues: Sequence[Point]) -> list[float]:
    km = calcul.distances_km(origines=nus, destinations=connues)
    return [connues[int(rang)].densite for rang in np.argmin(km, axis=1)]


def _au_moins(matrice: Matrice, *, plancher: int) -> Matrice:
    return replace(
        matrice,
        minutes=np.maximum(matrice.minutes, plancher),
        haut=np.maximum(matrice.haut, plancher),
    )


def _points(communes: set[int]) -> dict[int, Point]:
    points = _lues(communes)
    absentes = sorted(communes - points.keys())
    if absentes:
        noms = list(
            Commune.objects.filter(id__in=absentes).order_by("nom").values_list("nom", flat=True)
        )
        suite = "…" if len(absentes) > NOMMEES else ""
        dites = ", ".join(noms[:NOMMEES]) or "une commune inconnue"
        raise Refus(
            code="trajets.commune_sans_position",
            message=f"La position de {dites}{suite} n'est pas connue : "
            "rechargez le découpage du Département, puis recommencez.",
        )
    return points


def _lues(communes: set[int] | None) -> dict[int, Point]:
    """Les communes situées parmi celles-ci, ou toutes."""
    lignes = Commune.objects.filter(surface_km2__gt=0)
    if communes is not None:
        lignes = lignes.filter(id__in=communes)
    return {
        identifiant: Point(latitude=nord, longitude=est, densite=habitants / km2)
        for identifiant, nord, est, habitants, km2 in lignes.values_list(
            "id", "latitude", "longitude", "population", "surface_km2"
        )
        if nord is not None and est is not None and habitants is not None and km2
    }
