"""Les tables du partage : partenaires, consentements, orientations, liens de réponse.

Une orientation porte deux clés : celle du Département, qui suit la personne, et celle du
partenaire, tant que la personne consent. Retirer le consentement ôte la seconde et efface ce qui
était transmis.
"""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from draille.noyau.organisation.models import Organisation
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Role
from draille.socle.donnees import DonneePersonnelle, VisiblesQuerySet


class Partenaire(models.Model):
    """Une organisation à qui l'on peut orienter. `courriel` : où va le lien de réponse signé."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    courriel = models.EmailField(blank=True)
    telephone = models.CharField(max_length=20, blank=True)
    besoins = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    est_fictif = models.BooleanField(default=False, db_default=False)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.organisation.nom


class Consentement(DonneePersonnelle):
    """La personne accepte que ceci parte chez ce partenaire. Révocable à tout moment.

    `portee` : les seules choses transmises, parmi `calcul.PORTEES` (nom, telephone, courriel,
    commune, besoins, message).
    """

    class Forme(models.TextChoices):
        """Comment il a été recueilli."""

        ORAL = "oral", "Dit, en présence de l'agent"
        ECRIT = "ecrit", "Écrit et signé"
        TELEPHONE = "telephone", "Dit au téléphone"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    partenaire = models.ForeignKey(Partenaire, on_delete=models.PROTECT, related_name="+")
    portee = ArrayField(models.CharField(max_length=12))
    forme = models.CharField(max_length=10, choices=Forme)
    recueilli_le = models.DateField()
    agent_id = models.BigIntegerField(null=True)
    retire_le = models.DateField(null=True)

    class Meta:
        """Un seul consentement vivant par personne et partenaire."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["personne", "partenaire"],
                condition=Q(retire_le__isnull=True),
                name="partage_un_consentement",
            )
        ]

    def __str__(self) -> str:
        return f"consentement {self.pk}"


class OrientationQuerySet(VisiblesQuerySet):
    """Les orientations, ouvertes par l'une de leurs deux clés."""

    def visibles(self, acces: Acces) -> Self:
        """Ne garde que celles que cet accès ouvre, du côté du Département ou du partenaire."""
        departement: Any = self.du_departement(acces)
        return self.filter(
            Q(pk__in=departement.values("pk")) | Q(cle_partenaire__in=list(acces.cles))
        )

    def du_departement(self, acces: Acces) -> Self:
        """Ne garde que celles dont cet accès suit la personne."""
        return super().visibles(acces)

    def chez_le_partenaire(self, acces: Acces) -> Self:
        """Ne garde que celles qui sont adressées à l'organisation de cet accès, avec accord."""
        return self.filter(cle_partenaire__in=list(acces.parmi((Role.PARTENAIRE,)).cles))


class Orientation(DonneePersonnelle):
    """Une personne adressée à un partenaire ou à un lieu, avec une limite et une issue.

    `cle_partenaire` : la clé ouverte chez le partenaire, nulle sans consentement. `transmis` : ce
    que le partenaire lit de la personne, dans la portée du consentement ; nul sans lui.
    `point_id` : la fiche de l'annuaire, s'il y en a une ; `destination` : son nom ce jour-là.
    `origine_id` : l'accueil dont elle vient. `avant_le` : quand la réponse est attendue, inclus.
    `revue_le` : quand le Département a pris acte d'une orientation revenue sans avoir abouti.
    """

    class Statut(models.TextChoices):
        """Où en est l'orientation."""

        ENVOYEE = "envoyee", "Envoyée"
        ACCEPTEE = "acceptee", "Acceptée"
        RECUE = "recue", "Personne reçue"
        EN_COURS = "en_cours", "Accompagnement en cours"
        TERMINEE = "terminee", "Terminée"
        REFUSEE = "refusee", "Refusée"
        PERDUE = "perdue", "Sans nouvelles"
        RETIREE = "retiree", "Consentement retiré"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    partenaire = models.ForeignKey(
        Partenaire, on_delete=models.PROTECT, null=True, related_name="orientations"
    )
    consentement = models.ForeignKey(
        Consentement, on_delete=models.PROTECT, null=True, related_name="orientations"
    )
    cle_partenaire = models.IntegerField(null=True, db_index=True)
    transmis = models.JSONField(null=True)
    point_id = models.BigIntegerField(null=True)
    destination = models.CharField(max_length=200)
    besoins = ArrayField(models.CharField(max_length=30), default=list)
    origine_id = models.BigIntegerField(null=True)
    agent_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    envoyee_le = models.DateField()
    avant_le = models.DateField()
    statut = models.CharField(
        max_length=10, choices=Statut, default=Statut.ENVOYEE, db_default="envoyee"
    )
    suite_le = models.DateField(null=True)
    motif_refus = models.CharField(max_length=30, blank=True, db_default="")
    nouvelles = models.CharField(max_length=300, blank=True, db_default="")
    relances = models.PositiveSmallIntegerField(default=0, db_default=0)
    relancee_le = models.DateField(null=True)
    revue_le = models.DateField(null=True)

    objects: ClassVar[Any] = OrientationQuerySet.as_manager()

    class Meta:
        """Rien chez le partenaire sans consentement ; un refus a son motif."""

        indexes: ClassVar = [
            models.Index(fields=["personne"], name="partage_orientation_personne"),
            models.Index(fields=["statut", "avant_le"], name="partage_orientation_suite"),
            models.Index(fields=["origine_id"], name="partage_orientation_origine"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="partage_rien_sans_consentement",
                condition=Q(cle_partenaire__isnull=True, transmis__isnull=True)
                | Q(consentement__isnull=False, partenaire__isnull=False),
            ),
            models.CheckConstraint(
                name="partage_refus_motive",
                condition=~Q(statut="refusee") | ~Q(motif_refus=""),
            ),
            models.CheckConstraint(
                name="partage_retiree_fermee",
                condition=~Q(statut="retiree")
                | Q(cle_partenaire__isnull=True, transmis__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"orientation {self.pk} ({self.statut})"


class LienReponse(DonneePersonnelle):
    """Le lien de réponse envoyé par courriel : une seule orientation, jusqu'à `expire_le` inclus.

    `empreinte` : SHA-256 du jeton. Le jeton lui-même n'est écrit nulle part.
    """

    orientation = models.ForeignKey(Orientation, on_delete=models.PROTECT, related_name="liens")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    empreinte = models.BinaryField(unique=True, max_length=32)
    cree_le = models.DateField()
    expire_le = models.DateField()
    ferme_le = models.DateField(null=True)

    def __str__(self) -> str:
        return f"lien {self.pk} de l'orientation {self.orientation_id}"
