"""Ce qui changerait : si un point fermait, ou si l'on en ouvrait de un à cinq."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from draille.mesures.accueil_social.lectures_couverture import (
    exiger_lecture,
    temps_de,
)
from draille.mesures.accueil_social.lectures_couverture_terrain import (
    SAMEDI,
    CommuneSituee,
    Moment,
    PointSitue,
    Terrain,
    arpenter,
)
from draille.moteurs.couverture.calcul import (
    HORS_DE_PORTEE,
    NOMBRE_AU_PLUS,
    Fermeture,
    Grille,
    Implantation,
    fermer,
    implanter,
    implanter_glouton,
    pertes,
)
from draille.moteurs.trajets import adaptateur as trajets
from draille.moteurs.trajets.calcul import Methode, Temps
from draille.socle.acces import Acces
from draille.socle.refus import Refus

Forme = Literal["fixe", "permanence"]
Etat = Literal["déjà couverte", "rapprochée", "encore hors de portée"]
JOURS_DE_SEMAINE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Deplacee:
    """Une commune dont le point fermerait : où elle irait, en combien de temps, couverte ou non."""

    nom: str
    population: int
    avant: Temps
    vers: PointSitue | None
    apres: Temps | None
    est_perdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FermetureLue:
    """Ce qui change si ce point ferme, les autres restant ouverts. Parts de 0 à 1."""

    moment: Moment
    methode: Methode
    seuil_minutes: int
    point: PointSitue
    part_avant: float | None
    part_apres: float | None
    population_perdue: int
    communes: tuple[Deplacee, ...]

    @property
    def seuil(self) -> int:
        """Le seuil, en dixièmes de minute."""
        return 10 * self.seuil_minutes

    @property
    def perdues(self) -> tuple[Deplacee, ...]:
        """Les communes qui ne seraient plus couvertes."""
        return tuple(c for c in self.communes if c.est_perdue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependance:
    """Un point ouvert, et les habitants qu'aucun autre ne couvre."""

    point: PointSitue
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AjoutLu:
    """Une commune où ouvrir : ce qu'elle ajoute aux précédentes.

    `jour` : celui d'une permanence. `total` : les habitants ajoutés jusque-là ; pour des
    permanences, des habitants × jours de la semaine. `part` : la part couverte avec ceux-là.
    """

    commune: str
    jour: date | None
    apport: int
    total: int
    part: float | None
    latitude: float
    longitude: float
    communes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneProjetee:
    """Une commune et son état avec les lieux choisis.

    Avec des permanences : « déjà couverte », tous les jours ; « rapprochée », un jour au moins.
    """

    id: int
    nom: str
    etat: Etat


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplantationLue:
    """Le meilleur choix, s'il est prouvé, et ce que ferait un choix fait un lieu à la fois."""

    moment: Moment
    methode: Methode
    seuil_minutes: int
    forme: Forme
    est_prudente: bool
    jours: tuple[date, ...]
    candidats: int
    ajouts: tuple[AjoutLu, ...]
    part_avant: float | None
    est_prouvee: bool
    gain: int
    borne: int
    gain_glouton: int
    communes: tuple[CommuneProjetee, ...]


def dependances(*, moment: Moment, acces: Acces) -> tuple[Dependance, ...]:
    """Les points ouverts, celui dont le plus d'habitants dépendent d'abord. Six requêtes.

    Lève `Refus('acces.refuse')`.
    """
    exiger_lecture(acces)
    terrain = arpenter(moment=moment)
    ouverts = terrain.ouverts()
    perdus = pertes(
        minutes=terrain.minutes[:, ouverts], populations=terrain.populations, seuil=terrain.seuil
    )
    lues = [
        Dependance(point=terrain.points[rang], population=perdu)
        for rang, perdu in zip(ouverts, perdus, strict=True)
    ]
    return tuple(sorted(lues, key=lambda d: (-d.population, d.point.nom)))


