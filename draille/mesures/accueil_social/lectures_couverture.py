"""La part de la population à moins du seuil d'un point ouvert, par territoire, et qui est hors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from fractions import Fraction

from django.db.models import Q

from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.lectures_couverture_terrain import (
    CommuneSituee,
    Moment,
    PointSitue,
    Terrain,
    arpenter,
)
from draille.moteurs.couverture.calcul import (
    Couverture,
    couvrir,
    plus_proches,
    sommes,
)
from draille.moteurs.trajets.calcul import Methode, Mode, Temps
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle.acces import Acces

NIVEAUX = (Territoire.Nature.EPCI, Territoire.Nature.CANTON)
JOURS_DE_SEMAINE = 7


class Raison(StrEnum):
    """Pourquoi une commune n'est pas couverte."""

    AUCUN = "aucun"
    FERME = "ferme"
    LOIN = "loin"
    POSITION = "position"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLue:
    """Un territoire : ses habitants, combien sont couverts, et la bande de sa part (0 à 1)."""

    nom: str
    population: int
    couverts: int
    surement: int
    peut_etre: int

    @property
    def hors(self) -> int:
        """Les habitants qui ne sont pas couverts."""
        return self.population - self.couverts

    @property
    def part(self) -> float | None:
        """La part couverte ; None sans habitant."""
        return self._part(self.couverts)

    @property
    def part_basse(self) -> float | None:
        """La part couverte si chaque trajet prend son temps haut."""
        return self._part(self.surement)

    @property
    def part_haute(self) -> float | None:
        """La part couverte si chaque trajet prend son temps bas."""
        return self._part(self.peut_etre)

    def _part(self, combien: int) -> float | None:
        return float(Fraction(combien, self.population)) if self.population else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneLue:
    """Une commune : le point ouvert le plus proche et le temps pour y aller, s'il y en a un.

    `raison` est nulle quand elle est couverte. `ferme` : un point fermé à ce moment, qui la
    couvrirait ; `ferme_temps`, le temps pour y aller.
    """

    id: int
    nom: str
    code_insee: str
    population: int
    point: PointSitue | None
    temps: Temps | None
    raison: Raison | None
    ferme: PointSitue | None
    ferme_temps: Temps | None

    @property
    def est_couverte(self) -> bool:
        """Un point ouvert est à moins du seuil."""
        return self.raison is None

    def est_limite(self, *, seuil: int) -> bool:
        """Couverte, sauf si le trajet prend son temps haut (`seuil` en dixièmes de minute)."""
        return self.est_couverte and self.temps is not None and self.temps.haut >= seuil

    @property
    def minutes(self) -> int | None:
        """Les minutes révolues : 29 tant que les trente ne sont pas passées."""
        return None if self.temps is None else self.temps.minutes // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PointLu:
    """Un point ouvert : combien de communes et d'habitants couverts l'ont pour plus proche."""

    point: PointSitue
    communes: int
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouvertureLue:
    """La couverture à un moment : le Département, ses territoires, ses communes, ses points.

    `semaine` : la part de chacun des sept jours à partir de celui-ci, à la même heure.
    """

    moment: Moment
    methode: Methode
    est_completee: bool
    seuil_minutes: int
    departement: PartLue
    territoires: dict[str, tuple[PartLue, ...]]
    communes: tuple[CommuneLue, ...]
    points: tuple[PointLu, ...]
    fermes: tuple[PointSitue, ...]
    sans_heures: tuple[str, ...]
    non_situes: tuple[str, ...]
    semaine: tuple[tuple[date, float | None], ...]

    @property
    def hors(self) -> tuple[CommuneLue, ...]:
        """Les communes qui ne sont pas couvertes, la plus peuplée d'abord."""
        dehors = (c for c in self.communes if not c.est_couverte)
        return tuple(sorted(dehors, key=_plus_peuplee))

    @property
    def limites(self) -> tuple[CommuneLue, ...]:
        """Les communes couvertes, sauf au temps le plus long : la plus peuplée d'abord."""
        seuil = 10 * self.seuil_minutes
        a_la_limite = (c for c in self.communes if c.est_limite(seuil=seuil))
        return tuple(sorted(a_la_limite, key=_plus_peuplee))


