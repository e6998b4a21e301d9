"""Le catalogue des thèmes (`regles_catalogue.yaml`) : datés, chacun avec sa référence. Pur."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FICHIER = Path(__file__).with_name("regles_catalogue.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Un thème : il se programme les jours de [du, au) ; `au` nul, encore.

    `departement` : le seul qui le propose, vide pour un thème national. `jours_min`, `jours_max` :
    la durée du module national, en jours ; nuls quand aucun texte ne la dit.
    """

    code: str
    libelle: str
    objectif: str
    reference: str
    du: date
    au: date | None
    departement: str
    jours_min: int | None
    jours_max: int | None

    @property
    def duree(self) -> str:
        """« de 2 à 5 jours », vide quand aucun texte ne la dit."""
        return f"de {self.jours_min} à {self.jours_max} jours" if self.jours_min else ""


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
        reference=brut["reference"],
        du=brut["du"],
        au=brut.get("au"),
        departement=brut.get("departement", ""),
        jours_min=brut.get("jours_min"),
        jours_max=brut.get("jours_max"),
    )


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
