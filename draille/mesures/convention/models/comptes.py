"""L'argent des comptes publics : des références, jamais une comptabilité.

L'ordonnateur tient ses comptes dans son outil des finances ; on n'en garde que les pièces qui
touchent une convention, et où chacune était dans son fichier. Aucun nom de tiers n'est gardé.
"""

from typing import ClassVar

from django.db import models

from draille.mesures.convention.models.textes import CHIFFRES, DECIMALES, Cadre, Financeur, choix
from draille.mesures.convention.regles.suivi import Etape, SortLigne


class ImportComptable(models.Model):
    """Un tableur des finances : lignes = importées + déjà connues + à revoir + rejetées.

    `totaux` : ses rangées de total, ce qu'elles annoncent et ce que font leurs lignes.
    """

    departement = models.CharField(max_length=3)
    nom_fichier = models.CharField(max_length=250)
    empreinte = models.CharField(max_length=64)
    recu_le = models.DateField()
    correspondance = models.JSONField(default=dict)
    totaux = models.JSONField(default=list)
    lignes = models.IntegerField()
    importees = models.IntegerField()
    connues = models.IntegerField()
    a_revoir = models.IntegerField()
    rejetees = models.IntegerField()

    class Meta:
        """Le même fichier ne s'importe qu'une fois ; les comptes tombent juste."""

        ordering: ClassVar = ["-recu_le", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["departement", "empreinte"], name="import_comptable_unique"
            ),
            models.CheckConstraint(
                name="import_comptable_juste",
                condition=models.Q(
                    lignes=models.F("importees")
                    + models.F("connues")
                    + models.F("a_revoir")
                    + models.F("rejetees")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.nom_fichier


class Piece(models.Model):
    """Une imputation : un engagement, un mandat ou un titre, sur une ligne de convention.

    `montant` en euros, négatif pour la seule réduction d'une autre pièce (`reduit`). `financeur`
    nul : la pièce se partage comme la ligne est prévue. `autorisation` : le numéro d'AE ou d'AP.
    `rang` : la n-ième imputation d'un même numéro, qu'une personne a dite distincte.
    """

    importee_par = models.ForeignKey(
        ImportComptable, on_delete=models.PROTECT, related_name="pieces"
    )
    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="pieces")
    ligne_code = models.CharField(max_length=60)
    action_code = models.CharField(max_length=60, blank=True)
    etape = models.CharField(max_length=10, choices=choix(Etape))
    exercice = models.SmallIntegerField()
    annee = models.SmallIntegerField()
    chapitre = models.CharField(max_length=10, blank=True)
    nature = models.CharField(max_length=10, blank=True)
    fonction = models.CharField(max_length=10, blank=True)
    autorisation = models.CharField(max_length=40, blank=True)
    numero = models.CharField(max_length=40)
    engagement = models.CharField(max_length=40, blank=True)
    financeur = models.ForeignKey(Financeur, on_delete=models.PROTECT, null=True, related_name="+")
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    datee_le = models.DateField()
    objet = models.CharField(max_length=250, blank=True)
    rang = models.SmallIntegerField(default=1)
    reduit = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reductions"
    )

    class Meta:
        """Une imputation ne compte qu'une fois ; `annee` est celle de la convention servie."""

        ordering: ClassVar = ["datee_le", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "etape",
                    "exercice",
                    "numero",
                    "cadre",
                    "ligne_code",
                    "action_code",
                    "nature",
                    "rang",
                ],
                name="piece_unique",
            ),
            models.CheckConstraint(
                name="piece_negative_reduit",
                condition=models.Q(montant__gt=0) | models.Q(montant__lt=0, reduit__isnull=False),
            ),
            models.CheckConstraint(
                name="piece_etape", condition=models.Q(etape__in=["engagee", "executee", "recue"])
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cadre", "annee", "etape"], name="piece_cadre")]

    def __str__(self) -> str:
        return f"{self.etape} {self.numero} : {self.montant} €"


class LigneComptable(models.Model):
    """Une ligne du fichier, telle que lue, et ce qu'elle est devenue ; aucune ne se perd.

    `numero` est celui du tableur. `contenu` ne porte que les champs reconnus : jamais un tiers.
    `empreinte` : celle de ce contenu, pour reconnaître la ligne dans un fichier suivant. `champ`,
    `raison` et `anomalies` disent ce qui ne va pas ; une décision le lève, et dit par qui.
    """

    importee_par = models.ForeignKey(
        ImportComptable, on_delete=models.PROTECT, related_name="lignes_lues"
    )
    feuille = models.CharField(max_length=80, blank=True)
    numero = models.IntegerField()
    contenu = models.JSONField()
    empreinte = models.CharField(max_length=64, db_index=True)
    sort = models.CharField(max_length=10, choices=choix(SortLigne))
    champ = models.CharField(max_length=40, blank=True)
    raison = models.TextField(blank=True)
    anomalies = models.JSONField(default=list)
    propositions = models.JSONField(default=dict)
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, null=True, related_name="lignes")
    decidee_le = models.DateField(null=True)
    decidee_par_id = models.BigIntegerField(null=True)
    decision = models.CharField(max_length=20, blank=True)

    class Meta:
        """Une ligne par numéro et par feuille."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["importee_par", "feuille", "numero"], name="ligne_comptable_unique"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["importee_par"],
                condition=models.Q(sort=SortLigne.A_REVOIR.value),
                name="ligne_comptable_a_revoir",
            )
        ]

    def __str__(self) -> str:
        return f"ligne {self.numero} : {self.sort}"
