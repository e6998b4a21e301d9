"""Les tables du premier accueil : l'accueil, ses besoins, ses réponses, ses notes.

Un accueil anonyme ne garde rien qui dise qui est venu : la base le refuse, comme l'écran.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from draille.moteurs.annuaire.models import Point
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle.donnees import DonneePersonnelle


class Accueil(DonneePersonnelle):
    """Une personne reçue, une fois. `cle_acces` : social × commune de la personne, ou du lieu.

    `paroles` : ce qu'elle demande, dans ses mots ; vide quand l'accueil est anonyme. `suite` : ce
    qui est convenu ; `suite_le`, pour quand. `envoi` : l'identifiant donné par l'appareil, pour
    qu'un envoi répété n'écrive qu'un accueil. `heure` : de Paris, à l'arrivée ; nulle si anonyme.
    """

    class Identite(models.TextChoices):
        """Ce qu'on sait de qui est venu."""

        CONNUE = "connue", "Personne connue"
        NOUVELLE = "nouvelle", "Nouvelle personne"
        ANONYME = "anonyme", "Anonyme"

    class Venue(models.TextChoices):
        """Attendue ou non."""

        SPONTANEE = "spontanee", "Spontanée"
        PREVUE = "prevue", "Prévue"

    class Canal(models.TextChoices):
        """Comment elle a été reçue."""

        GUICHET = "guichet", "Au guichet"
        TELEPHONE = "telephone", "Au téléphone"
        VISITE = "visite", "À domicile"
        ALLER_VERS = "aller_vers", "Aller vers"
        BUS = "bus", "Bus itinérant"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, null=True, related_name="+")
    identite = models.CharField(max_length=8, choices=Identite)
    venue = models.CharField(max_length=10, choices=Venue)
    canal = models.CharField(max_length=10, choices=Canal)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, null=True, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, related_name="+")
    le = models.DateField()
    heure = models.TimeField(null=True)
    paroles = models.CharField(max_length=600, blank=True, db_default="")
    suite = models.CharField(max_length=300, blank=True, db_default="")
    suite_le = models.DateField(null=True)
    agent_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    envoi = models.UUIDField(unique=True)
    ligne_id = models.BigIntegerField(null=True)

    class Meta:
        """Anonyme : ni personne, ni heure, ni mots, ni suite écrite."""

        indexes: ClassVar = [
            models.Index(fields=["personne", "-le"], name="accueil_personne"),
            models.Index(fields=["le"], name="accueil_jour"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accueil_anonyme_sans_trace",
                condition=Q(
                    identite="anonyme",
                    personne__isnull=True,
                    heure__isnull=True,
                    paroles="",
                    suite="",
                    suite_le__isnull=True,
                )
                | (~Q(identite="anonyme") & Q(personne__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"accueil {self.pk} du {self.le:%d/%m/%Y}"


class Besoin(DonneePersonnelle):
    """Un besoin exprimé pendant l'accueil : un code de la taxonomie, dans l'ordre dit."""

    accueil = models.ForeignKey(Accueil, on_delete=models.PROTECT, related_name="besoins")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=30)
    rang = models.PositiveSmallIntegerField()

    class Meta:
        """Un besoin ne se dit qu'une fois par accueil."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["accueil", "code"], name="accueil_besoin_unique")
        ]

    def __str__(self) -> str:
        return self.code


class Reponse(DonneePersonnelle):
    """Ce qui a été répondu tout de suite. `point` : le lieu indiqué, s'il y en a un."""

    class Genre(models.TextChoices):
        """Ce qu'on a fait."""

        INFORMATION = "information", "Information, conseil"
        DROITS = "droits", "Ouverture ou vérification de droits"
        AIDE_URGENCE = "aide_urgence", "Aide d'urgence"
        FORMULAIRE = "formulaire", "Formulaire rempli avec la personne"
        RENDEZ_VOUS = "rendez_vous", "Rendez-vous pris"
        LIEU_INDIQUE = "lieu_indique", "Lieu indiqué"
        ORIENTATION = "orientation", "Orientation suivie vers un partenaire"

    accueil = models.ForeignKey(Accueil, on_delete=models.PROTECT, related_name="reponses")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, null=True, related_name="+")
    genre = models.CharField(max_length=12, choices=Genre)
    besoin = models.CharField(max_length=30, blank=True, db_default="")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, null=True, related_name="+")
    orientation_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.genre


class Note(DonneePersonnelle):
    """Une note sur une personne. `cle_acces` : un compartiment × sa commune, partagée avec ceux qui
    l'ouvrent ; ou la clé personnelle de l'auteur, qui est alors seul à la lire.
    """

    accueil = models.ForeignKey(Accueil, on_delete=models.PROTECT, null=True, related_name="notes")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    agent_id = models.BigIntegerField(null=True)
    le = models.DateField()
    texte = models.CharField(max_length=2000)
    est_privee = models.BooleanField()

    def __str__(self) -> str:
        return f"note {self.pk}"
