"""Le parcours : un accompagnement d'une nature donnée, un seul à la fois."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import periode
from draille.socle.donnees import DonneePersonnelle


class Parcours(DonneePersonnelle):
    """Un parcours daté [debut, fin) : `nature` (« rsa »), `type_parcours` selon le régime."""

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="parcours")
    nature = models.CharField(max_length=20)
    type_parcours = models.CharField(max_length=40)
    rang = models.SmallIntegerField(default=1)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Un seul parcours d'une nature à la fois ; les rangs se suivent."""

        app_label = "noyau"
        constraints = [
            ExclusionConstraint(
                name="parcours_un_a_la_fois",
                expressions=[
                    ("personne", RangeOperators.EQUAL),
                    ("nature", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                fields=["personne", "nature", "rang"], name="parcours_rang_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"parcours {self.nature} de rang {self.rang}"
