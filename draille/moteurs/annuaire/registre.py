"""Les besoins que l'on dit à l'accueil (`besoins.yaml`) : datés, reliés à data·inclusion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FICHIER = Path(__file__).with_name("besoins.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class BesoinDit:
    """Un besoin : son code, ses mots, et ses thématiques data·inclusion.

    [du, au) : les jours où il se propose ; `au` nul, il se propose encore. `categories` : ce qu'il
    prend d'une thématique que l'on ne connaît pas.
    """

    code: str
    libelle: str
    aide: str
    thematiques: tuple[str, ...]
    categories: tuple[str, ...]
    du: date
    au: date | None


@lru_cache(maxsize=1)
def tous() -> Mapping[str, BesoinDit]:
    """Tous les besoins, passés et présents, par code, dans l'ordre où ils se proposent."""
    lus = yaml.safe_load(FICHIER.read_text("utf-8"))
    return {code: _lire(code, brut) for code, brut in lus.items()}


def _lire(code: str, brut: dict[str, Any]) -> BesoinDit:
    return BesoinDit(
        code=code,
        libelle=brut["libelle"],
        aide=brut["aide"],
        thematiques=tuple(brut["thematiques"]),
        categories=tuple(brut["categories"]),
        du=brut["du"],
        au=brut.get("au"),
    )


def besoins(le: date) -> tuple[BesoinDit, ...]:
    """Les besoins qui se proposent ce jour-là, dans l'ordre de l'écran."""
    return tuple(b for b in tous().values() if b.du <= le and (b.au is None or le < b.au))


def libelle_besoin(code: str) -> str:
    """Les mots d'un besoin, passé ou présent ; le code lui-même s'il est inconnu."""
    besoin = tous().get(code)
    return besoin.libelle if besoin else code


def besoins_de_thematiques(thematiques: Iterable[str], *, le: date) -> tuple[str, ...]:
    """Les codes de besoins que servent ces thématiques data·inclusion, dans l'ordre de l'écran.

    Une thématique exacte décide ; une inconnue (schéma plus ancien) vaut par sa catégorie.
    """
    dits = besoins(le)
    connues = {t for b in dits for t in b.thematiques}
    exactes = {t for t in thematiques if t in connues}
    categories = {t.partition("--")[0] for t in thematiques if t not in connues}
    return tuple(
        b.code
        for b in dits
        if not exactes.isdisjoint(b.thematiques) or not categories.isdisjoint(b.categories)
    )


def thematiques_de_besoins(codes: Iterable[str]) -> tuple[str, ...]:
    """Les thématiques data·inclusion de ces besoins, sans répétition."""
    dites = (t for code in codes if code in tous() for t in tous()[code].thematiques)
    return tuple(dict.fromkeys(dites))


def thematiques_connues() -> frozenset[str]:
    """Toutes les thématiques data·inclusion que les besoins, passés ou présents, savent dire."""
    return frozenset(t for b in tous().values() for t in b.thematiques)
