"""Les règles de la formation : une session qui tient debout, un calendrier, une présence. Pur."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

HEURES_MAX = Decimal(5)
DEMI_JOURNEES_MAX = 20
PLACES_MAX = 500


class Moment(StrEnum):
    """La moitié d'un jour ; trier ces codes à l'envers les met dans l'ordre du jour."""

    MATIN = "matin"
    APRES_MIDI = "apres_midi"

    @property
    def libelle(self) -> str:
        """Comme on le dit."""
        return "matin" if self is Moment.MATIN else "après-midi"


class StatutSession(StrEnum):
    """Où en est une session."""

    PROGRAMMEE = "programmee"
    CLOSE = "close"
    ANNULEE = "annulee"

    @property
    def libelle(self) -> str:
        """Comme on le dit."""
        return {"programmee": "programmée", "close": "close", "annulee": "annulée"}[self]


class StatutInscription(StrEnum):
    """Où en est une inscription : elle tient une place, l'attend, ou ne compte plus."""

    INSCRITE = "inscrite"
    EN_ATTENTE = "en_attente"
    DESISTEE = "desistee"
    ANNULEE = "annulee"

    @property
    def libelle(self) -> str:
        """Comme on le dit."""
        return {
            "inscrite": "place tenue",
            "en_attente": "en attente d'une place",
            "desistee": "désistement",
            "annulee": "session annulée",
        }[self]


VIVES = (StatutInscription.INSCRITE, StatutInscription.EN_ATTENTE)


@dataclass(frozen=True, slots=True)
class DemiJournee:
    """Une demi-journée de session."""

    jour: date
    moment: Moment
    heures: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TermesSession:
    """Ce que l'on convient d'une session. `montant_prevu` en euros, pour toute la session."""

    theme: str
    titre: str
    organisme: str
    lieu: str
    commune_id: int | None
    places: int
    montant_prevu: Decimal
    demi_journees: tuple[DemiJournee, ...]

    @property
    def debut(self) -> date:
        """Le premier jour."""
        return min(d.jour for d in self.demi_journees)

    @property
    def fin(self) -> date:
        """Le dernier jour."""
        return max(d.jour for d in self.demi_journees)

    @property
    def heures(self) -> Decimal:
        """La durée de la session."""
        return sum((d.heures for d in self.demi_journees), Decimal(0))


def faute(termes: TermesSession) -> tuple[str, str] | None:
    """Le code et la phrase de ce qui empêche de programmer cette session ; rien si elle tient."""
    moments = [(d.jour, d.moment) for d in termes.demi_journees]
    essais = (
        (not termes.titre.strip(), "titre", "Donnez un titre à la session."),
        (not moments, "demi_journees", "Indiquez au moins une demi-journée."),
        (
            len(moments) > DEMI_JOURNEES_MAX,
            "demi_journees",
            f"Une session a {DEMI_JOURNEES_MAX} demi-journées au plus. Programmez-en deux.",
        ),
        (
            len(set(moments)) < len(moments),
            "demi_journees",
            "La même demi-journée est dite deux fois. Retirez-en une.",
        ),
        (
            any(not 0 < d.heures <= HEURES_MAX for d in termes.demi_journees),
            "heures",
            f"Une demi-journée dure plus de zéro heure et {HEURES_MAX} heures au plus.",
        ),
        (
            not 0 < termes.places <= PLACES_MAX,
            "places",
            f"Une session offre de 1 à {PLACES_MAX} places.",
        ),
        (
            termes.montant_prevu < 0,
            "montant",
            "Un coût ne peut pas être négatif. Écrivez 0 si la session est gratuite.",
        ),
    )
    return next(((code, dit) for est_faux, code, dit in essais if est_faux), None)


def est_forme(*, suivies: int, total: int, part_min: Decimal) -> bool:
    """Vrai si ces demi-journées suivies font de quelqu'un un professionnel formé.

    `part_min` : la part de la session à suivre au moins, entre 0 et 1 (paramètre daté).
    """
    return suivies > 0 and Decimal(suivies) >= part_min * total


def se_chevauchent(
    uns: Sequence[tuple[date, str]], autres: Sequence[tuple[date, str]]
) -> tuple[date, str] | None:
    """La première demi-journée (jour, moment) commune à deux sessions ; rien s'il n'y en a pas."""
    communes = set(uns) & set(autres)
    return min(communes, key=lambda d: (d[0], d[1] != Moment.MATIN)) if communes else None