def _plus_peuplee(commune: CommuneLue) -> tuple[int, str]:
    return -commune.population, commune.nom


def exiger_lecture(acces: Acces) -> None:
    """Lève `Refus('acces.refuse')` à qui n'ouvre pas les chiffres de l'accueil."""
    if not ACCES["voir_couverture"](acces):
        acces.exiger((), cle_ligne=None, action="lire la couverture du Département")


def couverture(
    *,
    le: date,
    heure: time | None = None,
    mode: Mode = "voiture",
    tous: bool = False,
    acces: Acces,
) -> CouvertureLue:
    """La couverture ce jour-là (à cette heure de Paris, si elle est dite). Sept requêtes.

    `tous` : tous les points de l'annuaire, et non ceux du premier accueil seulement. Lève
    `Refus('acces.refuse')`.
    """
    exiger_lecture(acces)
    return lire(terrain=arpenter(moment=Moment(le=le, heure=heure, mode=mode, tous=tous)))


def part_du_departement(*, moment: Moment) -> tuple[PartLue, Terrain]:
    """La seule part du Département, sans détail : ce que montre la ligne de la convention."""
    terrain = arpenter(moment=moment)
    return _departement(couvrir_ouverts(terrain, terrain.ouverts())), terrain


def couvrir_ouverts(terrain: Terrain, ouverts: Sequence[int]) -> Couverture:
    """La couverture par ces points du terrain."""
    rangs = list(ouverts)
    proches = plus_proches(
        minutes=terrain.minutes[:, rangs], bas=terrain.bas[:, rangs], haut=terrain.haut[:, rangs]
    )
    return couvrir(proches=proches, populations=terrain.populations, seuil=terrain.seuil)


def lire(*, terrain: Terrain) -> CouvertureLue:
    """Tout ce que montre la page, d'un terrain déjà arpenté. Une requête : les territoires."""
    ouverts = terrain.ouverts()
    calculee = couvrir_ouverts(terrain, ouverts)
    points = [terrain.points[rang] for rang in ouverts]
    communes = tuple(_commune(c, terrain, calculee, ouverts) for c in terrain.communes)
    return CouvertureLue(
        moment=terrain.moment,
        methode=terrain.methode,
        est_completee=terrain.est_completee,
        seuil_minutes=terrain.moment.seuil_minutes,
        departement=_departement(calculee),
        territoires=_territoires(terrain, calculee),
        communes=communes,
        points=_points(points, communes),
        fermes=tuple(p for rang, p in enumerate(terrain.points) if rang not in set(ouverts)),
        sans_heures=terrain.sans_heures,
        non_situes=terrain.non_situes,
        semaine=_semaine(terrain),
    )


def _departement(calculee: Couverture) -> PartLue:
    tous = [0] * len(calculee.populations)
    (comptes,) = sommes(couverture=calculee, groupes=tous, nombre=1)
    return _part("Département", comptes)


def _part(nom: str, comptes: tuple[int, int, int, int]) -> PartLue:
    population, couverts, surement, peut_etre = comptes
    return PartLue(
        nom=nom,
        population=population,
        couverts=couverts,
        surement=surement,
        peut_etre=peut_etre,
    )


