"""Ce qu'est un programme départemental d'insertion : ses axes, ses actions, ses délibérations."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from draille.ecrans.arbre import Appui


class GenreDeliberation(StrEnum):
    """Ce que l'assemblée décide du programme (CASF L263-1 : adoption ou adaptation)."""

    ADOPTION = "adoption"
    RECONDUCTION = "reconduction"
    ADAPTATION = "adaptation"

    @property
    def libelle(self) -> str:
        """Nom lisible."""
        return _GENRES[self]


_GENRES = {
    GenreDeliberation.ADOPTION: "Le programme est adopté",
    GenreDeliberation.RECONDUCTION: "Le programme continue sans changement",
    GenreDeliberation.ADAPTATION: "Le programme est adapté",
}


class EtatAnnee(StrEnum):
    """Où en est la délibération d'une année, à une date."""

    TENUE = "tenue"
    TENUE_EN_RETARD = "tenue_en_retard"
    EN_RETARD = "en_retard"
    A_VENIR = "a_venir"

    @property
    def libelle(self) -> str:
        """Nom lisible, accentué."""
        return _ETATS[self]


_ETATS = {
    EtatAnnee.TENUE: "à temps",
    EtatAnnee.TENUE_EN_RETARD: "après la limite",
    EtatAnnee.EN_RETARD: "en retard",
    EtatAnnee.A_VENIR: "à prendre",
}


@dataclass(frozen=True, slots=True)
class Preuve:
    """La phrase d'où vient une chose, et la page qui la publie."""

    phrase: str
    source: str
    datee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Une action en vigueur sur [debut, fin). `est_ajoutee` : par une délibération."""

    code: str
    libelle: str
    debut: date
    fin: date | None = None
    preuve: Preuve | None = None
    est_ajoutee: bool = False
    appuis: tuple[Appui, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ajout:
    """Une action qu'une délibération ajoute : son axe (code), son nom, ce sur quoi elle repose."""

    axe: str
    libelle: str
    appuis: tuple[Appui, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Axe:
    """Un axe de travail du programme et ses actions, passées comprises."""

    code: str
    libelle: str
    preuve: Preuve
    actions: tuple[Action, ...] = ()

    def au(self, le: date) -> tuple[Action, ...]:
        """Les actions en vigueur ce jour-là."""
        return tuple(a for a in self.actions if a.debut <= le and (a.fin is None or a.fin > le))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation:
    """Ce que l'assemblée a décidé, quand, et sous quelle référence."""

    genre: GenreDeliberation
    deliberee_le: date
    reference: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annee:
    """Une année : le dernier jour à temps, et la première délibération qui la tient."""

    annee: int
    avant_le: date
    deliberee_le: date | None
    etat: EtatAnnee


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Un programme sur [debut, fin). `adopte_le` nulle : ni publiée, ni saisie."""

    departement: str
    code: str
    titre: str
    debut: date
    fin: date
    preuve: Preuve
    axes: tuple[Axe, ...]
    mention: str = ""
