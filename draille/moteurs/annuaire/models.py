"""Les tables de l'annuaire : structures, points d'accueil, horaires, services, imports, campagnes.

Rien n'y parle d'une personne accueillie : ces tables n'ont pas de mur. Chaque écriture est un acte.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from draille.noyau.organisation.models import Organisation
from draille.noyau.territoire.models import Commune


class Source(models.TextChoices):
    """D'où vient une fiche."""

    SAISIE = "saisie", "Saisie dans Draille"
    DATA_INCLUSION = "data_inclusion", "data·inclusion"
    FRANCE_SERVICES = "france_services", "Liste France services"
    MEDIATION_NUMERIQUE = "mediation_numerique", "Médiation numérique"
    TABLEUR = "tableur", "Tableur"


class Structure(models.Model):
    """Qui tient un ou plusieurs points. `organisation` : celle de ses agents dans Draille.

    `est_departement` faux : une structure hors Département, comptée comme engagée.
    """

    nom = models.CharField(max_length=200)
    siret = models.CharField(max_length=14, blank=True, db_default="")
    est_departement = models.BooleanField(default=False, db_default=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """Un SIRET ne désigne qu'une structure."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["siret"], condition=~Q(siret=""), name="annuaire_siret_unique"
            )
        ]

    def __str__(self) -> str:
        return self.nom


class Point(models.Model):
    """Un lieu où l'on reçoit. Position WGS 84 en degrés ; `commune` nulle hors du Département.

    `besoins` : codes de la taxonomie (`besoins.yaml`) que l'on y prend. `est_premier_accueil` : il
    tient le premier accueil social inconditionnel, et compte dans la couverture. [debut, fin) : son
    existence. `confirme_le` : la dernière fois que quelqu'un a dit la fiche exacte.
    """

    class Genre(models.TextChoices):
        """Ce qu'est le lieu."""

        MAISON_DEPARTEMENT = "maison_departement", "Maison du Département"
        MAIRIE = "mairie", "Mairie"
        CCAS = "ccas", "CCAS ou CIAS"
        FRANCE_SERVICES = "france_services", "France services"
        CENTRE_SOCIAL = "centre_social", "Centre social"
        ASSOCIATION = "association", "Association"
        EMPLOI = "emploi", "Service de l'emploi"
        SANTE = "sante", "Lieu de santé"
        NUMERIQUE = "numerique", "Lieu de médiation numérique"
        LOGEMENT = "logement", "Logement, hébergement"
        AUTRE = "autre", "Autre lieu"

    class Forme(models.TextChoices):
        """Comment il se tient."""

        FIXE = "fixe", "Fixe"
        PERMANENCE = "permanence", "Permanence"
        MOBILE = "mobile", "Mobile (bus, itinérance)"

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="points")
    nom = models.CharField(max_length=200)
    genre = models.CharField(max_length=20, choices=Genre, default=Genre.AUTRE)
    forme = models.CharField(max_length=10, choices=Forme, default=Forme.FIXE)
    adresse = models.CharField(max_length=200, blank=True)
    complement_adresse = models.CharField(max_length=200, blank=True)
    code_postal = models.CharField(max_length=5, blank=True)
    code_insee = models.CharField(max_length=5, blank=True)
    nom_commune = models.CharField(max_length=80, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, related_name="+")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    telephone = models.CharField(max_length=20, blank=True)
    courriel = models.EmailField(blank=True)
    site_web = models.URLField(blank=True)
    presentation = models.TextField(blank=True)
    accessibilite = models.CharField(max_length=200, blank=True)
    langues = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    publics = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    besoins = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    commentaire_horaires = models.CharField(max_length=300, blank=True)
    sur_rendez_vous = models.BooleanField(default=False, db_default=False)
    est_premier_accueil = models.BooleanField(default=False, db_default=False)
    est_fictif = models.BooleanField(default=False, db_default=False)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=20, choices=Source, default=Source.SAISIE)
    source_id = models.CharField(max_length=120, blank=True, db_default="")
    maj_le = models.DateField()
    confirme_le = models.DateField(null=True)

    class Meta:
        """Une fiche par identifiant de source ; une existence qui finit après son début."""

        indexes: ClassVar = [models.Index(fields=["commune"], name="annuaire_point_commune")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="annuaire_point_source",
            ),
            models.CheckConstraint(
                name="annuaire_point_periode", condition=Q(fin__isnull=True) | Q(fin__gt=F("debut"))
            ),
            models.CheckConstraint(
                name="annuaire_point_situe",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class Horaire(models.Model):
    """Une ouverture : chaque semaine un même jour, ou une date ; ou une fermeture à une date.

    `jour` : 1 lundi à 7 dimanche, nul pour une exception (`le`). `rangs` : les semaines du mois où
    elle vaut (1 : le premier de ces jours dans le mois) ; vide, toutes. Une fermeture n'a pas
    d'heures. [debut, fin) : sa validité.
    """

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="horaires")
    jour = models.PositiveSmallIntegerField(null=True)
    le = models.DateField(null=True)
    rangs = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    heure_debut = models.TimeField(null=True)
    heure_fin = models.TimeField(null=True)
    est_fermeture = models.BooleanField(default=False, db_default=False)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Hebdomadaire ou datée ; ouverte entre deux heures, ou fermée sans heures."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="annuaire_horaire_un_genre",
                condition=Q(jour__isnull=True, le__isnull=False)
                | Q(jour__isnull=False, le__isnull=True),
            ),
            models.CheckConstraint(
                name="annuaire_horaire_heures",
                condition=Q(est_fermeture=True, heure_debut__isnull=True, heure_fin__isnull=True)
                | Q(est_fermeture=False, heure_fin__gt=F("heure_debut")),
            ),
        ]

    def __str__(self) -> str:
        return f"horaire {self.pk} du point {self.point_id}"


