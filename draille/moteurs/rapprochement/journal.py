"""Ce que le journal garde de ce moteur : jamais un nom, jamais une raison en clair."""

from dataclasses import dataclass

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class Proposer:
    """Charge : la fusion attend une seconde personne. `paire_id` : la paire."""

    paire_id: int
    autre_id: int


@dataclass(frozen=True)
class Fusionner:
    """Charge : ce dossier en continue un autre (`dossier` : garde) ou est continué (absorbe).

    `lignes` : combien ont changé de dossier.
    """

    dossier: str
    autre_id: int
    lignes: int


@dataclass(frozen=True)
class Separer:
    """Charge : la fusion est défaite ; `lignes` : combien ont été rendues."""

    dossier: str
    autre_id: int
    lignes: int


@dataclass(frozen=True)
class DeclarerDistinctes:
    """Charge : quelqu'un a dit que ces deux dossiers sont deux personnes."""

    paire_id: int
    autre_id: int


ACTES: tuple[ActeDeclare, ...] = (
    ActeDeclare("rapprochement.proposer", 1, "Fusion de dossiers proposée", Proposer),
    ActeDeclare("rapprochement.fusionner", 1, "Dossiers rejoints", Fusionner),
    ActeDeclare("rapprochement.separer", 1, "Dossiers séparés", Separer),
    ActeDeclare(
        "rapprochement.declarer_distinctes",
        1,
        "Déclarée distincte d'une personne ressemblante",
        DeclarerDistinctes,
    ),
)
