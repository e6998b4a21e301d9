"""Les tables du schéma. Rien de personnel : des textes publics, des actions, des phrases.

Une version inscrite ne se réécrit pas : une révision s'ajoute, avec ses propres axes et actions.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from draille.ecrans.arbre import GenreAppui
from draille.mesures.schema_solidarites.regles import GenreObjectif, Rattachement

CHIFFRES, DECIMALES = 14, 2


class Prouvee(models.Model):
    """Ce qui vient d'une phrase publiée, et de quelle page ; vides, cela n'en vient pas."""

    phrase = models.TextField(blank=True)
    source = models.CharField(max_length=250, blank=True)
    datee = models.CharField(max_length=120, blank=True)

    class Meta:
        """Classe de base, sans table."""

        abstract = True


class Schema(Prouvee):
    """Un schéma. [debut, fin) : sa durée ; nulle, elle n'est pas publiée ni saisie."""

    departement = models.CharField(max_length=3)
    code = models.CharField(max_length=60)
    titre = models.CharField(max_length=200)
    debut = models.DateField(null=True)
    fin = models.DateField(null=True)
    duree_deliberation = models.CharField(max_length=200, blank=True)
    mention = models.TextField(blank=True)

    class Meta:
        """Un schéma par code et Département ; il finit après avoir commencé."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["departement", "code"], name="schema_unique"),
            models.CheckConstraint(
                name="schema_periode", condition=Q(fin__isnull=True) | Q(fin__gt=F("debut"))
            ),
        ]

    def __str__(self) -> str:
        return self.titre


class Version(models.Model):
    """Un état du schéma. `adoptee_le` nulle : non publiée."""

    schema = models.ForeignKey(Schema, on_delete=models.PROTECT, related_name="versions")
    rang = models.SmallIntegerField()
    titre = models.CharField(max_length=200)
    adoptee_le = models.DateField(null=True)
    deliberation = models.CharField(max_length=200, blank=True)
    motif = models.TextField(blank=True)

    class Meta:
        """Les versions se suivent ; hors la première, chacune a sa date."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schema", "rang"], name="schema_version_rang"),
            models.CheckConstraint(
                name="schema_version_datee", condition=Q(rang=0) | Q(adoptee_le__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.titre


class Axe(Prouvee):
    """Un axe d'une version."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="axes")
    rang = models.SmallIntegerField()
    code = models.CharField(max_length=60)
    libelle = models.CharField(max_length=200)

    class Meta:
        """Un axe par code et version."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "code"], name="schema_axe_unique")
        ]

    def __str__(self) -> str:
        return self.libelle


class ActionSchema(Prouvee):
    """Une action d'un axe. `rattachement` : qui dit qu'elle en relève."""

    axe = models.ForeignKey(Axe, on_delete=models.PROTECT, related_name="actions")
    rang = models.SmallIntegerField()
    code = models.CharField(max_length=60)
    libelle = models.CharField(max_length=200)
    rattachement = models.CharField(
        max_length=10, choices=[(r.value, r.value) for r in Rattachement]
    )

    class Meta:
        """Une action par code et axe."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["axe", "code"], name="schema_action_unique")
        ]

    def __str__(self) -> str:
        return self.libelle


class Objectif(Prouvee):
    """Ce qu'une action promet ; base et échéance nulles : non publiées."""

    action = models.ForeignKey(ActionSchema, on_delete=models.PROTECT, related_name="objectifs")
    code = models.CharField(max_length=60)
    libelle = models.CharField(max_length=200)
    genre = models.CharField(max_length=20, choices=[(g.value, g.value) for g in GenreObjectif])
    valeur = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES, null=True)
    valeur_max = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES, null=True)
    unite = models.CharField(max_length=40, blank=True)
    annee_base = models.SmallIntegerField(null=True)
    echeance_annee = models.SmallIntegerField(null=True)

    class Meta:
        """Dans l'ordre du texte."""

        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.libelle


class Engagement(Prouvee):
    """Ce qu'un financeur engage pour une action, en euros. `convention` : où il se suit."""

    action = models.ForeignKey(ActionSchema, on_delete=models.PROTECT, related_name="engagements")
    financeur = models.CharField(max_length=160)
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    convention = models.CharField(max_length=60, blank=True)

    class Meta:
        """Dans l'ordre du texte ; un montant n'est pas négatif."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="schema_engagement_positif", condition=Q(montant__gte=0))
        ]

    def __str__(self) -> str:
        return f"{self.financeur} : {self.montant} euros"


class Appui(models.Model):
    """Ce sur quoi une action repose dans le produit, par genre et code."""

    action = models.ForeignKey(ActionSchema, on_delete=models.PROTECT, related_name="appuis")
    genre = models.CharField(max_length=12, choices=[(g.value, g.value) for g in GenreAppui])
    code = models.CharField(max_length=80)
    libelle = models.CharField(max_length=160, blank=True)

    class Meta:
        """Dans l'ordre du texte."""

        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.genre} {self.code}"


class Critere(models.Model):
    """Ce qui dira si l'axe a réussi."""

    axe = models.ForeignKey(Axe, on_delete=models.PROTECT, related_name="criteres")
    code = models.CharField(max_length=60)
    libelle = models.CharField(max_length=200)
    genre = models.CharField(max_length=12, choices=[(g.value, g.value) for g in GenreAppui])
    appui = models.CharField(max_length=80)

    class Meta:
        """Dans l'ordre du texte."""

        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.libelle