def effet_fermeture(*, point_id: int, moment: Moment, acces: Acces) -> FermetureLue:
    """Ce qui change si ce point ferme. Six requêtes.

    Lève `Refus('couverture.point_ferme')` s'il n'est pas ouvert à ce moment, ou
    `Refus('acces.refuse')`.
    """
    exiger_lecture(acces)
    terrain = arpenter(moment=moment)
    ouverts = terrain.ouverts()
    ids = [terrain.points[rang].id for rang in ouverts]
    if point_id not in ids:
        raise Refus(
            code="couverture.point_ferme",
            message="Ce lieu n'est pas ouvert à ce moment : le fermer ne changerait rien. "
            "Choisissez un jour ou une heure où il reçoit.",
        )
    rang = ids.index(point_id)
    rendue = fermer(
        minutes=terrain.minutes[:, ouverts],
        bas=terrain.bas[:, ouverts],
        haut=terrain.haut[:, ouverts],
        populations=terrain.populations,
        seuil=terrain.seuil,
        point=rang,
    )
    perdues = set(rendue.perdues)
    communes = [_deplacee(terrain, ouverts, rendue, i, i in perdues) for i in rendue.deplacees]
    avant, apres = rendue.avant.part, rendue.apres.part
    return FermetureLue(
        moment=moment,
        methode=terrain.methode,
        seuil_minutes=moment.seuil_minutes,
        point=terrain.points[ouverts[rang]],
        part_avant=None if avant is None else float(avant),
        part_apres=None if apres is None else float(apres),
        population_perdue=rendue.population_perdue,
        communes=tuple(sorted(communes, key=lambda c: (not c.est_perdue, -c.population, c.nom))),
    )


