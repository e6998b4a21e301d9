"""Ce qu'est un schéma : des versions adoptées, leurs axes, leurs actions et leurs promesses."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from draille.ecrans.arbre import Appui


class Rattachement(StrEnum):
    """Qui dit qu'une action relève de cet axe."""

    PUBLIE = "publie"
    PROPOSE = "propose"
    REVISION = "revision"

    @property
    def libelle(self) -> str:
        """Ce que l'on en dit à l'écran ; rien quand la source le dit elle-même."""
        return _MENTIONS[self]


_MENTIONS = {
    Rattachement.PUBLIE: "",
    Rattachement.PROPOSE: "rattachement proposé",
    Rattachement.REVISION: "inscrite par une révision",
}


class GenreObjectif(StrEnum):
    """Ce que promet un objectif."""

    MULTIPLICATEUR = "multiplicateur"
    MAINTIEN = "maintien"
    INTERVALLE = "intervalle"
    AU_PLUS = "au_plus"
    SANS_NOMBRE = "sans_nombre"


@dataclass(frozen=True, slots=True)
class Preuve:
    """La phrase d'où vient une chose, et la page qui la publie."""

    phrase: str
    source: str
    datee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectif:
    """Une promesse d'action. `annee_base`, `echeance_annee` nulles : non publiées."""

    code: str
    libelle: str
    genre: GenreObjectif
    preuve: Preuve
    valeur: Decimal | None = None
    valeur_max: Decimal | None = None
    unite: str = ""
    annee_base: int | None = None
    echeance_annee: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Montant:
    """Ce qu'un financeur engage pour une action, en euros. `convention` : où il se suit."""

    financeur: str
    valeur: Decimal
    preuve: Preuve
    convention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Critere:
    """Ce qui dira si l'axe a réussi (CASF L312-4), et l'appui qui le mesure."""

    code: str
    libelle: str
    appui: Appui


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Une action de l'axe. `preuve` nulle : elle ne vient pas de la source, mais d'une révision."""

    code: str
    libelle: str
    rattachement: Rattachement
    preuve: Preuve | None = None
    objectifs: tuple[Objectif, ...] = ()
    montants: tuple[Montant, ...] = ()
    appuis: tuple[Appui, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Axe:
    """Un axe, ses actions, ses critères d'évaluation."""

    code: str
    libelle: str
    preuve: Preuve
    actions: tuple[Action, ...] = ()
    criteres: tuple[Critere, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Un état du schéma. `adoptee_le` nulle : la source ne dit pas quand l'assemblée l'a adopté."""

    rang: int
    titre: str
    axes: tuple[Axe, ...]
    adoptee_le: date | None = None
    deliberation: str = ""
    motif: str = ""

    @property
    def actions(self) -> tuple[Action, ...]:
        """Toutes les actions, axe par axe."""
        return tuple(a for axe in self.axes for a in axe.actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Un schéma et toutes ses versions, par rang. [debut, fin) : sa durée, nulle si non publiée."""

    departement: str
    code: str
    titre: str
    preuve: Preuve
    versions: tuple[Version, ...]
    debut: date | None = None
    fin: date | None = None
    mention: str = ""
