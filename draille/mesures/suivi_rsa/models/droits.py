"""Les droits au RSA mois par mois, tels que les fichiers les disent.

Une ligne de plus seulement quand quelque chose change : un dossier inchangé n'écrit rien. Les
périodes sont des mois semi-ouverts [debut, fin).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from draille.mesures.suivi_rsa import regles
from draille.noyau.foyer.models import Foyer
from draille.noyau.personne.models import Personne
from draille.socle.donnees import DonneePersonnelle


class DossierRsa(DonneePersonnelle):
    """Un dossier RSA : sa clé chez l'organisme, son état courant, son empreinte.

    `etat_depuis` est le mois du dernier changement d'état ; `suspendu_depuis` le jour où le droit
    ou le versement a été suspendu, nul s'il ne l'est pas ; `absent_depuis` le premier mois dont le
    fichier ne le contient plus ; `est_reprise` : pris dans le stock de départ. Les enfants sont
    comptés, jamais nommés.
    """

    foyer = models.ForeignKey(Foyer, on_delete=models.PROTECT)
    fonorg = models.CharField(max_length=3)
    numorg = models.CharField(max_length=3)
    matricule = models.CharField(max_length=20)
    numero_demande = models.CharField(max_length=11)
    demande_le = models.DateField()
    arrivee_le = models.DateField(null=True)
    empreinte = models.BinaryField(max_length=16)
    etat = models.CharField(max_length=1, choices=regles.ETATS)
    motif = models.CharField(max_length=3, blank=True)
    etat_depuis = models.DateField()
    suspendu_depuis = models.DateField(null=True)
    absent_depuis = models.DateField(null=True)
    nombre_enfants = models.SmallIntegerField()
    est_reprise = models.BooleanField()
    a_ete_versable = models.BooleanField()
    fichier_id = models.BigIntegerField()

    class Meta:
        """Un dossier par clé."""

        constraints = [
            models.UniqueConstraint(
                fields=["fonorg", "numorg", "matricule", "numero_demande"], name="dossier_cle"
            )
        ]

    def __str__(self) -> str:
        return f"dossier {self.pk}"


class PeriodeDroit(DonneePersonnelle):
    """L'état d'un dossier et ce qu'il coûte par mois, en euros, de `debut` à `fin` exclu.

    `montant_departement` : ce que paie le Département ; `montant_etat` : le reste (CASF L262-24).
    """

    dossier = models.ForeignKey(DossierRsa, on_delete=models.PROTECT, related_name="periodes")
    debut = models.DateField()
    fin = models.DateField(null=True)
    etat = models.CharField(max_length=1, choices=regles.ETATS)
    motif = models.CharField(max_length=3, blank=True)
    montant_departement = models.DecimalField(max_digits=10, decimal_places=2)
    montant_etat = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        """Une seule période en cours par dossier."""

        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=models.Q(fin__isnull=True),
                name="periode_en_cours",
            )
        ]
        indexes = [models.Index(fields=["dossier", "debut"], name="periode_dossier")]

    def __str__(self) -> str:
        return f"période {self.pk} : {self.etat}"


class Situation(DonneePersonnelle):
    """Une personne adulte dans un dossier : à quel titre, soumise ou non aux droits et devoirs.

    `condition_eti` : avis sur les revenus d'un travailleur indépendant (A accord, D demandé,
    R refus), vide sinon.
    """

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT)
    dossier = models.ForeignKey(DossierRsa, on_delete=models.PROTECT)
    debut = models.DateField()
    fin = models.DateField(null=True)
    role = models.CharField(max_length=3)
    est_soumis = models.BooleanField()
    condition_eti = models.CharField(max_length=1, blank=True)

    class Meta:
        """Une seule situation en cours par personne et par dossier."""

        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "personne"],
                condition=models.Q(fin__isnull=True),
                name="situation_en_cours",
            )
        ]
        indexes = [models.Index(fields=["personne", "debut"], name="situation_personne")]

    def __str__(self) -> str:
        return f"situation {self.pk}"


class Entree(DonneePersonnelle):
    """Une entrée dans les droits et devoirs, jusqu'à la sortie. Le stock de départ n'en a pas.

    `connue_le` : le jour où le Département l'a su (création du fichier) ; `ouverture_le` : la
    demande du dossier ; `sortie_le` : la création du fichier qui dit la sortie.
    """

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT)
    dossier = models.ForeignKey(DossierRsa, on_delete=models.PROTECT)
    categorie = models.CharField(max_length=14, choices=regles.CATEGORIES)
    mois = models.DateField()
    connue_le = models.DateField()
    ouverture_le = models.DateField()
    sortie_le = models.DateField(null=True)
    sortie_mois = models.DateField(null=True)
    sortie_motif = models.CharField(max_length=12, blank=True, db_default="")
    fichier_id = models.BigIntegerField()

    class Meta:
        """Une seule entrée en cours par personne."""

        constraints = [
            models.UniqueConstraint(
                fields=["personne"],
                condition=models.Q(sortie_le__isnull=True),
                name="entree_en_cours",
            )
        ]
        indexes = [
            models.Index(fields=["mois", "categorie"], name="entree_mois"),
            models.Index(fields=["personne", "mois"], name="entree_personne"),
        ]

    def __str__(self) -> str:
        return f"entrée {self.pk}"


class Presence(DonneePersonnelle):
    """Les dossiers qu'un extrait contient : une ligne par extrait, rien pour l'inchangé.

    Sert à réunir les extraits d'un mois et à savoir qui manque. `flux_le` : création de l'extrait.
    """

    fichier_id = models.BigIntegerField()
    fonorg = models.CharField(max_length=3)
    numorg = models.CharField(max_length=3)
    mois = models.DateField()
    flux_le = models.CharField(max_length=31)
    dossiers = ArrayField(models.BigIntegerField())

    class Meta:
        """Par source et par mois."""

        indexes = [models.Index(fields=["fonorg", "numorg", "mois"], name="presence_source")]

    def __str__(self) -> str:
        return f"présence {self.pk}"
