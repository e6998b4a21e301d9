"""L'oracle des droits : du Python ordinaire sur les données tirées, sans SQL ni `Acces`.

Une habilitation ouvre un compartiment sur les communes d'un territoire, tant qu'elle-même, le
territoire et l'appartenance de la commune au territoire sont en vigueur ce jour-là. Un partenaire
n'ouvre que ce qui porte son organisation ; ce qu'un agent écrit pour lui seul n'est qu'à lui.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

DEPARTEMENT = "departement"
PARTENAIRE, PERSONNEL = 6, 7


@dataclass(frozen=True)
class Periode:
    """[debut, fin) ; `fin` nulle : en cours."""

    debut: date
    fin: date | None = None

    def contient(self, le: date) -> bool:
        return self.debut <= le and (self.fin is None or le < self.fin)


@dataclass(frozen=True)
class Lieu:
    """Un territoire du monde : `communes` associe une commune et sa période d'appartenance."""

    id: int
    nature: str
    periode: Periode
    communes: tuple[tuple[int, Periode], ...] = ()


@dataclass(frozen=True)
class Tirage:
    """Une habilitation tirée."""

    compartiment: int
    lieu: Lieu
    role: str
    periode: Periode


@dataclass(frozen=True)
class Ligne:
    """Une rangée d'une table : `compartiment` nul, elle ne parle de personne.

    `commune` : l'organisation d'un partenaire, ou l'agent d'une note personnelle. `partenaire` :
    l'organisation à qui la rangée est ouverte aussi.
    """

    table: str
    id: int
    compartiment: int | None
    commune: int | None
    personne: int | None = None
    partenaire: int | None = None


@dataclass
class Individu:
    """Une personne du monde ; `marque` est un nom qu'aucune autre ne porte."""

    id: int
    marque: str
    compartiments: tuple[int, ...]
    commune: int | None
    nir: str = ""
    lignes: list[Ligne] = field(default_factory=list)


@dataclass(frozen=True)
class Oracle:
    """Ce qu'un agent peut voir ce jour-là."""

    tirages: tuple[Tirage, ...]
    le: date
    agent: int = 0
    organisation: int = 0

    @cached_property
    def actifs(self) -> list[Tirage]:
        """Les habilitations qui valent ce jour-là."""
        return [t for t in self.tirages if t.periode.contient(self.le) and self._vaut(t.lieu)]

    @property
    def roles(self) -> set[str]:
        """Les rôles détenus."""
        return {t.role for t in self.actifs}

    def parmi(self, roles: Iterable[str]) -> "Oracle":
        """Le même agent, réduit à ces rôles."""
        return replace(self, tirages=tuple(t for t in self.tirages if t.role in roles))

    def _vaut(self, lieu: Lieu) -> bool:
        if not lieu.periode.contient(self.le):
            return False
        return lieu.nature == DEPARTEMENT or any(p.contient(self.le) for _, p in lieu.communes)

    @cached_property
    def _partout(self) -> set[int]:
        return {t.compartiment for t in self.actifs if t.lieu.nature == DEPARTEMENT}

    @cached_property
    def _par_commune(self) -> set[tuple[int, int]]:
        return {
            (t.compartiment, commune)
            for t in self.actifs
            if t.lieu.nature != DEPARTEMENT
            for commune, periode in t.lieu.communes
            if periode.contient(self.le)
        }

    def ouvre(self, compartiment: int, commune: int | None) -> bool:
        """Une ligne de ce compartiment et de cette commune est-elle ouverte ?"""
        if compartiment == PERSONNEL:
            return bool(self.actifs) and commune == self.agent
        if compartiment == PARTENAIRE:
            est_partenaire = any(t.compartiment == PARTENAIRE for t in self.actifs)
            return est_partenaire and commune == self.organisation
        return compartiment in self._partout or (compartiment, commune) in self._par_commune

    def voit(self, ligne: Ligne) -> bool:
        """La rangée est-elle ouverte ? Celle qui ne parle de personne l'est à tous."""
        if ligne.compartiment is None or self.ouvre(ligne.compartiment, ligne.commune):
            return True
        return ligne.partenaire is not None and self.ouvre(PARTENAIRE, ligne.partenaire)

    def connait(self, individu: Individu) -> bool:
        """La personne est-elle ouverte par l'un de ses compartiments ?"""
        return any(self.ouvre(c, individu.commune) for c in individu.compartiments)

    def ids(self, lignes: Iterable[Ligne]) -> set[int]:
        """Les identifiants des rangées ouvertes."""
        return {ligne.id for ligne in lignes if self.voit(ligne)}

    def personnes(self, individus: Iterable[Individu]) -> set[int]:
        """Les identifiants des personnes ouvertes."""
        return {i.id for i in individus if self.connait(i)}
