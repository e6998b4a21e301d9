"""Les charges de ce qui vit entre deux textes, et ce que leurs actes reçoivent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles.suivi import NatureEcheance, Provenance
from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class Deliberer:
    """Charge : le vote qui autorise un texte."""

    convention: str
    texte: str
    organe: str
    reference: str
    tenue_le: date


@dataclass(frozen=True)
class InscrireAction:
    """Charge : l'action, et son montant en euros (nul : non publié)."""

    convention: str
    ligne: str
    action: str
    libelle: str
    porteur: str
    montant: Decimal | None


@dataclass(frozen=True)
class FixerEcheance:
    """Charge : ce que la convention doit, et son dernier jour à temps."""

    convention: str
    nature: str
    annee: int
    libelle: str
    avant_le: date


@dataclass(frozen=True)
class ReporterEcheance:
    """Charge : l'échéance déplacée, et la date qui la remplace."""

    convention: str
    libelle: str
    avant_le: date
    reportee_au: date
    motif: str


@dataclass(frozen=True)
class TenirEcheance:
    """Charge : l'échéance tenue, et la pièce qui le montre."""

    convention: str
    libelle: str
    avant_le: date
    piece: str


@dataclass(frozen=True)
class SaisirValeur:
    """Charge : une valeur qui ne se calcule pas ici, et d'où elle vient."""

    convention: str
    ligne: str
    cible: str
    annee: int
    provenance: str
    est_base: bool
    valeur: Decimal
    origine: str


@dataclass(frozen=True)
class CorrigerValeur:
    """Charge : la valeur qui en remplace une autre."""

    convention: str
    ligne: str
    cible: str
    annee: int
    provenance: str
    ancienne: Decimal
    valeur: Decimal
    origine: str


@dataclass(frozen=True)
class EnregistrerReduction:
    """Charge : la décision de l'État de réduire ses crédits, en euros."""

    convention: str
    annee: int
    montant: Decimal
    reference: str


ACTES_SUIVI = (
    ActeDeclare("convention.deliberer", 1, "Délibération sur un texte", Deliberer),
    ActeDeclare("convention.inscrire_action", 1, "Action de convention inscrite", InscrireAction),
    ActeDeclare("convention.fixer_echeance", 1, "Échéance de convention fixée", FixerEcheance),
    ActeDeclare(
        "convention.reporter_echeance", 1, "Échéance de convention reportée", ReporterEcheance
    ),
    ActeDeclare("convention.tenir_echeance", 1, "Échéance de convention tenue", TenirEcheance),
    ActeDeclare("convention.saisir_valeur", 1, "Valeur d'une cible saisie", SaisirValeur),
    ActeDeclare("convention.corriger_valeur", 1, "Valeur d'une cible corrigée", CorrigerValeur),
    ActeDeclare(
        "convention.enregistrer_reduction",
        1,
        "Réduction des crédits de l'État",
        EnregistrerReduction,
    ),
)


@dataclass(frozen=True, kw_only=True)
class NouvelleAction:
    """Une action à inscrire ; `montant` nul : non publié, `fin` exclue."""

    ligne_code: str
    code: str
    libelle: str
    porteur: str = ""
    debut: date | None = None
    fin: date | None = None
    montant: Decimal | None = None
    phrase: str = ""
    origine: str = ""


@dataclass(frozen=True, kw_only=True)
class NouvelleEcheance:
    """Une échéance à fixer ; `texte_id` nul : une date de la loi ou d'une instruction."""

    nature: NatureEcheance
    annee: int
    libelle: str
    avant_le: date
    reference: str = ""
    texte_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class NouvelleValeur:
    """Une valeur relevée le jour de l'acte, ou la base d'une cible (`est_base`)."""

    ligne_code: str
    cible_code: str
    annee: int
    provenance: Provenance
    valeur: Decimal
    origine: str
    est_base: bool = False


@dataclass(frozen=True, kw_only=True)
class NouvelleReduction:
    """La décision de l'État, en euros, avec son motif."""

    annee: int
    montant: Decimal
    motif: str
    reference: str
    notifiee_le: date
