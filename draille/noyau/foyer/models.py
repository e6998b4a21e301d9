"""Le foyer, et qui en fait partie, quand, à quel titre."""

from django.db import models

from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle.donnees import DonneePersonnelle


class Foyer(DonneePersonnelle):
    """Un foyer tel qu'un organisme le connaît. `reference` : organisme, numéro et matricule."""

    reference = models.CharField(max_length=60, unique=True)
    matricule = models.CharField(max_length=20, db_index=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True)
    adresse = models.CharField(max_length=200, blank=True, db_default="")
    code_postal = models.CharField(max_length=5, blank=True, db_default="")
    commune_nom = models.CharField(max_length=60, blank=True, db_default="")
    est_sans_domicile = models.BooleanField(default=False, db_default=False)
    situation_familiale = models.CharField(max_length=3, blank=True, db_default="")

    class Meta:
        """Table du noyau."""

        app_label = "noyau"

    def __str__(self) -> str:
        return self.reference


class MembreFoyer(DonneePersonnelle):
    """Une personne dans un foyer, à un titre, pour un temps [debut, fin)."""

    class Role(models.TextChoices):
        """Rôle dans la prestation (ROLEPERS)."""

        DEMANDEUR = "DEM", "Demandeur"
        CONJOINT = "CJT", "Conjoint"
        ENFANT = "ENF", "Enfant"
        RESPONSABLE = "RDO", "Responsable du dossier"
        AUTRE = "AUT", "Autre"

    foyer = models.ForeignKey(Foyer, on_delete=models.PROTECT, related_name="membres")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="foyers")
    role = models.CharField(max_length=3, choices=Role)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Une personne n'est qu'une fois à la fois dans un foyer."""

        app_label = "noyau"
        constraints = [
            models.UniqueConstraint(
                fields=["foyer", "personne"],
                condition=models.Q(fin__isnull=True),
                name="membre_une_fois_a_la_fois",
            )
        ]

    def __str__(self) -> str:
        return f"membre {self.pk} du foyer {self.foyer_id}"
