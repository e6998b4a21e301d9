"""La demande d'acompte d'une caisse (CASF L262-25) et son rapprochement des droits lus."""

from typing import ClassVar

from django.db import models

from draille.mesures.suivi_rsa.models.budget import CHIFFRES, DECIMALES
from draille.mesures.suivi_rsa.models.droits import DossierRsa
from draille.mesures.suivi_rsa.regles.acompte import SORTS
from draille.socle.donnees import DonneePersonnelle


class DemandeAcompte(models.Model):
    """Une demande : son organisme, son mois de droits, ses totaux en euros. Rien de personnel.

    `montant_annonce` : le total que la caisse écrit, nul si elle n'en écrit pas ; `montant_demande`
    la somme des lignes lues ; `montant_connu` celle des droits du mois dans nos dossiers.
    """

    departement = models.CharField(max_length=3)
    fonorg = models.CharField(max_length=3)
    numorg = models.CharField(max_length=3)
    mois = models.DateField()
    nom_fichier = models.CharField(max_length=200)
    empreinte = models.CharField(max_length=64)
    recue_le = models.DateField()
    lignes = models.IntegerField()
    illisibles = models.IntegerField()
    dossiers = models.IntegerField()
    ecarts = models.IntegerField()
    montant_annonce = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES, null=True)
    montant_demande = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    montant_connu = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)

    class Meta:
        """Le même fichier ne se reçoit qu'une fois."""

        ordering: ClassVar = ["-mois", "-recue_le", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["departement", "empreinte"], name="demande_acompte_unique"
            )
        ]

    def __str__(self) -> str:
        return f"acompte {self.fonorg} {self.mois:%Y-%m}"


class LigneAcompte(DonneePersonnelle):
    """Un dossier demandé ou non : ce que la caisse demande, ce que nous connaissons, l'écart.

    `numeros` : les lignes du fichier, séparées par des virgules, vide si le dossier n'est pas
    demandé. `ecart` = demandé - connu, en euros ; nul pour une ligne illisible.
    """

    demande = models.ForeignKey(
        DemandeAcompte, on_delete=models.PROTECT, related_name="rapprochees"
    )
    dossier = models.ForeignKey(DossierRsa, on_delete=models.PROTECT, null=True)
    numeros = models.CharField(max_length=120, blank=True)
    matricule = models.CharField(max_length=40)
    natures = models.CharField(max_length=60, blank=True)
    sort = models.CharField(max_length=12, choices=SORTS)
    montant_demande = models.DecimalField(max_digits=10, decimal_places=2)
    montant_connu = models.DecimalField(max_digits=10, decimal_places=2)
    ecart = models.DecimalField(max_digits=10, decimal_places=2)
    raison = models.CharField(max_length=250, blank=True)

    class Meta:
        """L'écart est exact ; on lit une demande par sorte d'écart."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="ligne_acompte_ecart",
                condition=models.Q(ecart=models.F("montant_demande") - models.F("montant_connu")),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["demande", "sort"], name="ligne_acompte_sort")]

    def __str__(self) -> str:
        return f"ligne d'acompte {self.pk}"
