"""Lire les messages et leurs preuves, sous les deux murs ; compter la boîte d'envoi."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Prefetch, QuerySet

from draille.moteurs.messages.calcul import masquer
from draille.moteurs.messages.models import Canal, Message, Tentative
from draille.moteurs.messages.registre import definitions
from draille.socle.acces import ROLES_NOMINATIFS, Acces
from draille.socle.refus import Refus


@dataclass(frozen=True, slots=True)
class MessageLu:
    """Un message, ses essais du premier au dernier, et sa destination telle qu'on peut la lire."""

    message: Message
    libelle: str
    destination: str
    essais: tuple[Tentative, ...]

    @property
    def dernier(self) -> Tentative | None:
        """Le dernier essai ; nul si rien n'a été tenté."""
        return self.essais[-1] if self.essais else None


@dataclass(frozen=True, slots=True)
class Compte:
    """Combien de messages dans un état, par canal. Rien de personnel.

    `plus_ancien_le` : l'heure d'envoi la plus ancienne de ceux qui restent à partir.
    """

    canal: str
    etat: str
    nombre: int
    en_peine: int
    plus_ancien_le: datetime | None


def de_la_personne(*, personne_id: int, acces: Acces, limite: int = 50) -> list[MessageLu]:
    """Les messages d'une personne que cet accès ouvre, du plus récent au plus ancien.

    Deux requêtes.
    """
    trouves = _complets(acces).filter(personne_id=personne_id).order_by("-depose_le", "-pk")
    return [_lu(message, acces) for message in trouves[:limite]]


def message(*, message_id: int, acces: Acces) -> MessageLu:
    """Un message et ses preuves. Deux requêtes. Lève `Refus('messages.introuvable')`."""
    trouve = _complets(acces).filter(pk=message_id).first()
    if trouve is None:
        raise introuvable()
    return _lu(trouve, acces)


def boite(*, etats: tuple[str, ...], acces: Acces) -> "QuerySet[Message]":
    """Les messages dans ces états que cet accès ouvre, à paginer : les plus pressés d'abord s'ils
    attendent, les plus récents sinon."""
    attend = Message.Etat.A_ENVOYER in etats
    ordre = ("prochaine_tentative_le", "pk") if attend else ("-depose_le", "-pk")
    return _complets(acces).filter(etat__in=etats).order_by(*ordre)


def lus(*, messages: list[Message], acces: Acces) -> list[MessageLu]:
    """Ces messages (venus de `boite`), prêts à montrer."""
    return [_lu(m, acces) for m in messages]


def comptes() -> list[Compte]:
    """La boîte d'envoi du Département en nombres : l'administrateur la surveille sans rien lire."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT * FROM draille_compter_messages()")
        return [Compte(*ligne) for ligne in curseur.fetchall()]


def non_remis(*, acces: Acces) -> int:
    """Combien de messages abandonnés cet accès ouvre. Une requête."""
    nombre: int = Message.objects.visibles(acces).filter(etat=Message.Etat.ABANDONNE).count()
    return nombre


def introuvable() -> Refus:
    """Le même refus pour un message absent et pour un message fermé à ce lecteur."""
    return Refus(
        code="messages.introuvable", message="Ce message n'existe pas, ou ne vous est pas ouvert."
    )


def _complets(acces: Acces) -> "QuerySet[Message]":
    # La preuve suit le message : ses essais portent la même clé.
    essais = Prefetch(
        "essais", Tentative.objects.visibles(acces).order_by("rang"), to_attr="essais_lus"
    )
    trouves: QuerySet[Message] = (
        Message.objects.visibles(acces)
        .select_related("personne")
        .defer("piece", "personne__nir_chiffre", "personne__recherche")
        .prefetch_related(essais)
    )
    return trouves


def _lu(trouve: Message, acces: Acces) -> MessageLu:
    definition = definitions().get(trouve.modele)
    est_en_clair = acces.a_role_sur(ROLES_NOMINATIFS, trouve.cle_acces)
    return MessageLu(
        message=trouve,
        libelle=definition.libelle if definition else trouve.modele,
        destination=trouve.destination
        if est_en_clair
        else masquer(trouve.destination, Canal(trouve.canal)),
        essais=tuple(getattr(trouve, "essais_lus", ())),
    )
