"""Ce que le calcul reçoit et rend."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Zone(StrEnum):
    """Où tombe un poids : presque sûr, à revoir par quelqu'un, ou une personne nouvelle."""

    CERTAINE = "certaine"
    A_REVOIR = "a_revoir"
    NOUVELLE = "nouvelle"

    @property
    def libelle(self) -> str:
        """Ce que lit l'agent."""
        return {
            Zone.CERTAINE: "Presque sûrement la même personne",
            Zone.A_REVOIR: "Peut-être la même personne",
            Zone.NOUVELLE: "Une autre personne",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaisieIdentite:
    """Ce qu'un agent a tapé, même incomplet. `naissance_precision` : N jour, J mois, O année."""

    nom: str = ""
    prenom: str = ""
    naissance_le: date | None = None
    naissance_precision: str = "N"
    telephone: str = ""
    courriel: str = ""
    commune_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raison:
    """Un accord ou un écart, et son poids entier. `code` est stable, `libelle` se lit."""

    code: str
    libelle: str
    poids: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiche:
    """Ce que l'on compare d'un dossier. Tout y est facultatif, hors `id`.

    `commune`, `commune_naissance` : des identifiants, jamais comparés à un nom. `matricules` : chez
    les organismes. `nir` : une empreinte, ou rien ; deux empreintes différentes séparent.
    """

    id: int
    nom_naissance: str = ""
    nom_usage: str = ""
    prenom: str = ""
    prenoms_autres: str = ""
    sexe: str = ""
    naissance: date | None = None
    precision: str = "N"
    telephone: str = ""
    courriel: str = ""
    commune: int | None = None
    commune_naissance: int | None = None
    matricules: frozenset[str] = frozenset()
    nir: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seuils:
    """Les bornes des zones, en poids entiers : paramètres datés du Département."""

    certaine: int
    marge: int
    revue: int


@dataclass(frozen=True, slots=True)
class Pesee:
    """Le poids d'une paire, ses raisons, et si un écart franc interdit d'en être sûr."""

    poids: int
    raisons: tuple[str, ...]
    a_ecart: bool


@dataclass(frozen=True, slots=True)
class PaireTrouvee:
    """Deux fiches qui se ressemblent (`premiere` < `seconde`), leur zone et pourquoi."""

    premiere: int
    seconde: int
    poids: int
    zone: Zone
    raisons: tuple[str, ...]
