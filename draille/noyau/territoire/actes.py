"""Charger le découpage d'un Département : ses communes et les territoires qui les groupent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.territoire.models import (
    Commune,
    ContourCommune,
    Territoire,
    TerritoireCommune,
)
from draille.socle.acces import Acces, Role


@dataclass(frozen=True)
class ChargerDecoupage:
    """Charge : combien de communes et de territoires, d'où ils viennent."""

    communes: int
    territoires: int
    source: str


ACTES = (ActeDeclare("territoire.charger_decoupage", 1, "Découpage chargé", ChargerDecoupage),)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneLue:
    """Une commune à charger, avec ses codes postaux séparés par une espace.

    Position en degrés (WGS 84), `surface_km2` en km², `contour` : une géométrie GeoJSON allégée.
    """

    code_insee: str
    nom: str
    population: int | None
    codes_postaux: str
    latitude: float | None = None
    longitude: float | None = None
    surface_km2: float | None = None
    contour: dict[str, Any] | None = field(default=None, repr=False, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoireLu:
    """Un territoire à charger et les codes INSEE de ses communes."""

    nature: Territoire.Nature
    code: str
    nom: str
    communes: tuple[str, ...]
    est_fictif: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoupage:
    """Les communes et les territoires d'un Département, et leur source."""

    communes: tuple[CommuneLue, ...]
    territoires: tuple[TerritoireLu, ...]
    source: str


@transaction.atomic
def charger_decoupage(*, decoupage: Decoupage, par: Acces, le: date) -> int:
    """Charge ce qui manque du découpage, en vigueur à compter de `le` ; rend le nombre de communes.

    Rejoué, il ne change rien, sauf à situer les communes chargées sans position ni contour. Lève
    `Refus('acces.refuse')` hors administrateur.
    """
    par.exiger((Role.ADMINISTRATEUR,), cle_ligne=None, action="charger le découpage")
    Commune.objects.bulk_create(
        [
            Commune(
                code_insee=c.code_insee,
                nom=c.nom,
                population=c.population,
                codes_postaux=c.codes_postaux[:60],
            )
            for c in decoupage.communes
        ],
        ignore_conflicts=True,
    )
    _situer(decoupage.communes)
    ids = dict(Commune.objects.values_list("code_insee", "id"))
    nouveaux = [t for t in decoupage.territoires if not _existe(t)]
    _creer(nouveaux, ids, le)
    consigner(
        charge=ChargerDecoupage(len(decoupage.communes), len(nouveaux), decoupage.source),
        par=par,
        le=le,
        sujet=Sujet(),
    )
    return len(ids)


def _situer(lues: Iterable[CommuneLue]) -> None:
    situees = {c.code_insee: c for c in lues if c.latitude is not None}
    manquantes = list(Commune.objects.filter(code_insee__in=situees, latitude__isnull=True))
    for commune in manquantes:
        lue = situees[commune.code_insee]
        commune.latitude, commune.longitude = lue.latitude, lue.longitude
        commune.surface_km2 = lue.surface_km2
    Commune.objects.bulk_update(manquantes, ["latitude", "longitude", "surface_km2"])
    contours = {c.code_insee: c.contour for c in lues if c.contour is not None}
    sans = Commune.objects.filter(code_insee__in=contours, contour__isnull=True)
    ContourCommune.objects.bulk_create(
        (ContourCommune(commune=c, geometrie=contours[c.code_insee]) for c in sans),
        ignore_conflicts=True,
    )


def _existe(lu: TerritoireLu) -> bool:
    return Territoire.objects.filter(nature=lu.nature, code=lu.code, fin__isnull=True).exists()


def _creer(nouveaux: Iterable[TerritoireLu], ids: dict[str, int], le: date) -> None:
    for lu in nouveaux:
        territoire = Territoire.objects.create(
            nature=lu.nature, code=lu.code, nom=lu.nom, est_fictif=lu.est_fictif, debut=le
        )
        TerritoireCommune.objects.bulk_create(
            TerritoireCommune(
                territoire=territoire, commune_id=ids[code], nature=lu.nature, debut=le
            )
            for code in lu.communes
            if code in ids
        )
