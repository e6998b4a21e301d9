"""Les tables de l'orientation : le suivi d'un entrant, ses diagnostics, ses orientations.

Les réponses et les motifs restent ici, où la durée de conservation s'applique ; le journal, qui ne
s'efface pas, n'en garde que le type, la règle et l'écart.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from draille.mesures.orientation_rsa.regles import (
    MODES,
    OUVERTS,
    Activite,
    Projection,
    Qualification,
    Reponses,
    Statut,
)
from draille.mesures.orientation_rsa.regles.questionnaire import Frein, Niveau
from draille.noyau.parcours.models import Parcours
from draille.noyau.personne.models import Personne
from draille.socle.donnees import DonneePersonnelle

_OUVERTS = [str(s) for s in OUVERTS]


class Suivi(DonneePersonnelle):
    """Un nouvel entrant, de son entrée à son orientation.

    `entree_id` : l'entrée telle que suivi_rsa l'a écrite au journal (sans clé étrangère : les
    mesures s'ignorent). `connue_le` : le jour où le Département l'a su, d'où partent les délais.
    `evenement_id` : la dernière sortie ou rectification appliquée, pour ne pas la rejouer.
    """

    personne = models.ForeignKey(
        Personne, on_delete=models.PROTECT, related_name="suivis_orientation"
    )
    entree_id = models.BigIntegerField(unique=True)
    ligne_entree_id = models.BigIntegerField(unique=True)
    categorie = models.CharField(max_length=20)
    mois = models.DateField()
    connue_le = models.DateField()
    statut = models.CharField(
        max_length=12,
        choices=[(str(s), s.libelle) for s in Statut],
        default=Statut.A_RENCONTRER,
        db_default=str(Statut.A_RENCONTRER),
    )
    rencontree_le = models.DateField(null=True)
    rencontre_mode = models.CharField(
        max_length=10, blank=True, choices=list(MODES.items()), db_default=""
    )
    rencontre_lieu = models.CharField(max_length=120, blank=True, db_default="")
    evenement_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        """La liste lit les suivis ouverts par date d'entrée ; son compte n'ouvre que l'index."""

        indexes: ClassVar = [
            models.Index(
                fields=["connue_le", "id"],
                include=["cle_acces", "entree_id", "statut"],
                condition=Q(statut__in=_OUVERTS),
                name="suivi_ouvert",
            ),
            models.Index(
                fields=["statut", "connue_le", "id"],
                include=["cle_acces", "entree_id"],
                name="suivi_statut",
            ),
            models.Index(fields=["personne", "connue_le"], name="suivi_personne"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="suivi_rencontre_apres_entree",
                condition=Q(rencontree_le__isnull=True)
                | Q(rencontree_le__gte=models.F("connue_le")),
            ),
        ]

    def __str__(self) -> str:
        return f"suivi {self.pk}, entrée du {self.connue_le}"


class Diagnostic(DonneePersonnelle):
    """Des réponses datées au questionnaire. Un nouveau n'efface pas l'ancien."""

    suivi = models.ForeignKey(Suivi, on_delete=models.PROTECT, related_name="diagnostics")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    fait_le = models.DateField()
    agent_id = models.BigIntegerField(null=True)
    activite = models.CharField(max_length=10, choices=[(str(v), v.libelle) for v in Activite])
    duree_sans_emploi_mois = models.PositiveSmallIntegerField(null=True)
    projection = models.CharField(max_length=12, choices=[(str(v), v.libelle) for v in Projection])
    qualification = models.CharField(
        max_length=10, choices=[(str(v), v.libelle) for v in Qualification]
    )
    freins = models.JSONField(default=dict)

    class Meta:
        """Le dernier d'un suivi se trouve d'abord."""

        indexes: ClassVar = [
            models.Index(fields=["suivi", "-fait_le", "-id"], name="diagnostic_dernier")
        ]

    def __str__(self) -> str:
        return f"diagnostic {self.pk} du {self.fait_le}"

    @property
    def reponses(self) -> Reponses:
        """Les réponses, typées pour les règles."""
        return Reponses(
            activite=Activite(self.activite),
            projection=Projection(self.projection),
            qualification=Qualification(self.qualification),
            duree_sans_emploi_mois=self.duree_sans_emploi_mois,
            freins={Frein(f): Niveau(n) for f, n in self.freins.items()},
        )


class Orientation(DonneePersonnelle):
    """Une décision d'orientation. Les rangs se suivent ; une seule est en cours par suivi."""

    class Canal(models.TextChoices):
        """Comment la décision est portée à la connaissance de la personne."""

        COURRIER = "courrier", "Courrier"
        COURRIEL = "courriel", "Courriel"
        REMISE = "remise", "Remise en main propre"
        ESPACE = "espace", "Espace personnel en ligne"

    suivi = models.ForeignKey(Suivi, on_delete=models.PROTECT, related_name="orientations")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    parcours = models.OneToOneField(Parcours, on_delete=models.PROTECT, related_name="+")
    rang = models.SmallIntegerField()
    type_parcours = models.CharField(max_length=40)
    organisme = models.CharField(max_length=40)
    decidee_le = models.DateField()
    agent_id = models.BigIntegerField(null=True)
    type_propose = models.CharField(max_length=40, blank=True)
    regle = models.CharField(max_length=60, blank=True)
    motif_ecart = models.TextField(blank=True)
    motif_reorientation = models.TextField(blank=True)
    est_en_cours = models.BooleanField(default=True)
    notifiee_le = models.DateField(null=True)
    notifiee_par = models.CharField(max_length=10, blank=True, choices=Canal)

    class Meta:
        """S'écarter de la proposition demande un motif ; réorienter aussi."""

        ordering: ClassVar = ["suivi", "rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["suivi", "rang"], name="orientation_rang_unique"),
            models.UniqueConstraint(
                fields=["suivi"],
                condition=Q(est_en_cours=True),
                name="orientation_une_en_cours",
            ),
            models.CheckConstraint(
                name="orientation_motif_ecart",
                condition=Q(type_propose="")
                | Q(type_propose=models.F("type_parcours"))
                | ~Q(motif_ecart=""),
            ),
            models.CheckConstraint(
                name="orientation_motif_reorientation",
                condition=Q(rang=1, motif_reorientation="")
                | (Q(rang__gt=1) & ~Q(motif_reorientation="")),
            ),
            models.CheckConstraint(
                name="orientation_notifiee_apres",
                condition=Q(notifiee_le__isnull=True, notifiee_par="")
                | (Q(notifiee_le__gte=models.F("decidee_le")) & ~Q(notifiee_par="")),
            ),
        ]

    def __str__(self) -> str:
        return f"orientation de rang {self.rang} du suivi {self.suivi_id}"
