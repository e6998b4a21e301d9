"""Ce que le journal garde d'un message : modèle, canal, sort ; ni adresse ni texte."""

from dataclasses import dataclass

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class Deposer:
    """Charge : le modèle et sa version, le canal. `objet_id` de la ligne : le message."""

    modele: str
    version: int
    canal: str


@dataclass(frozen=True)
class Remettre:
    """Charge : le canal, le rang de la tentative qui a abouti."""

    canal: str
    tentative: int


@dataclass(frozen=True)
class Abandonner:
    """Charge : le canal, le nombre de tentatives, le motif codé."""

    canal: str
    tentatives: int
    motif: str


@dataclass(frozen=True)
class Annuler:
    """Charge : le modèle et le canal d'un message qui ne partira pas."""

    modele: str
    canal: str


@dataclass(frozen=True)
class Relancer:
    """Charge : le canal d'un message que quelqu'un remet à envoyer."""

    canal: str


@dataclass(frozen=True)
class ModifierModele:
    """Charge : le modèle de message, son canal et sa nouvelle version."""

    modele: str
    canal: str
    version: int


ACTES = (
    ActeDeclare("messages.deposer", 1, "Message préparé", Deposer),
    ActeDeclare("messages.remettre", 1, "Message remis", Remettre),
    ActeDeclare("messages.abandonner", 1, "Message non remis", Abandonner),
    ActeDeclare("messages.annuler", 1, "Message annulé", Annuler),
    ActeDeclare("messages.relancer", 1, "Message remis à envoyer", Relancer),
    ActeDeclare("messages.modifier_modele", 1, "Modèle de message modifié", ModifierModele),
)
