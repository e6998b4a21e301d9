"""Le catalogue des thèmes (`regles_catalogue.yaml`) : datés, chacun avec sa référence. Pur."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from draille.socle.texte import INSECABLE

FICHIER = Path(__file__).with_name("regles_catalogue.yaml")


@dataclass(frozen=True, slots=True)
class Source:
    """D'où vient un thème, à partir d'un jour ; `jours` : la durée d'un module, si elle la dit."""

    du: date
    texte: str
    jours: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Un thème : il se programme les jours de [du, au) ; `au` nul, encore.

    `departement` : le seul qui le propose, vide pour un thème national.
    """

    code: str
    libelle: str
    objectif: str
    sources: tuple[Source, ...]
    du: date
    au: date | None
    departement: str

    def source(self, le: date) -> str:
        """Les textes d'où il vient, parus ce jour-là ; le premier s'il est encore à venir."""
        parues = [s.texte for s in self.sources if s.du <= le]
        return " ; ".join(parues or [self.sources[0].texte])

    def duree(self, le: date) -> str:
        """« de 2 à 5 jours », vide tant qu'aucun texte ne la dit."""
        dites = [s.jours for s in self.sources if s.jours and s.du <= le]
        return f"de {dites[-1][0]} à {dites[-1][1]} jours" if dites else ""


@lru_cache(maxsize=1)
def tous() -> Mapping[str, Theme]:
    """Tous les thèmes, passés et présents, par code, dans l'ordre de l'écran."""
    lus = yaml.safe_load(FICHIER.read_text("utf-8"))
    return {code: _lire(code, brut) for code, brut in lus.items()}


def _lire(code: str, brut: dict[str, Any]) -> Theme:
    return Theme(
        code=code,
        libelle=brut["libelle"],
        objectif=brut["objectif"],
        sources=tuple(
            Source(s["du"], _insecable(s["texte"]), tuple(s["jours"]) if "jours" in s else None)
            for s in brut["sources"]
        ),
        du=brut["du"],
        au=brut.get("au"),
        departement=brut.get("departement", ""),
    )


def _insecable(texte: str) -> str:
    return texte.replace("« ", f"«{INSECABLE}").replace(" »", f"{INSECABLE}»")


def themes(*, le: date, departement: str) -> tuple[Theme, ...]:
    """Les thèmes que ce Département programme ce jour-là, dans l'ordre de l'écran."""
    return tuple(
        t
        for t in tous().values()
        if t.du <= le and (t.au is None or le < t.au) and t.departement in ("", departement)
    )


def libelle_theme(code: str) -> str:
    """Les mots d'un thème, passé ou présent ; le code lui-même s'il est inconnu."""
    theme = tous().get(code)
    return theme.libelle if theme else code
