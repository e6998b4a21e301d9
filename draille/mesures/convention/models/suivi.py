"""Ce qui fait vivre une convention entre deux textes : délibérations, actions, échéances, valeurs.

Rien de personnel. Rien ne se réécrit : une échéance reportée, une valeur corrigée, sont remplacées
par une autre, qui dit laquelle.
"""

from typing import ClassVar

from django.db import models

from draille.mesures.convention.models.textes import CHIFFRES, DECIMALES, Cadre, Texte, choix
from draille.mesures.convention.regles.suivi import NatureEcheance, Organe, Provenance


class Deliberation(models.Model):
    """Le vote qui autorise à signer un texte, ou qui arrête un rapport."""

    texte = models.ForeignKey(Texte, on_delete=models.PROTECT, related_name="deliberations")
    organe = models.CharField(max_length=24, choices=choix(Organe))
    reference = models.CharField(max_length=80)
    tenue_le = models.DateField()
    objet = models.CharField(max_length=250, blank=True)

    class Meta:
        """Une délibération par texte et référence."""

        ordering: ClassVar = ["tenue_le", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["texte", "reference"], name="deliberation_unique")
        ]

    def __str__(self) -> str:
        return f"{self.reference} du {self.tenue_le}"


class Action(models.Model):
    """Une fiche action : ce que l'on fait pour une ligne, qui la porte, pour combien.

    `montant` nul : non publié. `phrase` et `origine` : d'où elle vient. `inscrite_le` : le jour à
    partir duquel la convention se lit avec elle.
    """

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="actions")
    ligne_code = models.CharField(max_length=60)
    code = models.CharField(max_length=60)
    rang = models.SmallIntegerField()
    libelle = models.CharField(max_length=250)
    porteur = models.CharField(max_length=160, blank=True)
    debut = models.DateField(null=True)
    fin = models.DateField(null=True)
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES, null=True)
    phrase = models.TextField(blank=True)
    origine = models.CharField(max_length=250, blank=True)
    inscrite_le = models.DateField()

    class Meta:
        """Une action par code dans un cadre ; `fin` est exclue."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cadre", "code"], name="action_unique"),
            models.CheckConstraint(
                name="action_montant",
                condition=models.Q(montant__isnull=True) | models.Q(montant__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.libelle


class EcheanceCadre(models.Model):
    """Ce que la convention doit elle-même à une date : rapport, délibération, envoi.

    Un avenant qui la déplace en écrit une autre, qui la remplace ; on lit à une date celles que les
    textes signés ce jour-là fixent. `texte` nul : une date fixée par la loi ou une instruction.
    `tenue_par` : la pièce qui le montre (une délibération, un envoi).
    """

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="echeances")
    texte = models.ForeignKey(Texte, on_delete=models.PROTECT, null=True, related_name="echeances")
    nature = models.CharField(max_length=20, choices=choix(NatureEcheance))
    annee = models.SmallIntegerField()
    libelle = models.CharField(max_length=250)
    avant_le = models.DateField()
    fixee_le = models.DateField()
    remplace = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="remplacee_par"
    )
    reference = models.TextField(blank=True)
    tenue_le = models.DateField(null=True)
    tenue_par = models.CharField(max_length=160, blank=True)

    class Meta:
        """Une échéance n'est remplacée qu'une fois."""

        ordering: ClassVar = ["avant_le", "pk"]

    def __str__(self) -> str:
        return f"{self.libelle} avant le {self.avant_le}"


class Valeur(models.Model):
    """Une valeur qui ne se calcule pas ici : une base, ou un relevé d'une autre source.

    Deux sources d'un même indicateur et d'une même année sont deux valeurs, montrées côte à côte.
    """

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="valeurs")
    ligne_code = models.CharField(max_length=60)
    cible_code = models.CharField(max_length=60)
    annee = models.SmallIntegerField()
    provenance = models.CharField(max_length=20, choices=choix(Provenance))
    est_base = models.BooleanField(default=False)
    valeur = models.DecimalField(max_digits=14, decimal_places=4)
    origine = models.CharField(max_length=250)
    relevee_le = models.DateField()
    remplace = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="remplacee_par"
    )

    class Meta:
        """Triée par cible, année et provenance."""

        ordering: ClassVar = ["ligne_code", "cible_code", "annee", "provenance", "pk"]

    def __str__(self) -> str:
        return f"{self.cible_code} {self.annee} : {self.valeur}"


class Reduction(models.Model):
    """La décision de l'État de réduire ses crédits d'une année, et son motif."""

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="reductions")
    annee = models.SmallIntegerField()
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    motif = models.TextField()
    reference = models.CharField(max_length=160)
    notifiee_le = models.DateField()

    class Meta:
        """Une décision par référence."""

        ordering: ClassVar = ["notifiee_le", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cadre", "reference"], name="reduction_unique"),
            models.CheckConstraint(name="reduction_montant", condition=models.Q(montant__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.montant} € en moins pour {self.annee}"
