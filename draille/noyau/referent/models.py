"""Qui accompagne la personne : le référent unique, et le référent de parcours qu'elle choisit."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import periode
from draille.socle.donnees import DonneePersonnelle


class Referent(DonneePersonnelle):
    """Une désignation datée [debut, fin)."""

    class Nature(models.TextChoices):
        """CASF L262-27 pour l'un ; stratégie pauvreté pour l'autre."""

        UNIQUE = "unique", "Référent unique"
        PARCOURS = "parcours", "Référent de parcours"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="referents")
    nature = models.CharField(max_length=10, choices=Nature)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Un seul de chaque nature à la fois."""

        app_label = "noyau"
        constraints = [
            ExclusionConstraint(
                name="referent_un_a_la_fois",
                expressions=[
                    ("personne", RangeOperators.EQUAL),
                    ("nature", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.pk}"
