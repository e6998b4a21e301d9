"""Ce que le journal garde de chaque acte : jamais une réponse au questionnaire ni un motif écrit.

Toutes les lignes portent en `objet_id` l'entrée de suivi_rsa : délais et indicateurs s'y joignent.
"""

from dataclasses import dataclass
from datetime import date

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class Ouvrir:
    """Charge : la catégorie d'entrée, son mois, le jour où le Département l'a su."""

    categorie: str
    mois: date
    connue_le: date


@dataclass(frozen=True)
class Rencontrer:
    """Charge : comment a eu lieu le premier rendez-vous honoré."""

    mode: str


@dataclass(frozen=True)
class Diagnostiquer:
    """Charge : ce que la table propose au vu des réponses, selon quelle règle et quel régime."""

    type_propose: str
    regle: str
    regime: str


@dataclass(frozen=True)
class Orienter:
    """Charge : la décision, son rang, ce qui était proposé (vide : pas de diagnostic)."""

    type_parcours: str
    organisme: str
    rang: int
    type_propose: str
    regle: str
    est_ecart: bool


@dataclass(frozen=True)
class Reorienter:
    """Charge : la nouvelle décision ; le rang suit celui qu'elle remplace."""

    type_parcours: str
    organisme: str
    rang: int
    type_propose: str
    regle: str
    est_ecart: bool


@dataclass(frozen=True)
class Notifier:
    """Charge : par quel canal, et quelle orientation (son rang)."""

    canal: str
    rang: int


@dataclass(frozen=True)
class FermerSansSuite:
    """Charge : le motif de la sortie et son mois, tels que suivi_rsa les a écrits."""

    motif: str
    mois: date


@dataclass(frozen=True)
class Rouvrir:
    """Charge : le mois dont la sortie est rectifiée."""

    mois: date


ACTES = (
    ActeDeclare("orientation_rsa.ouvrir", 1, "Suivi d'entrant ouvert", Ouvrir),
    ActeDeclare("orientation_rsa.rencontrer", 1, "Premier rendez-vous honoré", Rencontrer),
    ActeDeclare("orientation_rsa.diagnostiquer", 1, "Diagnostic enregistré", Diagnostiquer),
    ActeDeclare("orientation_rsa.orienter", 1, "Orientation décidée", Orienter),
    ActeDeclare("orientation_rsa.reorienter", 1, "Réorientation décidée", Reorienter),
    ActeDeclare("orientation_rsa.notifier", 1, "Orientation notifiée", Notifier),
    ActeDeclare(
        "orientation_rsa.fermer_sans_suite", 1, "Suivi d'entrant fermé sans suite", FermerSansSuite
    ),
    ActeDeclare("orientation_rsa.rouvrir", 1, "Suivi d'entrant rouvert", Rouvrir),
)
