"""Ce que le journal garde de chaque acte : des identifiants, jamais le nom d'un professionnel.

`formation.suivre` est écrite à la clôture, une ligne par demi-journée suivie, datée de son jour ;
son `objet_id` est l'année du professionnel : l'indicateur l'y compte une fois.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class ProgrammerSession:
    """Charge : la session, ses jours, ses heures, ses places, son coût prévu en euros."""

    session_id: int
    theme: str
    du: date
    au: date
    demi_journees: int
    heures: Decimal
    places: int
    montant_prevu: Decimal


@dataclass(frozen=True)
class Inscrire:
    """Charge : qui, à quelle session ; `est_en_attente` : il n'y avait plus de place."""

    inscription_id: int
    session_id: int
    professionnel_id: int
    est_en_attente: bool


@dataclass(frozen=True)
class PrendrePlace:
    """Charge : une place s'est libérée, la première inscription en attente l'a prise."""

    inscription_id: int
    session_id: int
    professionnel_id: int


@dataclass(frozen=True)
class SeDesister:
    """Charge : qui ne viendra pas ; `est_en_attente` : il n'avait pas de place."""

    inscription_id: int
    session_id: int
    professionnel_id: int
    est_en_attente: bool


@dataclass(frozen=True)
class Emarger:
    """Charge : une demi-journée d'une session, qui était là, ou non."""

    inscription_id: int
    session_id: int
    demi_journee_id: int
    est_presente: bool


@dataclass(frozen=True)
class CloreSession:
    """Charge : ce que la session a fait. Montants en euros."""

    session_id: int
    theme: str
    inscrits: int
    presents: int
    formes: int
    heures: Decimal
    montant_prevu: Decimal
    montant_reel: Decimal


@dataclass(frozen=True)
class Suivre:
    """Charge : une demi-journée suivie et ses heures. `est_forme` : ce professionnel a suivi assez
    de la session pour compter comme formé.
    """

    session_id: int
    professionnel_id: int
    demi_journee_id: int
    theme: str
    heures: Decimal
    est_forme: bool


@dataclass(frozen=True)
class AnnulerSession:
    """Charge : la session, combien d'inscriptions tombent avec elle, ce qui reste dû en euros."""

    session_id: int
    theme: str
    inscriptions: int
    montant_prevu: Decimal
    montant_reel: Decimal


ACTES = (
    ActeDeclare("formation.programmer_session", 1, "Session programmée", ProgrammerSession),
    ActeDeclare("formation.inscrire", 1, "Inscription à une formation", Inscrire),
    ActeDeclare("formation.prendre_place", 1, "Place libérée, attente servie", PrendrePlace),
    ActeDeclare("formation.se_desister", 1, "Désistement d'une formation", SeDesister),
    ActeDeclare("formation.emarger", 1, "Présence émargée", Emarger),
    ActeDeclare("formation.clore_session", 1, "Session de formation close", CloreSession),
    ActeDeclare("formation.suivre", 1, "Demi-journée de formation suivie", Suivre),
    ActeDeclare("formation.annuler_session", 1, "Session de formation annulée", AnnulerSession),
)
