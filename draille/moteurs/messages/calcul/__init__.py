"""Le calcul des messages, sans base ni réseau : textes à trous, mention légale, destinations."""

from draille.moteurs.messages.calcul.destinations import masquer, mobile_e164, segments_sms
from draille.moteurs.messages.calcul.mention import (
    composer_mention,
    elements_absents,
    porte_mention,
)
from draille.moteurs.messages.calcul.reprise import attente_minutes
from draille.moteurs.messages.calcul.textes import (
    MENTION,
    Definition,
    Faute,
    Texte,
    controler,
    rendre,
    trous,
)

__all__ = [
    "MENTION",
    "Definition",
    "Faute",
    "Texte",
    "attente_minutes",
    "composer_mention",
    "controler",
    "elements_absents",
    "masquer",
    "mobile_e164",
    "porte_mention",
    "rendre",
    "segments_sms",
    "trous",
]