def _territoires(terrain: Terrain, calculee: Couverture) -> dict[str, tuple[PartLue, ...]]:
    """Par nature, les territoires du jour, le moins couvert d'abord. Une requête."""
    le = terrain.moment.le
    lignes = list(
        TerritoireCommune.objects.filter(
            Q(fin__isnull=True) | Q(fin__gt=le), nature__in=NIVEAUX, debut__lte=le
        ).values_list("nature", "territoire_id", "territoire__nom", "commune_id")
    )
    rangs = {c.id: c.rang for c in terrain.communes}
    rendues: dict[str, tuple[PartLue, ...]] = {}
    for nature in NIVEAUX:
        siennes = [x for x in lignes if x[0] == nature]
        noms = {territoire: nom for _, territoire, nom, _ in siennes}
        ordre = {territoire: rang for rang, territoire in enumerate(noms)}
        groupes = [-1] * len(terrain.communes)
        for _, territoire, _, commune in siennes:
            groupes[rangs[commune]] = ordre[territoire]
        comptes = sommes(couverture=calculee, groupes=groupes, nombre=len(noms))
        parts = [_part(nom, c) for nom, c in zip(noms.values(), comptes, strict=True)]
        rendues[str(nature)] = tuple(sorted(parts, key=_moins_couvert))
    return rendues


def _moins_couvert(part: PartLue) -> tuple[float, int, str]:
    return (1.0 if part.part is None else part.part), -part.hors, part.nom


def temps_de(*, terrain: Terrain, commune: int, point: int) -> Temps:
    """Le temps d'une commune à un point, par leurs rangs."""
    return Temps(
        minutes=int(terrain.minutes[commune, point]),
        bas=int(terrain.bas[commune, point]),
        haut=int(terrain.haut[commune, point]),
        methode=terrain.methode,
        mode=terrain.moment.mode,
    )


def _commune(
    commune: CommuneSituee, terrain: Terrain, calculee: Couverture, ouverts: Sequence[int]
) -> CommuneLue:
    rang = int(calculee.proches.point[commune.rang])
    point = temps = None
    if rang >= 0:
        point = terrain.points[ouverts[rang]]
        temps = temps_de(terrain=terrain, commune=commune.rang, point=ouverts[rang])
    raison, ferme = None, -1
    if not calculee.couvertes[commune.rang]:
        ferme = _ferme(commune, terrain)
        raison = _raison(commune, point, ferme >= 0)
    return CommuneLue(
        id=commune.id,
        nom=commune.nom,
        code_insee=commune.code_insee,
        population=commune.population,
        point=point,
        temps=temps,
        raison=raison,
        ferme=terrain.points[ferme] if ferme >= 0 else None,
        ferme_temps=(
            temps_de(terrain=terrain, commune=commune.rang, point=ferme) if ferme >= 0 else None
        ),
    )


def _raison(commune: CommuneSituee, point: PointSitue | None, a_un_ferme: bool) -> Raison:
    if commune.lieu is None:
        return Raison.POSITION
    if a_un_ferme:
        return Raison.FERME
    return Raison.LOIN if point is not None else Raison.AUCUN


def _ferme(commune: CommuneSituee, terrain: Terrain) -> int:
    """Le rang du point existant le plus proche, s'il la couvrirait : il est fermé à ce moment."""
    ligne = terrain.minutes[commune.rang]
    if not len(ligne) or ligne.min() >= terrain.seuil:
        return -1
    return int(ligne.argmin())


def _points(points: list[PointSitue], communes: tuple[CommuneLue, ...]) -> tuple[PointLu, ...]:
    siennes: dict[int, list[CommuneLue]] = {p.id: [] for p in points}
    for commune in communes:
        if commune.point is not None and commune.est_couverte:
            siennes[commune.point.id].append(commune)
    return tuple(
        PointLu(
            point=p,
            communes=len(siennes[p.id]),
            population=sum(c.population for c in siennes[p.id]),
        )
        for p in points
    )


def _semaine(terrain: Terrain) -> tuple[tuple[date, float | None], ...]:
    jours = [terrain.moment.le + timedelta(days=i) for i in range(JOURS_DE_SEMAINE)]
    total = sum(terrain.populations)
    parts = []
    for jour in jours:
        couvertes = terrain.couvertes(le=jour)
        dedans = sum(c.population for c in terrain.communes if couvertes[c.rang])
        parts.append((jour, dedans / total if total else None))
    return tuple(parts)
