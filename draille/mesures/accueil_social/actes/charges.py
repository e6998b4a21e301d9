"""Ce que le journal garde de chaque acte : des codes et des lieux, jamais un mot écrit.

`objet_id` : l'accueil. La personne est nulle quand l'accueil est anonyme.
"""

from dataclasses import dataclass

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class Accueillir:
    """Charge : comment, où, pour quels besoins, avec quelles réponses.

    `est_hors_departement` : reçue par une structure qui n'est pas le Département.
    """

    canal: str
    venue: str
    identite: str
    point_id: int | None
    besoins: list[str]
    reponses: list[str]
    est_hors_departement: bool


@dataclass(frozen=True)
class Completer:
    """Charge : les besoins et les réponses ajoutés à un accueil."""

    besoins: list[str]
    reponses: list[str]


@dataclass(frozen=True)
class Rectifier:
    """Charge : les champs d'un accueil que l'on a corrigés, sans leurs valeurs."""

    champs: list[str]


@dataclass(frozen=True)
class EcrireNote:
    """Charge : la note. Son texte n'est que dans sa table."""

    note_id: int
    est_privee: bool


@dataclass(frozen=True)
class CorrigerNote:
    """Charge : la note corrigée par son auteur."""

    note_id: int


ACTES = (
    ActeDeclare("accueil_social.accueillir", 1, "Accueil", Accueillir),
    ActeDeclare("accueil_social.completer", 1, "Accueil complété", Completer),
    ActeDeclare("accueil_social.rectifier", 1, "Accueil rectifié", Rectifier),
    ActeDeclare("accueil_social.ecrire_note", 1, "Note écrite", EcrireNote),
    ActeDeclare("accueil_social.corriger_note", 1, "Note corrigée", CorrigerNote),
)
