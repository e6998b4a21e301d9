"""Les messages à envoyer et leurs preuves ; les modèles que le Département modifie.

La boîte d'envoi est transactionnelle : un message naît dans la transaction de l'acte qui le
demande, et n'est envoyé qu'après validation.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from draille.noyau.personne.models import Personne
from draille.socle.donnees import DonneePersonnelle


class Canal(models.TextChoices):
    """Par où passe un message."""

    COURRIER = "courrier", "Courrier"
    COURRIEL = "courriel", "Courriel"
    SMS = "sms", "SMS"


class ModeleMessage(models.Model):
    """Une version datée d'un modèle ; en changer, c'est en écrire une autre.

    `corps` : du texte à trous (`{{ prenom }}`), un alinéa par ligne vide. `est_algorithmique` : le
    message porte une décision préparée par un calcul ; il doit contenir `{{ mention_algorithme }}`.
    """

    code = models.CharField(max_length=60)
    canal = models.CharField(max_length=10, choices=Canal)
    version = models.PositiveSmallIntegerField()
    libelle = models.CharField(max_length=120)
    sujet = models.CharField(max_length=160, blank=True)
    corps = models.TextField()
    est_algorithmique = models.BooleanField(default=False)
    du = models.DateField()
    agent_id = models.BigIntegerField(null=True)

    class Meta:
        """Les versions d'un modèle se suivent."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "canal", "version"], name="modele_version"),
            models.CheckConstraint(
                name="modele_mention_algorithme",
                condition=Q(est_algorithmique=False)
                | Q(corps__contains="{{ mention_algorithme }}"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.libelle} ({self.canal}), version {self.version}"


class Message(DonneePersonnelle):
    """Un message à une personne : ce qui est dit, par où, quand l'envoyer, ce qu'il est devenu.

    `cle_envoi` : l'identifiant unique donné au receveur (Message-ID, Idempotency-Key), qui lui
    permet d'écarter un second envoi. `objet_id` : ce dont il parle (un rendez-vous, une entrée).
    `contenu` : ce qui a été rendu, gardé comme preuve. `piece` : le PDF envoyé, chiffré au repos,
    composé au premier envoi. `prochaine_tentative_le` : quand l'envoyer ; pendant un envoi, la fin
    du bail, après quoi un autre expéditeur le reprend. `annule_le` : demandé, même si l'envoi était
    en cours. `relance_a` : les tentatives déjà faites quand quelqu'un l'a relancé.
    `est_pour_tiers` : écrit à un partenaire au sujet de la personne, jamais à elle. `secret` : le
    lien personnel qu'il porte, chiffré, hors de `contenu` ; effacé dès qu'il est parti.
    """

    class Etat(models.TextChoices):
        """Où en est le message."""

        A_ENVOYER = "a_envoyer", "À envoyer"
        EN_COURS = "en_cours", "Envoi en cours"
        REMIS = "remis", "Remis"
        ABANDONNE = "abandonne", "Non remis"
        ANNULE = "annule", "Annulé avant l'envoi"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="messages")
    canal = models.CharField(max_length=10, choices=Canal)
    modele = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    objet_id = models.BigIntegerField(null=True)
    destination = models.CharField(max_length=500)
    sujet = models.CharField(max_length=160, blank=True)
    contenu = models.TextField()
    piece = models.BinaryField(null=True)
    piece_nom = models.CharField(max_length=80, blank=True)
    calendrier = models.TextField(blank=True)
    a_mention = models.BooleanField(default=False)
    est_algorithmique = models.BooleanField(default=False)
    est_pour_tiers = models.BooleanField(default=False, db_default=False)
    secret = models.BinaryField(null=True)
    cle_envoi = models.UUIDField(unique=True)
    etat = models.CharField(max_length=10, choices=Etat, default=Etat.A_ENVOYER)
    depose_le = models.DateTimeField()
    a_envoyer_le = models.DateTimeField()
    prochaine_tentative_le = models.DateTimeField()
    tentatives = models.PositiveSmallIntegerField(default=0)
    relance_a = models.PositiveSmallIntegerField(default=0, db_default=0)
    pris_le = models.DateTimeField(null=True)
    remis_le = models.DateTimeField(null=True)
    annule_le = models.DateTimeField(null=True)
    agent_id = models.BigIntegerField(null=True)

    class Meta:
        """Les messages dus se trouvent d'abord ; la mention légale est tenue par la base."""

        indexes: ClassVar = [
            models.Index(
                fields=["prochaine_tentative_le"],
                condition=Q(etat__in=["a_envoyer", "en_cours"]),
                name="message_du",
            ),
            models.Index(fields=["personne", "-depose_le"], name="message_personne"),
            models.Index(fields=["objet_id", "modele"], name="message_objet"),
            models.Index(fields=["etat", "-depose_le"], name="message_etat"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_mention_algorithme",
                condition=Q(est_algorithmique=False)
                | Q(
                    a_mention=True,
                    contenu__contains="L. 311-3-1",
                )
                & Q(contenu__contains="R. 311-3-1-1")
                & Q(contenu__contains="traitement algorithmique")
                & Q(contenu__contains="accès aux documents administratifs"),
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} par {self.canal}"


class Tentative(DonneePersonnelle):
    """Un envoi tenté : quand, vers où, ce qui a été répondu. La preuve ; ajout seul.

    `motif` : un code stable en cas d'échec (voir `adaptateur_canaux`). `empreinte` : SHA-256 de la
    pièce envoyée, en hexadécimal.
    """

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="essais")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    rang = models.PositiveSmallIntegerField()
    le = models.DateTimeField()
    destination = models.CharField(max_length=500)
    est_reussie = models.BooleanField()
    reponse = models.CharField(max_length=300)
    motif = models.CharField(max_length=30, blank=True, db_default="")
    cle_envoi = models.UUIDField(null=True)
    empreinte = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        """Une seule tentative par rang."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "rang"], name="tentative_rang"),
        ]

    def __str__(self) -> str:
        return f"tentative {self.rang} du message {self.message_id}"
