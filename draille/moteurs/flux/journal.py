"""Les actes du moteur au journal : des fichiers, jamais des personnes."""

from dataclasses import dataclass
from datetime import date

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class Recevoir:
    """Charge : un fichier déposé."""

    fichier_id: int
    nature: str


@dataclass(frozen=True)
class Integrer:
    """Charge : un fichier intégré, et ses comptes."""

    fichier_id: int
    nature: str
    mois: date | None
    lus: int
    integres: int
    inchanges: int
    rejetes: int
    absents: int


@dataclass(frozen=True)
class Refuser:
    """Charge : un fichier refusé en entier, et le code du refus."""

    fichier_id: int
    refus: str


@dataclass(frozen=True)
class TraiterRejet:
    """Charge : un rejet rejoué ou écarté."""

    fichier_id: int
    rejet_id: int
    issue: str


@dataclass(frozen=True)
class ConstaterAbsences:
    """Charge : les absences d'un extrait, confirmées par quelqu'un."""

    fichier_id: int
    absents: int


ACTES = (
    ActeDeclare("flux.recevoir", 1, "Fichier reçu", Recevoir),
    ActeDeclare("flux.integrer", 1, "Fichier intégré", Integrer),
    ActeDeclare("flux.refuser", 1, "Fichier refusé", Refuser),
    ActeDeclare("flux.traiter_rejet", 1, "Rejet traité", TraiterRejet),
    ActeDeclare("flux.constater_absences", 1, "Absences confirmées", ConstaterAbsences),
)
