"""Ce qui vit entre deux textes, à une date : échéances, réductions, actions, délibérations."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from draille.mesures.convention.regles.suivi import NatureEcheance, Organe

EtatEcheance = Literal["a_temps", "proche", "en_retard", "tenue", "tenue_en_retard"]


@dataclass(frozen=True)
class EcheanceLue:
    """Une échéance de la convention. `deplacee_du` : sa date d'avant, si un texte l'a reportée."""

    id: int
    nature: NatureEcheance
    libelle: str
    annee: int
    avant_le: date
    tenue_le: date | None
    etat: EtatEcheance
    reference: str = ""
    fixee_par: str = ""
    deplacee_du: date | None = None


@dataclass(frozen=True)
class ReductionLue:
    """Une décision de l'État de réduire ses crédits d'une année, en euros."""

    id: int
    annee: int
    montant: Decimal
    motif: str
    reference: str
    notifiee_le: date


@dataclass(frozen=True)
class ActionLue:
    """Une fiche action ; `montant` nul : non publié. `fin` est exclue."""

    ligne_code: str
    code: str
    libelle: str
    porteur: str
    debut: date | None
    fin: date | None
    montant: Decimal | None
    phrase: str
    origine: str


@dataclass(frozen=True)
class DeliberationLue:
    """Un vote, et le texte qu'il autorise."""

    texte_code: str
    organe: Organe
    reference: str
    tenue_le: date
    objet: str


@dataclass(frozen=True)
class TexteCadre:
    """Une instruction ou un plan de l'État qui cadre les conventions. `confiance` : A à C."""

    code: str
    titre: str
    reference: str
    publie_le: date
    change: str
    confiance: str
    note: str


def echeances(*, cadre_id: int, le: date) -> tuple[EcheanceLue, ...]:
    """Les échéances qui valent à cette date, la plus proche d'abord."""
    return ()


def reductions(*, cadre_id: int, le: date) -> tuple[ReductionLue, ...]:
    """Les réductions notifiées à cette date."""
    return ()


def actions(*, cadre_id: int, le: date) -> tuple[ActionLue, ...]:
    """Les actions qui ne sont pas finies à cette date."""
    return ()


def deliberations(*, cadre_id: int, le: date) -> tuple[DeliberationLue, ...]:
    """Les délibérations tenues à cette date."""
    return ()


def textes_cadres(*, le: date) -> tuple[TexteCadre, ...]:
    """Les textes-cadres publiés à cette date, du plus ancien au plus récent."""
    return ()