class Service(models.Model):
    """Ce qu'un point propose, tel que data·inclusion le décrit. Codes : ceux de son schéma."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="services")
    nom = models.CharField(max_length=200)
    type_service = models.CharField(max_length=60, blank=True)
    presentation = models.TextField(blank=True)
    thematiques = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    publics = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    modes_accueil = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    frais = models.CharField(max_length=30, blank=True)
    frais_precisions = models.CharField(max_length=300, blank=True)
    source_id = models.CharField(max_length=120, blank=True, db_default="")
    maj_le = models.DateField()

    def __str__(self) -> str:
        return self.nom


class Confirmation(models.Model):
    """Quelqu'un a dit la fiche exacte, ou l'a corrigée, à cette date."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="confirmations")
    le = models.DateField()
    agent_id = models.BigIntegerField(null=True)
    moyen = models.CharField(max_length=40, blank=True)
    champs_corriges = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    def __str__(self) -> str:
        return f"confirmation du point {self.point_id} le {self.le:%d/%m/%Y}"


class ImportAnnuaire(models.Model):
    """Un fichier intégré. Reçues = importées + rejointes + à revoir + rejetées, toujours."""

    source = models.CharField(max_length=20, choices=Source)
    fichier = models.CharField(max_length=200)
    empreinte = models.CharField(max_length=64, unique=True)
    le = models.DateField()
    agent_id = models.BigIntegerField(null=True)
    recues = models.PositiveIntegerField(default=0)
    importees = models.PositiveIntegerField(default=0)
    rejointes = models.PositiveIntegerField(default=0)
    a_revoir = models.PositiveIntegerField(default=0)
    rejetees = models.PositiveIntegerField(default=0)

    class Meta:
        """Les comptes tombent juste, ou la ligne n'existe pas."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="annuaire_import_juste",
                condition=Q(recues=F("importees") + F("rejointes") + F("a_revoir") + F("rejetees")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.fichier} du {self.le:%d/%m/%Y}"


class LigneImport(models.Model):
    """Une ligne d'un fichier : ce qu'elle est devenue, et pourquoi.

    `candidats` : pour une ligne à revoir, les points ressemblants et leurs raisons. `donnees` : la
    fiche lue, prête à être reprise. `decision` : ce qu'un agent en a fait.
    """

    class Sort(models.TextChoices):
        """Ce que la ligne est devenue à l'import."""

        IMPORTEE = "importee", "Importée"
        REJOINTE = "rejointe", "Rejointe à une fiche connue"
        A_REVOIR = "a_revoir", "À revoir"
        REJETEE = "rejetee", "Rejetée"

    class Decision(models.TextChoices):
        """Ce qu'un agent a décidé d'une ligne à revoir."""

        RIEN = "", "Pas encore"
        MEME = "meme", "C'est la même fiche"
        AUTRE = "autre", "C'est un autre lieu"
        ECARTEE = "ecartee", "Écartée"

    reception = models.ForeignKey(ImportAnnuaire, on_delete=models.CASCADE, related_name="lignes")
    rang = models.PositiveIntegerField()
    sort = models.CharField(max_length=10, choices=Sort)
    point = models.ForeignKey(Point, on_delete=models.SET_NULL, null=True, related_name="+")
    motif = models.CharField(max_length=300, blank=True)
    candidats = models.JSONField(default=list)
    donnees = models.JSONField(default=dict)
    decision = models.CharField(
        max_length=10, choices=Decision, default=Decision.RIEN, blank=True, db_default=""
    )

    def __str__(self) -> str:
        return f"ligne {self.rang} de {self.reception_id}"


class Provenance(models.Model):
    """Ce qu'un identifiant d'une source est devenu, pour ne pas le redemander au fichier suivant.

    `point` : la fiche qu'il a rejointe ; nul : quelqu'un a décidé d'écarter cette ligne.
    """

    source = models.CharField(max_length=20, choices=Source)
    source_id = models.CharField(max_length=120)
    point = models.ForeignKey(
        Point, on_delete=models.CASCADE, null=True, related_name="provenances"
    )

    class Meta:
        """Un identifiant n'a qu'un devenir."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="annuaire_provenance_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"
