"""Charger le découpage d'un Département : ses communes et les territoires qui les groupent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
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
    """Une commune à charger, avec ses codes postaux séparés par une espace."""

    code_insee: str
    nom: str
    population: int | None
    codes_postaux: str


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

    Lève `Refus('acces.refuse')` hors administrateur. Rejoué, il ne change rien.
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
