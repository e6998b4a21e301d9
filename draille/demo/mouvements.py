"""Ce qui se passe dans un mois : les catégories d'entrants et le compte des événements."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field

from draille.demo.fictif import PersonneFictive


class Categorie(enum.StrEnum):
    """Les cinq sortes de nouveaux entrants."""

    PRIMO_ARRIVANT = "primo_arrivant"
    RETOUR = "retour"
    DEVIENT_SOUMIS = "devient_soumis"
    REJOINT_UN_FOYER = "rejoint_un_foyer"
    MUTATION = "mutation"


@dataclass(slots=True)
class Mouvements:
    """Ce qui s'est passé dans le mois.

    `entrants` : par catégorie, les clés des personnes soumises, en dossier versable. `dossiers` :
    le nombre de dossiers par sorte d'événement (sortie, suspension, reprise, naissance…).
    """

    entrants: dict[Categorie, list[str]] = field(default_factory=dict)
    dossiers: Counter[str] = field(default_factory=Counter)

    @property
    def nombre_entrants(self) -> int:
        """Rendre le nombre de nouveaux entrants, toutes catégories."""
        return sum(len(cles) for cles in self.entrants.values())


def cle_personne(personne: PersonneFictive) -> str:
    """Rendre la clé d'une personne : son NIR, sinon nom de naissance, prénom et naissance."""
    return personne.nir or f"{personne.nom_naissance}|{personne.prenom}|{personne.naissance}"
