"""Communes, et territoires qui les regroupent : Département, secteur, EPCI, canton. Datés."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models


class PeriodeSql(models.Func):
    """La période semi-ouverte [debut, fin) d'une ligne, `fin` nulle valant « en cours »."""

    function = "DATERANGE"
    output_field = DateRangeField()


def periode() -> PeriodeSql:
    """L'expression à donner à une contrainte d'exclusion sur `debut` et `fin`."""
    return PeriodeSql("debut", "fin", RangeBoundary())


class Commune(models.Model):
    """Une commune du Département. `id` entre 1 et 99 998 : il entre dans les clés d'accès.

    `latitude`, `longitude` : la mairie (WGS 84, degrés). `surface_km2` : du contour, en km².
    """

    id = models.AutoField(primary_key=True)
    code_insee = models.CharField(max_length=5, unique=True)
    nom = models.CharField(max_length=80)
    population = models.IntegerField(null=True)
    codes_postaux = models.CharField(max_length=60, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    surface_km2 = models.FloatField(null=True)

    class Meta:
        """Les identifiants sont bornés, parce qu'une clé d'accès les contient."""

        app_label = "noyau"
        constraints = [
            models.CheckConstraint(
                name="commune_id_borne", condition=models.Q(id__gt=0, id__lt=99_999)
            )
        ]

    def __str__(self) -> str:
        return self.nom


class ContourCommune(models.Model):
    """Le contour simplifié d'une commune, pour les cartes : une géométrie GeoJSON (WGS 84)."""

    commune = models.OneToOneField(Commune, on_delete=models.CASCADE, related_name="contour")
    geometrie = models.JSONField()

    class Meta:
        """Table du noyau."""

        app_label = "noyau"

    def __str__(self) -> str:
        return f"contour de {self.commune_id}"


class Territoire(models.Model):
    """Un regroupement de communes qui porte un nom, pour un temps."""

    class Nature(models.TextChoices):
        """Les natures de territoire que l'on connaît."""

        DEPARTEMENT = "departement", "Département"
        SECTEUR = "secteur", "Secteur du Département"
        EPCI = "epci", "Intercommunalité"
        CANTON = "canton", "Canton"
        COMMUNE = "commune", "Commune"

    nature = models.CharField(max_length=12, choices=Nature)
    code = models.CharField(max_length=20)
    nom = models.CharField(max_length=120)
    est_fictif = models.BooleanField(default=False)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)
    communes = models.ManyToManyField(Commune, through="TerritoireCommune")

    class Meta:
        """Un code ne désigne qu'un territoire à la fois."""

        app_label = "noyau"
        constraints = [
            ExclusionConstraint(
                name="territoire_un_a_la_fois",
                expressions=[
                    ("nature", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.nom


class TerritoireCommune(models.Model):
    """Une commune dans un territoire, pour un temps."""

    territoire = models.ForeignKey(Territoire, on_delete=models.CASCADE)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT)
    nature = models.CharField(max_length=12, choices=Territoire.Nature)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Une commune n'est que dans un territoire de chaque nature à la fois."""

        app_label = "noyau"
        constraints = [
            ExclusionConstraint(
                name="commune_un_territoire_par_nature",
                expressions=[
                    ("commune", RangeOperators.EQUAL),
                    ("nature", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune} dans {self.territoire}"
