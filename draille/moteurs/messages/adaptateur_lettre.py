"""La lettre en PDF d'un message : composée quand on l'envoie ou la demande, pas au dépôt."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from draille.moteurs.messages.calcul import porte_mention
from draille.moteurs.messages.models import Canal, Message
from draille.moteurs.messages.registre import definitions, expediteur
from draille.socle import pdf
from draille.socle.chiffrement import trousseau
from draille.socle.texte import date_moyenne

GABARIT = Path(__file__).with_name("gabarits") / "lettre.typ"
NOM = "lettre.pdf"
PARIS = ZoneInfo("Europe/Paris")


def a_une_lettre(message: Message) -> bool:
    """Vrai si ce message part avec un PDF : tout courrier, et les courriels qui l'ont en pièce."""
    definition = definitions().get(message.modele)
    avec_piece = definition is None or definition.a_piece
    return message.canal == Canal.COURRIER or (message.canal == Canal.COURRIEL and avec_piece)


def lettre(*, message: Message) -> bytes:
    """Le PDF de ce message : celui qui est parti s'il l'est, sinon tel qu'il partirait.

    Lève `Refus('pdf.gabarit')` ou `Refus('chiffrement.illisible')`.
    """
    if message.piece:
        return trousseau().dechiffrer(bytes(message.piece))
    destinataire = message.destination.split("\n")
    if message.canal != Canal.COURRIER:
        destinataire = [message.personne.nom_complet]
    return composer(
        titre=message.sujet,
        contenu=message.contenu,
        destinataire=destinataire,
        instant=message.depose_le,
        reference=f"Référence : {message.modele}, version {message.version}, n° {message.pk}",
    )


def composer(
    *, titre: str, contenu: str, destinataire: list[str], instant: datetime, reference: str
) -> bytes:
    """Le PDF/UA-1 d'un texte rendu : un alinéa par ligne vide, la mention légale à sa place.

    Lève `Refus('pdf.gabarit')`.
    """
    de = expediteur(settings.DRAILLE_DEPARTEMENT)
    alineas = [alinea.split("\n") for alinea in contenu.split("\n\n") if alinea.strip()]
    mentions = [a for a in alineas if porte_mention(" ".join(a))]
    donnees: dict[str, Any] = {
        "titre": titre or "Message",
        "expediteur": {"nom": de.nom, "adresse": list(de.adresse), "telephone": de.telephone},
        "destinataire": destinataire,
        "date": f"Le {date_moyenne(instant.astimezone(PARIS).date())}",
        "alineas": [a for a in alineas if a not in mentions],
        "mention": " ".join(mentions[0]) if mentions else "",
        "signature": de.nom,
        "reference": reference,
        "fictif": settings.DRAILLE_DEMONSTRATION,
    }
    return pdf.composer(gabarit=GABARIT, donnees=donnees, instant=instant)


def tourner_les_cles() -> int:
    """Rechiffre les lettres gardées sous la clé courante ; rend leur nombre."""
    nombre = 0
    for message in Message.objects.exclude(piece=None).only("piece").iterator(chunk_size=200):
        message.piece = trousseau().chiffrer(trousseau().dechiffrer(bytes(message.piece or b"")))
        message.save(update_fields=["piece"])
        nombre += 1
    return nombre
