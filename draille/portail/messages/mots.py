"""Les mots d'un message : son état, pourquoi il n'est pas arrivé."""

from draille.moteurs.messages.models import Message
from draille.moteurs.messages.registre import definitions

_ETATS = {
    Message.Etat.A_ENVOYER: ("À envoyer", "eau"),
    Message.Etat.EN_COURS: ("Envoi en cours", "eau"),
    Message.Etat.REMIS: ("Remis", "pature"),
    Message.Etat.ABANDONNE: ("Non remis", "tuile"),
    Message.Etat.ANNULE: ("Annulé", "pierre"),
}
_MOTIFS = {
    "interrompu": "l'envoi a été interrompu, puis repris",
    "destination_refusee": "le receveur ne connaît pas cette adresse ou ce numéro",
    "receveur_occupe": "le receveur était occupé",
    "receveur_injoignable": "le receveur n'a pas répondu",
    "receveur_absent": "aucun receveur n'est réglé sur ce serveur",
    "jeton_refuse": "la passerelle SMS a refusé le jeton de ce serveur",
    "dossier_indisponible": "le dossier du bureau d'ordre n'a pas pu être écrit",
    "reponse_inattendue": "la réponse du receveur n'est pas celle qu'on attendait",
    "imprevu": "une erreur imprévue, à signaler à l'administrateur",
    "pdf.gabarit": "la lettre n'a pas pu être composée",
    "chiffrement.illisible": "la lettre gardée ne s'ouvre avec aucune clé",
}
# Les charges du journal, dites en français.
MOTS = {
    "modele": "modèle",
    "courrier": "courrier",
    "courriel": "courriel",
    "sms": "SMS",
    "tentative": "essai",
    "tentatives": "essais",
    **{d.code: d.libelle[0].lower() + d.libelle[1:] for d in definitions().values()},
}


def etat_en_mots(message: Message) -> tuple[str, str]:
    """L'état d'un message et son ton."""
    if message.etat == Message.Etat.A_ENVOYER and message.tentatives > message.relance_a:
        return "Nouvel essai prévu", "genet"
    return _ETATS[Message.Etat(message.etat)]


def motif_en_mots(motif: str) -> str:
    """Pourquoi un essai n'a pas abouti ; vide s'il a abouti."""
    return _MOTIFS.get(motif, motif.replace("_", " "))
