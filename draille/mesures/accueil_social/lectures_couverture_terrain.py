"""Le terrain d'une couverture : communes, points, temps entre eux. Rien d'une personne."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from draille.moteurs.annuaire import adaptateur_lectures as annuaire
from draille.moteurs.annuaire.calcul.ouverture import Plage, a_des_horaires, est_ouvert
from draille.moteurs.annuaire.models import Point
from draille.moteurs.couverture.calcul import HORS_DE_PORTEE, Grille
from draille.moteurs.trajets import adaptateur as trajets
from draille.moteurs.trajets.calcul import Methode, Mode
from draille.moteurs.trajets.calcul import Point as Lieu
from draille.noyau.territoire.models import Commune
from draille.socle.feries import jours_feries
from draille.socle.parametres import registre_global

SEUIL = "accueil_social.minutes"
SAMEDI = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Quand et comment l'on compte.

    `heure` (de Paris) nulle : un point compte s'il ouvre au moins une fois ce jour-là. `tous` :
    tous les points de l'annuaire, et non ceux du premier accueil seulement.
    """

    le: date
    heure: time | None = None
    mode: Mode = "voiture"
    tous: bool = False

    @property
    def seuil_minutes(self) -> int:
        """Les minutes du paramètre daté `accueil_social.minutes` : il faut être en dessous."""
        return registre_global().entier(SEUIL, self.le)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneSituee:
    """Une commune du Département ; `rang` dans la grille des temps. Une population tue vaut 0."""

    rang: int
    id: int
    nom: str
    code_insee: str
    population: int
    lieu: Lieu | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSitue:
    """Un point de l'annuaire et sa position (la sienne, à défaut la mairie de sa commune)."""

    id: int
    nom: str
    commune: str
    forme: str
    latitude: float
    longitude: float
    debut: date
    fin: date | None
    plages: tuple[Plage, ...]

    def est_ouvert(self, *, le: date, heure: time | None) -> bool:
        """Il existe ce jour-là, et il ouvre."""
        existe = self.debut <= le and (self.fin is None or le < self.fin)
        return existe and est_ouvert(plages=self.plages, le=le, a=heure)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terrain:
    """Les temps de chaque commune à chaque point qui existe, ouvert ou non, en dixièmes.

    `sans_heures` : points dont on ne connaît aucune ouverture. `non_situes` : points sans position,
    qui ne comptent nulle part. `est_completee` : l'estimation a rempli des temps que le moteur en
    vigueur n'avait pas.
    """

    moment: Moment
    communes: tuple[CommuneSituee, ...]
    points: tuple[PointSitue, ...]
    minutes: Grille
    bas: Grille
    haut: Grille
    methode: Methode
    est_completee: bool
    sans_heures: tuple[str, ...]
    non_situes: tuple[str, ...]

    @property
    def populations(self) -> list[int]:
        """Les habitants de chaque commune, dans l'ordre."""
        return [c.population for c in self.communes]

    @property
    def seuil(self) -> int:
        """Le seuil, en dixièmes de minute."""
        return 10 * self.moment.seuil_minutes

    def ouverts(self, *, le: date | None = None) -> list[int]:
        """Les rangs des points ouverts au moment demandé, ou un autre jour à la même heure."""
        jour = le or self.moment.le
        return [
            rang
            for rang, p in enumerate(self.points)
            if p.est_ouvert(le=jour, heure=self.moment.heure)
        ]

    def couvertes(self, *, le: date, prudent: bool = False) -> list[bool]:
        """Par commune, si un point ouvert ce jour-là (à la même heure) est à moins du seuil.

        `prudent` : en prenant chaque trajet au plus long.
        """
        temps = self.haut if prudent else self.minutes
        couvre = temps[:, self.ouverts(le=le)] < self.seuil
        return [any(ligne) for ligne in couvre.tolist()]


def jour_ouvre(*, le: date) -> date:
    """Ce jour-là, ou le premier suivant qui n'est ni samedi, ni dimanche, ni férié."""
    jour = le
    while jour.weekday() >= SAMEDI or jour in jours_feries(jour.year):
        jour += timedelta(days=1)
    return jour


def arpenter(*, moment: Moment) -> Terrain:
    """Lit communes et points, et calcule les temps entre eux. Cinq requêtes, quel que soit le
    nombre de communes et de points.
    """
    communes = _communes()
    lus = annuaire.points(le=moment.le, premier_accueil=None if moment.tous else True)
    places = [_placer(p) for p in lus]
    points = tuple(place for place in places if place is not None)
    grilles = _grilles(communes, points, lus, moment)
    return Terrain(
        moment=moment,
        communes=communes,
        points=points,
        minutes=grilles[0],
        bas=grilles[1],
        haut=grilles[2],
        methode=grilles[3],
        est_completee=grilles[4],
        sans_heures=tuple(
            p.nom for p in lus if not a_des_horaires(plages=annuaire.plages_de(p), le=moment.le)
        ),
        non_situes=tuple(p.nom for p, place in zip(lus, places, strict=True) if place is None),
    )


def _communes() -> tuple[CommuneSituee, ...]:
    lignes = list(
        Commune.objects.order_by("nom", "pk").values_list("pk", "nom", "code_insee", "population")
    )
    lieux = trajets.points_communes(communes=[pk for pk, *_ in lignes])
    return tuple(
        CommuneSituee(
            rang=rang,
            id=pk,
            nom=nom,
            code_insee=insee,
            population=population or 0,
            lieu=lieux.get(pk),
        )
        for rang, (pk, nom, insee, population) in enumerate(lignes)
    )


def _placer(point: Point) -> PointSitue | None:
    """Le point à sa place ; None si ni lui ni sa commune n'ont de position."""
    nord, est = point.latitude, point.longitude
    if (nord is None or est is None) and point.commune is not None:
        nord, est = point.commune.latitude, point.commune.longitude
    if nord is None or est is None:
        return None
    return PointSitue(
        id=point.pk,
        nom=point.nom,
        commune=point.commune.nom if point.commune else point.nom_commune,
        forme=point.get_forme_display(),
        latitude=nord,
        longitude=est,
        debut=point.debut,
        fin=point.fin,
        plages=annuaire.plages_de(point),
    )


def _grilles(
    communes: Sequence[CommuneSituee],
    points: Sequence[PointSitue],
    lus: Sequence[Point],
    moment: Moment,
) -> tuple[Grille, Grille, Grille, Methode, bool]:
    """Les temps (n communes, m points) ; une commune sans position est hors de portée de tout."""
    de = {p.pk: p.commune_id for p in lus}
    situees = [c for c in communes if c.lieu is not None]
    buts = (
        trajets.points(positions=[(p.latitude, p.longitude, de[p.id]) for p in points])
        if situees
        else []
    )
    matrice = trajets.minutes_points(
        origines=[c.lieu for c in situees if c.lieu is not None],
        destinations=buts,
        le=moment.le,
        mode=moment.mode,
    )
    rangs = [c.rang for c in situees]

    def etendre(grille: Grille) -> Grille:
        entiere = np.full((len(communes), len(points)), HORS_DE_PORTEE, dtype=np.int32)
        if situees and points:
            # Un temps que le moteur ne sait pas est négatif : personne n'est couvert par lui.
            entiere[rangs] = np.where(grille < 0, HORS_DE_PORTEE, grille)
        return entiere

    completee = matrice.repli is not None and bool(matrice.repli.any())
    return (
        etendre(matrice.minutes),
        etendre(matrice.bas),
        etendre(matrice.haut),
        matrice.methode,
        completee,
    )
