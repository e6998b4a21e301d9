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
