"""Les fichiers reçus, les dossiers qu'on n'a pas pu prendre, les colonnes d'une source.

Pas d'antichambre permanente : un fichier se lit dans des tables temporaires (voir
`adaptateur_attente`), que nulle autre session ne voit et que le serveur efface avec la session.
"""

from django.db import models

from draille.socle.donnees import DonneePersonnelle


class FichierRecu(models.Model):
    """Un fichier reçu et ce qui en a été fait. Rien de personnel : des nombres et des dates.

    `mois` est le premier jour du mois décrit (DTREF) ; `cree_le` et `cree_a` l'instant où
    l'organisme l'a écrit (DTCREAFLUX, HEUCREAFLUX) ; `depose_le` le jour de son dépôt.
    `ambigus` : contacts d'un couple, donnés au demandeur. `lus = integres + inchanges + rejetes`.
    """

    class Nature(models.TextChoices):
        """Les trois sortes de fichiers."""

        CAF_RSA = "caf_rsa", "Bénéficiaires du RSA (CAF ou MSA)"
        CONTACTS = "contacts", "Téléphones et adresses électroniques"
        TABLEAU = "tableau", "Tableau du Département"

    class Statut(models.TextChoices):
        """Où en est le fichier."""

        RECU = "recu", "Reçu, à intégrer"
        EN_COURS = "en_cours", "Lecture en cours"
        INTEGRE = "integre", "Intégré"
        A_CONFIRMER = "a_confirmer", "Intégré, absences à confirmer"
        REFUSE = "refuse", "Refusé en entier"

    nom = models.CharField(max_length=200)
    nature = models.CharField(max_length=10, choices=Nature)
    empreinte = models.BinaryField(max_length=32, unique=True)
    appli = models.CharField(max_length=3, blank=True, db_default="")
    fonorg = models.CharField(max_length=3, blank=True, db_default="")
    numorg = models.CharField(max_length=3, blank=True, db_default="")
    mois = models.DateField(null=True)
    cree_le = models.DateField(null=True)
    cree_a = models.CharField(max_length=20, blank=True, db_default="")
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.RECU)
    code_refus = models.CharField(max_length=60, blank=True, db_default="")
    motif = models.TextField(blank=True, db_default="")
    lus = models.IntegerField(default=0, db_default=0)
    integres = models.IntegerField(default=0, db_default=0)
    inchanges = models.IntegerField(default=0, db_default=0)
    rejetes = models.IntegerField(default=0, db_default=0)
    entrees = models.IntegerField(default=0, db_default=0)
    sorties = models.IntegerField(default=0, db_default=0)
    absents = models.IntegerField(default=0, db_default=0)
    ambigus = models.IntegerField(default=0, db_default=0)
    octets_lus = models.BigIntegerField(default=0, db_default=0)
    octets_total = models.BigIntegerField(default=0, db_default=0)
    depose_le = models.DateField()
    integre_le = models.DateField(null=True)
    depose_par_id = models.BigIntegerField(null=True)
    chemin = models.CharField(max_length=400, blank=True, db_default="")

    class Meta:
        """Par source et par mois."""

        indexes = [
            models.Index(fields=["appli", "fonorg", "numorg", "mois"], name="fichier_source")
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.get_statut_display()})"

    @property
    def source(self) -> str:
        """L'organisme, tel qu'on le nomme : « CAF 431 »."""
        return f"{self.fonorg} {self.numorg}".strip()

    @property
    def est_integre(self) -> bool:
        """Vrai quand ses dossiers sont dans la base."""
        return self.statut in (self.Statut.INTEGRE, self.Statut.A_CONFIRMER)


class Rejet(DonneePersonnelle):
    """Un dossier, ou une ligne, gardé entier faute d'avoir pu être pris.

    La valeur fautive, la phrase qui la cite et le contenu sont chiffrés : une colonne décalée met
    un nom ou un NIR n'importe où. Compartiment insertion, sans commune : il faut la clé générale.
    """

    class Statut(models.TextChoices):
        """Ce qu'on en a fait."""

        A_CORRIGER = "a_corriger", "À corriger"
        REJOUE = "rejoue", "Corrigé et rejoué"
        ECARTE = "ecarte", "Écarté"

    fichier = models.ForeignKey(FichierRecu, on_delete=models.PROTECT, related_name="rejets")
    rang = models.IntegerField()
    ligne = models.IntegerField()
    champ = models.CharField(max_length=120, blank=True)
    occurrence = models.SmallIntegerField(default=1, db_default=1)
    code = models.CharField(max_length=40, blank=True)
    valeur_chiffree = models.BinaryField()
    motif_chiffre = models.BinaryField()
    contenu_chiffre = models.BinaryField()
    origine_chiffree = models.BinaryField(null=True)
    statut = models.CharField(
        max_length=10, choices=Statut, default=Statut.A_CORRIGER, db_default=Statut.A_CORRIGER
    )
    corrections = models.SmallIntegerField(default=0, db_default=0)
    traite_le = models.DateField(null=True)
    traite_par_id = models.BigIntegerField(null=True)

    class Meta:
        """Dans l'ordre du fichier."""

        ordering = ["fichier_id", "rang"]
        indexes = [models.Index(fields=["statut", "fichier"], name="rejet_a_traiter")]

    def __str__(self) -> str:
        return f"rejet {self.pk}, ligne {self.ligne}"


class Correspondance(models.Model):
    """Les colonnes d'une source, mises en face de nos champs une fois pour toutes.

    `colonnes` : titre de colonne vers champ neutre (`calcul.correspondance.CHAMPS`).
    """

    source = models.CharField(max_length=80, unique=True)
    colonnes = models.JSONField()
    modifiee_le = models.DateField()

    def __str__(self) -> str:
        return self.source
