"""Le pli que l'on remet à un receveur, et l'échec qu'il peut rendre."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

DELAI_SECONDES = 60


class Echec(Exception):
    """Le receveur n'a pas pris le pli.

    `motif` : code stable. `est_definitif` : recommencer n'y changerait rien (numéro inconnu).
    `est_panne` : c'est le receveur qui manque, pas ce pli ; les suivants attendront aussi.
    """

    def __init__(
        self, motif: str, reponse: str, *, est_definitif: bool = False, est_panne: bool = False
    ) -> None:
        """Garde le motif et la réponse ; celle-ci va dans la preuve, jamais dans un journal."""
        super().__init__(motif)
        self.motif = motif
        self.reponse = reponse
        self.est_definitif = est_definitif
        self.est_panne = est_panne


@dataclass(frozen=True, slots=True, kw_only=True)
class Pli:
    """Ce que l'on remet à un receveur. `pdf` nul : rien de joint."""

    cle: uuid.UUID
    destination: str
    sujet: str
    contenu: str
    instant: datetime
    pdf: bytes | None = None
    calendrier: str = ""

    @property
    def empreinte(self) -> str:
        """SHA-256 de la pièce, en hexadécimal ; vide sans pièce."""
        return hashlib.sha256(self.pdf).hexdigest() if self.pdf else ""