def _deplacee(
    terrain: Terrain,
    ouverts: list[int],
    rendue: Fermeture,
    commune: int,
    est_perdue: bool,
) -> Deplacee:
    lue = terrain.communes[commune]
    vers = int(rendue.apres.proches.point[commune])
    de = ouverts[int(rendue.avant.proches.point[commune])]
    return Deplacee(
        nom=lue.nom,
        population=lue.population,
        avant=temps_de(terrain=terrain, commune=commune, point=de),
        vers=terrain.points[ouverts[vers]] if vers >= 0 else None,
        apres=(
            temps_de(terrain=terrain, commune=commune, point=ouverts[vers]) if vers >= 0 else None
        ),
        est_perdue=est_perdue,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Essai:
    """Un choix à faire : des communes et des candidats, répétés chaque jour demandé."""

    terrain: Terrain
    candidats: tuple[CommuneSituee, ...]
    jours: tuple[date, ...]
    forme: Forme
    prudent: bool
    deja: tuple[tuple[bool, ...], ...]

    @property
    def populations(self) -> list[int]:
        """Les habitants de chaque commune, jour après jour."""
        return self.terrain.populations * len(self.jours)

    @property
    def couverts(self) -> int:
        """Les habitants × jours déjà couverts."""
        communes = self.terrain.communes
        return sum(c.population for jour in self.deja for c in communes if jour[c.rang])

    def part(self, couverts: int) -> float | None:
        """La part des habitants × jours ; None sans habitant."""
        tous = sum(self.populations)
        return couverts / tous if tous else None


def implantation(
    *,
    nombre: int,
    forme: Forme = "fixe",
    prudent: bool = False,
    moment: Moment,
    acces: Acces,
) -> ImplantationLue:
    """Où ouvrir `nombre` points (1 à 5) de plus pour couvrir le plus d'habitants. Six requêtes.

    Les candidats sont les mairies de toutes les communes situées. Un point fixe est ouvert au
    moment demandé. Une permanence ouvre un seul jour de semaine, qui est choisi avec le lieu : on
    compte alors des habitants × jours, du lundi au vendredi, sur les sept jours qui suivent.
    `prudent` : chaque trajet est pris au plus long de sa bande, vers les lieux ouverts comme vers
    les candidats. Lève `Refus('couverture.nombre')` ou `Refus('acces.refuse')`.
    """
    exiger_lecture(acces)
    if not 1 <= nombre <= NOMBRE_AU_PLUS:
        raise Refus(
            code="couverture.nombre",
            message=f"Demandez de un à {NOMBRE_AU_PLUS} lieux : au-delà, refaites le calcul après "
            "les premières ouvertures.",
        )
    essai = _essai(arpenter(moment=moment), forme, prudent)
    minutes = _par_jour(_vers_les_mairies(essai), len(essai.jours))
    deja = [couverte for jour in essai.deja for couverte in jour]
    exact, glouton = (
        choisir(
            minutes=minutes,
            populations=essai.populations,
            deja=deja,
            nombre=nombre,
            seuil=essai.terrain.seuil,
        )
        for choisir in (implanter, implanter_glouton)
    )
    return ImplantationLue(
        moment=moment,
        methode=essai.terrain.methode,
        seuil_minutes=moment.seuil_minutes,
        forme=forme,
        est_prudente=prudent,
        jours=essai.jours,
        candidats=len(essai.candidats),
        ajouts=tuple(_ajouts(exact, essai)),
        part_avant=essai.part(essai.couverts),
        est_prouvee=exact.est_prouvee,
        gain=exact.gain,
        borne=exact.borne,
        gain_glouton=glouton.gain,
        communes=tuple(_projetees(exact, essai)),
    )


def _projetees(choix: Implantation, essai: _Essai) -> Iterator[CommuneProjetee]:
    communes = essai.terrain.communes
    gagnees = {i % len(communes) for ajout in choix.ajouts for i in ajout.communes}
    for c in communes:
        etat: Etat = "encore hors de portée"
        if c.rang in gagnees:
            etat = "rapprochée"
        elif all(jour[c.rang] for jour in essai.deja):
            etat = "déjà couverte"
        yield CommuneProjetee(id=c.id, nom=c.nom, etat=etat)


def _essai(terrain: Terrain, forme: Forme, prudent: bool) -> _Essai:
    le = terrain.moment.le
    suite = [le + timedelta(days=i) for i in range(JOURS_DE_SEMAINE)]
    jours = (le,) if forme == "fixe" else tuple(j for j in suite if j.weekday() < SAMEDI)
    return _Essai(
        terrain=terrain,
        candidats=tuple(c for c in terrain.communes if c.lieu is not None),
        jours=jours,
        forme=forme,
        prudent=prudent,
        deja=tuple(tuple(terrain.couvertes(le=jour, prudent=prudent)) for jour in jours),
    )


def _vers_les_mairies(essai: _Essai) -> Grille:
    """Les temps (n communes, m candidats) ; une commune sans position est hors de portée."""
    lieux = [c.lieu for c in essai.candidats if c.lieu is not None]
    forme = (len(essai.terrain.communes), len(lieux))
    entiere = np.full(forme, HORS_DE_PORTEE, dtype=np.int32)
    if lieux:
        moment = essai.terrain.moment
        matrice = trajets.minutes_points(
            origines=lieux, destinations=lieux, le=moment.le, mode=moment.mode
        )
        grille = matrice.haut if essai.prudent else matrice.minutes
        temps = np.where(matrice.minutes < 0, HORS_DE_PORTEE, grille)
        entiere[[c.rang for c in essai.candidats]] = temps
    return entiere


def _par_jour(minutes: Grille, jours: int) -> Grille:
    """Une grille par jour, en diagonale : ouvrir un jour ne couvre que ce jour-là."""
    n, m = minutes.shape
    entiere = np.full((n * jours, m * jours), HORS_DE_PORTEE, dtype=np.int32)
    for rang in range(jours):
        entiere[rang * n : (rang + 1) * n, rang * m : (rang + 1) * m] = minutes
    return entiere


def _ajouts(choix: Implantation, essai: _Essai) -> Iterator[AjoutLu]:
    total = 0
    communes = essai.terrain.communes
    for ajout in choix.ajouts:
        jour, rang = divmod(ajout.candidat, len(essai.candidats))
        candidat = essai.candidats[rang]
        assert candidat.lieu is not None, "un candidat est situé"
        total += ajout.apport
        gagnees = [communes[i % len(communes)] for i in ajout.communes]
        yield AjoutLu(
            commune=candidat.nom,
            jour=essai.jours[jour] if essai.forme == "permanence" else None,
            apport=ajout.apport,
            total=total,
            part=essai.part(essai.couverts + total),
            latitude=candidat.lieu.latitude,
            longitude=candidat.lieu.longitude,
            communes=tuple(c.nom for c in sorted(gagnees, key=lambda c: -c.population)),
        )
