"""Ce que le journal garde de la vie d'un rapport d'exécution : versions, empreintes, signature."""

from dataclasses import dataclass
from datetime import date

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class RedigerRapport:
    """Charge : la version calculée, et l'empreinte (SHA-256) de ce qu'elle dit."""

    convention: str
    annee: int
    version: int
    arrete_le: date
    empreinte: str


@dataclass(frozen=True)
class CommenterRapport:
    """Charge : la ligne commentée (vide : l'ensemble) ; le texte reste dans le rapport."""

    convention: str
    annee: int
    version: int
    ligne: str


@dataclass(frozen=True)
class SoumettreRapport:
    """Charge : la version soumise, et l'empreinte de ce qui est à valider."""

    convention: str
    annee: int
    version: int
    empreinte: str


@dataclass(frozen=True)
class RenvoyerRapport:
    """Charge : la version rendue à son rédacteur."""

    convention: str
    annee: int
    version: int


@dataclass(frozen=True)
class ValiderRapport:
    """Charge : la version validée, sa signature, et les empreintes du contenu et du PDF gardé."""

    convention: str
    annee: int
    version: int
    empreinte: str
    signature: str
    empreinte_pdf: str


@dataclass(frozen=True)
class CorrigerRapport:
    """Charge : la version qui corrige, et celle qu'elle corrige."""

    convention: str
    annee: int
    version: int
    remplace: int


@dataclass(frozen=True)
class EcarterRapport:
    """Charge : le brouillon abandonné."""

    convention: str
    annee: int
    version: int


@dataclass(frozen=True)
class TelechargerRapport:
    """Charge : la version sortie en fichier, et son format."""

    convention: str
    annee: int
    version: int
    format: str


ACTES_RAPPORT = (
    ActeDeclare("convention.rediger_rapport", 1, "Rapport d'exécution rédigé", RedigerRapport),
    ActeDeclare("convention.commenter_rapport", 1, "Rapport commenté", CommenterRapport),
    ActeDeclare("convention.soumettre_rapport", 1, "Rapport soumis", SoumettreRapport),
    ActeDeclare("convention.renvoyer_rapport", 1, "Rapport renvoyé", RenvoyerRapport),
    ActeDeclare("convention.valider_rapport", 1, "Rapport validé", ValiderRapport),
    ActeDeclare("convention.corriger_rapport", 1, "Correction ouverte", CorrigerRapport),
    ActeDeclare("convention.ecarter_rapport", 1, "Brouillon de rapport écarté", EcarterRapport),
    ActeDeclare("convention.telecharger_rapport", 1, "Rapport téléchargé", TelechargerRapport),
)
