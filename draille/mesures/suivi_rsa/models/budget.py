"""L'argent du RSA : votes, mandats, historique. Rien de personnel : des nombres et des dates.

Rien ne se réécrit : un vote s'ajoute, un mois corrigé remplace l'ancien, qui reste.
"""

from typing import ClassVar

from django.db import models

from draille.mesures.suivi_rsa.regles.budget import NATURES, PRECISIONS
from draille.mesures.suivi_rsa.regles.historique import LIBELLES, SORTS

CHIFFRES, DECIMALES = 14, 2


class VoteBudget(models.Model):
    """Un vote des crédits du RSA : budget primitif, supplémentaire, décision modificative.

    `vote_le` : le jour du vote, ou le premier du mois si seul le mois est publié, nul sinon
    (`precision` le dit). `compte_le` : le jour depuis lequel le vote entre dans le crédit lu.
    `montant` en euros, négatif pour un crédit retiré. `phrase` et `origine` : d'où il vient.
    """

    departement = models.CharField(max_length=3)
    annee = models.SmallIntegerField()
    code = models.CharField(max_length=60)
    nature = models.CharField(max_length=14, choices=NATURES)
    libelle = models.CharField(max_length=160)
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    precision = models.CharField(max_length=12, choices=PRECISIONS)
    vote_le = models.DateField(null=True)
    compte_le = models.DateField()
    phrase = models.TextField(blank=True)
    origine = models.CharField(max_length=250, blank=True)

    class Meta:
        """Un vote par code et par année ; un seul budget primitif par année."""

        ordering: ClassVar = ["annee", "compte_le", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["departement", "annee", "code"], name="vote_rsa_unique"
            ),
            models.UniqueConstraint(
                fields=["departement", "annee"],
                condition=models.Q(nature="primitif"),
                name="vote_rsa_primitif",
            ),
            models.CheckConstraint(name="vote_rsa_montant", condition=~models.Q(montant=0)),
            models.CheckConstraint(
                name="vote_rsa_date",
                condition=models.Q(precision="non_publiee", vote_le__isnull=True)
                | models.Q(precision__in=["jour", "mois"], vote_le__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.libelle} {self.annee} : {self.montant} €"


class MandatRsa(models.Model):
    """Un mandat de RSA payé à une caisse : une référence des comptes, pour un mois de droits.

    `mois` : premier jour du mois de droits payé. `montant` en euros, négatif pour une annulation.
    """

    departement = models.CharField(max_length=3)
    exercice = models.SmallIntegerField()
    mois = models.DateField()
    numero = models.CharField(max_length=40)
    organisme = models.CharField(max_length=40)
    chapitre = models.CharField(max_length=10)
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    mandate_le = models.DateField()
    objet = models.CharField(max_length=250, blank=True)

    class Meta:
        """Un numéro ne sert qu'une fois par exercice."""

        ordering: ClassVar = ["mois", "numero"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["departement", "exercice", "numero"], name="mandat_rsa_unique"
            ),
            models.CheckConstraint(name="mandat_rsa_montant", condition=~models.Q(montant=0)),
        ]
        indexes: ClassVar = [models.Index(fields=["departement", "mois"], name="mandat_rsa_mois")]

    def __str__(self) -> str:
        return f"mandat {self.numero} : {self.montant} €"


class ImportHistorique(models.Model):
    """Un fichier de mois passés : lignes = retenues + connues + remplacées + rejetées."""

    departement = models.CharField(max_length=3)
    nom_fichier = models.CharField(max_length=200)
    empreinte = models.CharField(max_length=64)
    recu_le = models.DateField()
    lignes = models.IntegerField()
    retenues = models.IntegerField()
    connues = models.IntegerField()
    remplacees = models.IntegerField()
    rejetees = models.IntegerField()

    class Meta:
        """Les comptes tombent juste."""

        ordering: ClassVar = ["-recu_le", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="import_historique_juste",
                condition=models.Q(
                    lignes=models.F("retenues")
                    + models.F("connues")
                    + models.F("remplacees")
                    + models.F("rejetees")
                ),
            )
        ]

    def __str__(self) -> str:
        return self.nom_fichier


class MoisHistorique(models.Model):
    """Un mois d'avant les fichiers : foyers payés, bénéficiaires, euros payés par le Département.

    `remplace_le` : le jour où un autre relevé du même mois l'a remplacé, nul s'il est courant.
    """

    importe_par = models.ForeignKey(ImportHistorique, on_delete=models.PROTECT, related_name="mois")
    departement = models.CharField(max_length=3)
    mois = models.DateField()
    foyers = models.IntegerField()
    beneficiaires = models.IntegerField()
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    depuis_le = models.DateField()
    remplace_le = models.DateField(null=True)

    class Meta:
        """Un seul relevé courant par mois."""

        ordering: ClassVar = ["mois", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["departement", "mois"],
                condition=models.Q(remplace_le__isnull=True),
                name="mois_historique_courant",
            ),
            models.CheckConstraint(
                name="mois_historique_nombres",
                condition=models.Q(foyers__gt=0, beneficiaires__gt=0, montant__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mois:%Y-%m} : {self.foyers} foyers"


class LigneHistorique(models.Model):
    """Une ligne du fichier, telle que lue, et ce qu'elle est devenue ; aucune ne se perd."""

    importe_par = models.ForeignKey(
        ImportHistorique, on_delete=models.PROTECT, related_name="lignes_lues"
    )
    numero = models.IntegerField()
    contenu = models.JSONField()
    sort = models.CharField(max_length=10, choices=SORTS)
    champ = models.CharField(max_length=40, blank=True)
    raison = models.TextField(blank=True)

    class Meta:
        """Une ligne par numéro."""

        ordering: ClassVar = ["numero"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["importe_par", "numero"], name="ligne_historique_unique"
            )
        ]

    def __str__(self) -> str:
        return f"ligne {self.numero} : {self.sort}"

    @property
    def champ_dit(self) -> str:
        """Le champ en mots."""
        return LIBELLES.get(self.champ, self.champ)


class PrevisionGardee(models.Model):
    """Une prévision calculée, sous l'empreinte de ce dont elle sort : même entrée, même calcul.

    Le modèle statistique est lent à essayer : la nuit le fait, la page le lit.
    """

    empreinte = models.CharField(max_length=64, primary_key=True)
    contenu = models.JSONField()
    gardee_le = models.DateField()

    def __str__(self) -> str:
        return f"prévision du {self.gardee_le}"
