"""Les tables du PDI. Rien de personnel : un programme public, ses actions, ses délibérations."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from draille.ecrans.arbre import GenreAppui
from draille.mesures.pdi.regles import GenreDeliberation


class Prouvee(models.Model):
    """Ce qui vient d'une phrase publiée, et de quelle page ; vides, cela n'en vient pas."""

    phrase = models.TextField(blank=True)
    source = models.CharField(max_length=250, blank=True)
    datee = models.CharField(max_length=120, blank=True)

    class Meta:
        """Classe de base, sans table."""

        abstract = True


class Programme(Prouvee):
    """Un programme sur [debut, fin)."""

    departement = models.CharField(max_length=3)
    code = models.CharField(max_length=60)
    titre = models.CharField(max_length=200)
    debut = models.DateField()
    fin = models.DateField()
    mention = models.TextField(blank=True)

    class Meta:
        """Un programme par code et Département ; il finit après avoir commencé."""

        ordering: ClassVar = ["debut"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["departement", "code"], name="pdi_unique"),
            models.CheckConstraint(name="pdi_periode", condition=Q(fin__gt=F("debut"))),
        ]

    def __str__(self) -> str:
        return self.titre


class DeliberationAnnuelle(models.Model):
    """Ce que l'assemblée doit une année. `avant_le` : le dernier jour à temps."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="annees")
    annee = models.SmallIntegerField()
    avant_le = models.DateField()

    class Meta:
        """Une par année."""

        ordering: ClassVar = ["annee"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "annee"], name="pdi_une_par_an")
        ]

    def __str__(self) -> str:
        return f"PDI {self.annee}"


class Deliberation(models.Model):
    """Une délibération prise. `annuelle` nulle : adoptée avant la première année du programme."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="deliberations")
    annuelle = models.ForeignKey(
        DeliberationAnnuelle, on_delete=models.PROTECT, null=True, related_name="prises"
    )
    genre = models.CharField(
        max_length=15, choices=[(g.value, g.libelle) for g in GenreDeliberation]
    )
    deliberee_le = models.DateField()
    reference = models.CharField(max_length=200)
    note = models.TextField(blank=True)

    class Meta:
        """Un programme ne s'adopte qu'une fois."""

        ordering: ClassVar = ["deliberee_le", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(genre=GenreDeliberation.ADOPTION.value),
                name="pdi_adopte_une_fois",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class AxePdi(Prouvee):
    """Un axe de travail."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="axes")
    rang = models.SmallIntegerField()
    code = models.CharField(max_length=60)
    libelle = models.CharField(max_length=200)

    class Meta:
        """Un axe par code et programme."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "code"], name="pdi_axe_unique")
        ]

    def __str__(self) -> str:
        return self.libelle


class ActionPdi(Prouvee):
    """Une action en vigueur sur [debut, fin) ; une action retirée prend sa fin, sans s'effacer."""

    axe = models.ForeignKey(AxePdi, on_delete=models.PROTECT, related_name="actions")
    rang = models.SmallIntegerField()
    code = models.CharField(max_length=60)
    libelle = models.CharField(max_length=200)
    debut = models.DateField()
    fin = models.DateField(null=True)
    ajoutee_par = models.ForeignKey(
        Deliberation, on_delete=models.PROTECT, null=True, related_name="ajoutees"
    )

    class Meta:
        """Une action par code et axe."""

        ordering: ClassVar = ["rang", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["axe", "code"], name="pdi_action_unique"),
            models.CheckConstraint(
                name="pdi_action_periode", condition=Q(fin__isnull=True) | Q(fin__gte=F("debut"))
            ),
        ]

    def __str__(self) -> str:
        return self.libelle


class AppuiPdi(models.Model):
    """Ce sur quoi une action repose dans le produit, par genre et code."""

    action = models.ForeignKey(ActionPdi, on_delete=models.PROTECT, related_name="appuis")
    genre = models.CharField(max_length=12, choices=[(g.value, g.value) for g in GenreAppui])
    code = models.CharField(max_length=80)
    libelle = models.CharField(max_length=160, blank=True)

    class Meta:
        """Dans l'ordre du texte."""

        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.genre} {self.code}"
