"""Reprendre un message à la main : le relancer, l'envoyer par courrier, l'annuler."""

import uuid
from datetime import date

from django.db import transaction

from draille.moteurs.messages.adaptateur import ROLES_ECRIRE, sujet
from draille.moteurs.messages.adaptateur_contexte import instant_ouvert
from draille.moteurs.messages.adaptateur_destinations import joindre
from draille.moteurs.messages.adaptateur_lectures import introuvable
from draille.moteurs.messages.journal import Annuler, Relancer
from draille.moteurs.messages.models import Canal, Message
from draille.noyau.journal.actes import consigner
from draille.socle.acces import Acces
from draille.socle.refus import Refus

_ATTEND = (Message.Etat.A_ENVOYER, Message.Etat.ABANDONNE)


@transaction.atomic
def relancer(*, message_id: int, par_courrier: bool = False, par: Acces, le: date) -> Message:
    """Remet un message à envoyer tout de suite, à l'adresse connue aujourd'hui.

    `par_courrier` : un courriel devient une lettre. Un message abandonné prend une nouvelle clé
    d'envoi, faute de quoi le receveur répéterait son refus. Lève `Refus` : `acces.refuse`,
    `messages.` `introuvable`, `deja_parti`, `adresse_absente`, `canal_inconnu`.
    """
    message = _prendre(message_id, par, "relancer un message")
    if message.etat not in _ATTEND:
        raise _deja_parti()
    canal = Canal.COURRIER if par_courrier else Canal(message.canal)
    if par_courrier and message.canal == Canal.SMS:
        raise Refus(
            code="messages.canal_inconnu",
            message="Un SMS ne se change pas en lettre : écrivez-en une depuis le rendez-vous.",
        )
    if message.est_pour_tiers:
        _garder_le_tiers(par_courrier)
    else:
        message.canal, message.destination = joindre(personnes=[message.personne], le=le).choisir(
            personne=message.personne,
            canal=canal,
            admis=list(Canal.values),
            est_algorithmique=message.est_algorithmique,
        )
    if message.etat == Message.Etat.ABANDONNE or par_courrier:
        message.cle_envoi = uuid.uuid4()
    instant = instant_ouvert()
    message.etat = Message.Etat.A_ENVOYER
    message.annule_le = None
    message.relance_a = message.tentatives
    message.prochaine_tentative_le = max(instant, message.a_envoyer_le)
    message.save()
    consigner(charge=Relancer(canal=message.canal), par=par, le=le, sujet=sujet(message))
    return message


@transaction.atomic
def annuler_message(*, message_id: int, par: Acces, le: date) -> Message:
    """Annule un message qui n'est pas parti.

    Lève `Refus` : `acces.refuse`, `messages.introuvable`, `messages.deja_parti`.
    """
    message = _prendre(message_id, par, "annuler un message")
    if message.etat not in _ATTEND:
        raise _deja_parti()
    message.etat = Message.Etat.ANNULE
    message.annule_le = instant_ouvert()
    message.secret = None
    message.save(update_fields=["etat", "annule_le", "secret"])
    charge = Annuler(modele=message.modele, canal=message.canal)
    consigner(charge=charge, par=par, le=le, sujet=sujet(message))
    return message


def _prendre(message_id: int, par: Acces, action: str) -> Message:
    message: Message | None = (
        Message.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne")
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        raise introuvable()
    par.exiger(ROLES_ECRIRE, cle_ligne=message.cle_acces, action=action)
    return message


def _garder_le_tiers(par_courrier: bool) -> None:
    """Un message à un partenaire repart chez lui : jamais à l'adresse de la personne."""
    if par_courrier:
        raise Refus(
            code="messages.canal_inconnu",
            message="Ce message va à un partenaire, avec un lien personnel : il ne s'envoie que "
            "par courriel.",
        )


def _deja_parti() -> Refus:
    return Refus(
        code="messages.deja_parti",
        message="Ce message est parti, ou part en ce moment, ou a été annulé : rien n'a changé. "
        "Rechargez la page pour voir où il en est.",
    )
