"""Le rapport d'exécution : une photographie arrêtée à une date, signée, qui ne change plus."""

from typing import ClassVar

from django.db import models

from draille.mesures.convention.models.textes import Cadre, choix
from draille.mesures.convention.regles.suivi import StatutRapport

OUVERTS = (StatutRapport.BROUILLON.value, StatutRapport.A_VALIDER.value)


class Rapport(models.Model):
    """Un rapport d'une convention pour une année, dans une version.

    `contenu` : tout ce que le rapport dit, avec les versions des définitions et les listes d'actes
    et de pièces comptées ; `empreinte` : SHA-256 de son écriture canonique ; `signature` : le sceau
    à clé de la validation. Qui rédige ne valide pas. `remplace` : la version qu'il corrige, et
    `motif` pourquoi ; `renvoi` : ce que le validateur a demandé de reprendre.

    Un déclencheur (migration 0004) fait du rapport validé, et de ses commentaires, une pierre.
    """

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="rapports")
    annee = models.SmallIntegerField()
    version = models.SmallIntegerField()
    arrete_le = models.DateField()
    statut = models.CharField(max_length=12, choices=choix(StatutRapport))
    contenu = models.JSONField()
    empreinte = models.CharField(max_length=64)
    redige_par_id = models.BigIntegerField()
    redige_par_nom = models.CharField(max_length=160)
    redige_le = models.DateField()
    soumis_le = models.DateField(null=True)
    renvoi = models.TextField(blank=True)
    valide_par_id = models.BigIntegerField(null=True)
    valide_par_nom = models.CharField(max_length=160, blank=True)
    valide_le = models.DateField(null=True)
    signature = models.CharField(max_length=128, blank=True)
    pdf = models.BinaryField(null=True)
    remplace = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    motif = models.TextField(blank=True)

    class Meta:
        """Une version par année, une seule ouverte ; la main qui valide n'est pas la rédactrice."""

        ordering: ClassVar = ["-annee", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cadre", "annee", "version"], name="rapport_version_unique"
            ),
            models.UniqueConstraint(
                fields=["cadre", "annee"],
                condition=models.Q(statut__in=OUVERTS),
                name="rapport_un_seul_ouvert",
            ),
            models.CheckConstraint(
                name="rapport_deux_mains",
                condition=models.Q(valide_par_id__isnull=True)
                | ~models.Q(valide_par_id=models.F("redige_par_id")),
            ),
            models.CheckConstraint(
                name="rapport_valide_entier",
                condition=~models.Q(statut="valide")
                | models.Q(
                    valide_par_id__isnull=False,
                    valide_le__isnull=False,
                    pdf__isnull=False,
                )
                & ~models.Q(signature=""),
            ),
            models.CheckConstraint(
                name="rapport_correction_motivee",
                condition=models.Q(remplace__isnull=True) | ~models.Q(motif=""),
            ),
        ]

    def __str__(self) -> str:
        return f"rapport {self.annee} version {self.version}"


class CommentaireRapport(models.Model):
    """Ce que le rédacteur dit d'une ligne ; `ligne_code` vide : de l'ensemble."""

    rapport = models.ForeignKey(Rapport, on_delete=models.PROTECT, related_name="commentaires")
    ligne_code = models.CharField(max_length=60, blank=True)
    texte = models.TextField()
    auteur_id = models.BigIntegerField()
    ecrit_le = models.DateField()

    class Meta:
        """Un commentaire par ligne."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rapport", "ligne_code"], name="commentaire_unique")
        ]

    def __str__(self) -> str:
        return f"commentaire {self.ligne_code or 'général'}"
