"""Des communes du noyau aux temps de trajet, par le moteur en vigueur un jour donné."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from draille.moteurs.trajets.calcul import (
    Coefficients,
    Estimation,
    Matrice,
    Methode,
    Moteur,
    Point,
    Temps,
)
from draille.noyau.territoire.models import Commune
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

NOMMEES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Ce que vaut le moteur : erreur absolue moyenne en minutes, part bien classée à 30 minutes.

    Mesurées sur des communes jamais vues, parmi les trajets de moins de 60 minutes.
    """

    methode: Methode
    erreur_minutes: Decimal
    part_bien_classee: Decimal
    source: str


def precision(*, le: date) -> Precision:
    """La précision mesurée du moteur en vigueur ce jour-là, et d'où elle vient."""
    registre = registre_global()
    return Precision(
        methode=moteur(le=le).methode,
        erreur_minutes=registre.decimal("trajets.erreur_minutes", le),
        part_bien_classee=registre.decimal("trajets.classe_30_minutes", le),
        source=registre.parametre("trajets.erreur_minutes").en_vigueur(le).reference,
    )


def moteur(*, le: date) -> Moteur:
    """Le moteur en vigueur ce jour-là : aujourd'hui l'estimation, calée par `parametres.yaml`."""
    registre = registre_global()

    def lu(nom: str) -> float:
        return float(registre.decimal(f"trajets.{nom}", le))

    return Estimation(
        coefficients=Coefficients(
            constante=lu("constante"),
            distance=lu("coefficient_distance"),
            densite=lu("coefficient_densite"),
            distance_min_km=lu("distance_min_km"),
            densite_min=lu("densite_min"),
            minutes_min=lu("minutes_min"),
            bande_bas=lu("bande_bas"),
            bande_haut=lu("bande_haut"),
            bande_minutes=lu("bande_minutes"),
        )
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
    cases = np.ix_(de, vers)
    return Matrice(
        minutes=seule.minutes[cases],
        bas=seule.bas[cases],
        haut=seule.haut[cases],
        methode=seule.methode,
    )


def temps(*, de: int, vers: int, le: date) -> Temps:
    """Le temps d'une commune à une autre, par identifiant. Lève comme `minutes`."""
    return minutes(origines=(de,), destinations=(vers,), le=le).temps(origine=0, destination=0)


def situees(*, communes: Iterable[int]) -> frozenset[int]:
    """Parmi ces communes, celles dont on sait calculer les temps : les autres seraient refusées."""
    return frozenset(_lues(set(communes)))


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


def _lues(communes: set[int]) -> dict[int, Point]:
    lignes = Commune.objects.filter(id__in=communes, surface_km2__gt=0).values_list(
        "id", "latitude", "longitude", "population", "surface_km2"
    )
    return {
        identifiant: Point(latitude=nord, longitude=est, densite=habitants / km2)
        for identifiant, nord, est, habitants, km2 in lignes
        if nord is not None and est is not None and habitants is not None and km2
    }
