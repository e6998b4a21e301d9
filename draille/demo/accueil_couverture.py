"""La couverture que prévoit le jeu, pour un Département joué ou non : sans aucune base."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from draille.demo.accueil_lieux import debut_de_l_annee, existe, lieux_prevus
from draille.demo.communes import CommuneSource, communes_du_departement
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment
from draille.moteurs.annuaire.calcul.ouverture import est_ouvert
from draille.moteurs.couverture.calcul import couvrir, plus_proches
from draille.moteurs.delais.calcul import est_ouvre
from draille.moteurs.trajets.adaptateur import minutes_points
from draille.moteurs.trajets.calcul import Methode, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class CouverturePrevue:
    """La part de la population (0 à 1) à moins du seuil d'un point ouvert, et sa bande."""

    le: date
    points: int
    population: int
    part: float
    part_basse: float
    part_haute: float
    methode: Methode
    seuil_minutes: int


def jour_compte(le: date) -> date:
    """Le dernier jour ouvré jusqu'à `le` : c'est lui que l'on compte."""
    while not est_ouvre(le):
        le -= timedelta(days=1)
    return le


def prevoir(*, departement: str, fin: date, le: date) -> CouverturePrevue:
    """La couverture au jour `le` de l'année qui finit à `fin`, par les lieux du premier accueil.

    Lève `LookupError` si le Département n'a pas de démonstration.
    """
    communes = [c for c in communes_du_departement(departement) if _point(c) is not None]
    debut = debut_de_l_annee(fin)
    ouverts = [
        lieu
        for lieu in lieux_prevus(departement)
        if lieu.est_premier_accueil
        and existe(lieu, debut=debut, le=le)
        and est_ouvert(plages=lieu.plages, le=le, a=None)
    ]
    matrice = minutes_points(
        origines=[p for c in communes if (p := _point(c)) is not None],
        destinations=[
            Point(
                latitude=lieu.latitude or 0.0,
                longitude=lieu.longitude or 0.0,
                densite=_densite(lieu.commune),
            )
            for lieu in ouverts
        ],
        le=le,
    )
    seuil = Moment(le=le).seuil_minutes
    lue = couvrir(
        proches=plus_proches(minutes=matrice.minutes, bas=matrice.bas, haut=matrice.haut),
        populations=[c.population for c in communes],
        seuil=10 * seuil,
    )
    return CouverturePrevue(
        le=le,
        points=len(ouverts),
        population=lue.population,
        part=float(lue.part or 0),
        part_basse=float(lue.part_basse or 0),
        part_haute=float(lue.part_haute or 0),
        methode=matrice.methode,
        seuil_minutes=seuil,
    )


def par_forme(departement: str) -> Counter[str]:
    """Combien de lieux du premier accueil de chaque forme le jeu prévoit."""
    return Counter(
        lieu.reste.get("forme", "fixe")
        for lieu in lieux_prevus(departement)
        if lieu.est_premier_accueil
    )


def _point(commune: CommuneSource) -> Point | None:
    if commune.latitude is None or commune.longitude is None or not commune.surface_km2:
        return None
    return Point(latitude=commune.latitude, longitude=commune.longitude, densite=_densite(commune))


def _densite(commune: CommuneSource) -> float:
    return commune.population / (commune.surface_km2 or 1.0)
