"""Chercher, pour une fiche qui arrive, les lieux connus qui lui ressemblent."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from draille.moteurs.annuaire.calcul.fiche import FicheLue
from draille.moteurs.annuaire.calcul.ressemblance import (
    NOM_CERTAIN,
    Empreinte,
    Ressemblance,
    comparer,
    reduire,
    reduire_adresse,
    sort,
)
from draille.moteurs.annuaire.models import Point, Source
from draille.socle.parametres import registre_global

CANDIDATS_GARDES = 5
# Une case d'environ 1,1 km ; les huit voisines se regardent aussi.
_CASES_PAR_DEGRE = 100
# Ces sources numérotent leurs lieux une fois : deux identifiants y sont deux lieux.
_SANS_DOUBLE = (Source.FRANCE_SERVICES, Source.MEDIATION_NUMERIQUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidat:
    """Un lieu connu et sa ressemblance avec la fiche."""

    point: Point
    ressemblance: Ressemblance

    def en_json(self) -> dict[str, Any]:
        """Ce que garde une ligne à revoir ; le point a alors son identifiant."""
        return {
            "point_id": self.point.pk,
            "points": self.ressemblance.points,
            "raisons": [{"libelle": r.libelle, "points": r.points} for r in
                        self.ressemblance.raisons],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`sort` : `meme`, `a_revoir` ou `nouvelle` ; les candidats, le plus ressemblant d'abord."""

    sort: str
    candidats: tuple[Candidat, ...]


class Voisinage:
    """Les lieux connus, rangés par commune, par case et par téléphone."""

    def __init__(self, *, points: Iterable[Point], le: date) -> None:
        """Range ces points ; les seuils sont ceux de ce jour."""
        registre = registre_global()
        self._certain = registre.entier("annuaire.doublon_certain", le)
        self._a_revoir = registre.entier("annuaire.doublon_a_revoir", le)
        self._ranges: dict[object, list[int]] = defaultdict(list)
        self._points: list[tuple[Point, Empreinte]] = []
        for point in points:
            self.ajouter(point)

    def ajouter(self, point: Point) -> None:
        """Range un lieu de plus, enregistré ou non."""
        empreinte = empreinte_de(point, siret=point.structure.siret)
        rang = len(self._points)
        self._points.append((point, empreinte))
        for cle in _cles(empreinte, larges=False):
            self._ranges[cle].append(rang)

    def juger(self, fiche: FicheLue, *, source: str) -> Verdict:
        """Ce que la fiche est pour les lieux déjà rangés."""
        empreinte = empreinte_de(fiche, siret=fiche.siret)
        rangs = {r for cle in _cles(empreinte, larges=True) for r in self._ranges.get(cle, ())}
        compares = [
            Candidat(
                point=self._points[rang][0],
                ressemblance=comparer(empreinte, self._points[rang][1]),
            )
            for rang in sorted(rangs)
        ]
        compares.sort(key=lambda c: -c.ressemblance.points)
        autres = [c for c in compares if not _de_meme_liste(c.point, source)]
        verdict = sort(
            [c.ressemblance for c in autres], certain=self._certain, a_revoir=self._a_revoir
        )
        if verdict == "nouvelle":
            # Un bus et la maison d'où il part ont tout en commun, sauf la forme.
            autres = [
                c
                for c in compares
                if self._est_certain(c.ressemblance) and c.point.forme == fiche.forme
            ]
            verdict = "a_revoir" if autres else "nouvelle"
        gardes = [c for c in autres if c.ressemblance.points >= self._a_revoir]
        return Verdict(sort=verdict, candidats=tuple(gardes[:CANDIDATS_GARDES]))

    def _est_certain(self, ressemblance: Ressemblance) -> bool:
        return ressemblance.points >= self._certain and ressemblance.nom >= NOM_CERTAIN


def _de_meme_liste(point: Point, source: str) -> bool:
    return source in _SANS_DOUBLE and point.source == source


def empreinte_de(fiche: Point | FicheLue, *, siret: str) -> Empreinte:
    """Ce qui se compare d'une fiche lue ou d'un point."""
    return Empreinte(
        nom=reduire(fiche.nom),
        nom_sans_commune=reduire(fiche.nom, sans=fiche.nom_commune),
        adresse=reduire_adresse(fiche.adresse),
        code_insee=fiche.code_insee,
        telephone=fiche.telephone.replace(" ", ""),
        courriel=fiche.courriel.lower(),
        siret=siret,
        latitude=fiche.latitude,
        longitude=fiche.longitude,
    )


def _cles(empreinte: Empreinte, *, larges: bool) -> list[object]:
    cles: list[object] = []
    if empreinte.code_insee:
        cles.append(("commune", empreinte.code_insee))
    if empreinte.telephone:
        cles.append(("telephone", empreinte.telephone))
    if empreinte.latitude is not None and empreinte.longitude is not None:
        nord = int(empreinte.latitude * _CASES_PAR_DEGRE // 1)
        est = int(empreinte.longitude * _CASES_PAR_DEGRE // 1)
        pas = (-1, 0, 1) if larges else (0,)
        cles += [("case", nord + i, est + j) for i in pas for j in pas]
    return cles


def connus(*, le: date) -> list[Point]:
    """Les lieux qui existent ou existeront, avec leur structure. Une requête."""
    vivants = Point.objects.filter(Q(fin__isnull=True) | Q(fin__gt=le))
    return list(vivants.select_related("structure").order_by("pk"))
