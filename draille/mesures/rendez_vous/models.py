"""Les tables des rendez-vous : lieux, plages d'ouverture, créneaux, demandes, rendez-vous.

La base refuse un rendez-vous dans un créneau fermé ou plein, et deux rendez-vous qui se chevauchent
pour la même personne (déclencheur et contrainte d'exclusion, posés en migration).
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle.donnees import DonneePersonnelle


class Instants(models.Func):
    """La durée semi-ouverte [debut, fin) d'un rendez-vous, en instants."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Motif(models.TextChoices):
    """Pourquoi l'on reçoit la personne."""

    ORIENTATION = "orientation", "Premier rendez-vous, pour l'orientation"
    REFERENT = "referent", "Premier rendez-vous avec le référent"
    SUIVI = "suivi", "Rendez-vous de suivi"


class Lieu(models.Model):
    """Un bureau où l'on reçoit."""

    code = models.CharField(max_length=60, unique=True)
    nom = models.CharField(max_length=160)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT)
    adresse = models.CharField(max_length=200)
    telephone = models.CharField(max_length=20, blank=True)
    acces_handicap = models.CharField(max_length=200, blank=True)
    est_fictif = models.BooleanField(default=False)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.nom


class Plage(models.Model):
    """Une ouverture : chaque semaine un même jour, ou une date exceptionnelle, ou une fermeture.

    `jour` : 1 lundi à 7 dimanche, nul pour une plage exceptionnelle (`le`). `est_fermeture` : ferme
    les créneaux du lieu (ou de l'agent) ces jours-là. `capacite` : personnes par
    créneau, plus d'une pour une séance collective. `agent` nul : tous les agents du lieu.
    """

    lieu = models.ForeignKey(Lieu, on_delete=models.PROTECT, related_name="plages")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    motif = models.CharField(max_length=12, choices=Motif)
    jour = models.PositiveSmallIntegerField(null=True)
    le = models.DateField(null=True)
    heure_debut = models.TimeField()
    heure_fin = models.TimeField()
    duree_minutes = models.PositiveSmallIntegerField()
    capacite = models.PositiveSmallIntegerField(default=1)
    est_fermeture = models.BooleanField(default=False)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Une plage est hebdomadaire ou exceptionnelle, jamais les deux."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="plage_hebdomadaire_ou_exceptionnelle",
                condition=Q(jour__isnull=True, le__isnull=False)
                | Q(jour__isnull=False, le__isnull=True),
            ),
            models.CheckConstraint(
                name="plage_heures", condition=Q(heure_fin__gt=models.F("heure_debut"))
            ),
        ]

    def __str__(self) -> str:
        return f"plage {self.pk} de {self.lieu_id}"


class Creneau(models.Model):
    """Un moment où recevoir, tiré d'une plage. `debut` et `fin` : instants, avec fuseau.

    `pris` : les places prises, tenues par un déclencheur qui voit tous les rendez-vous, même ceux
    que le lecteur ne voit pas ; un rendez-vous annulé ou excusé rend la sienne.
    """

    plage = models.ForeignKey(Plage, on_delete=models.PROTECT, null=True, related_name="creneaux")
    lieu = models.ForeignKey(Lieu, on_delete=models.PROTECT, related_name="creneaux")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    motif = models.CharField(max_length=12, choices=Motif)
    jour = models.DateField()
    debut = models.DateTimeField()
    fin = models.DateTimeField()
    capacite = models.PositiveSmallIntegerField(default=1)
    pris = models.PositiveSmallIntegerField(default=0, db_default=0)
    est_ferme = models.BooleanField(default=False)

    class Meta:
        """Un créneau par lieu, agent et instant ; jamais plus de monde que de places."""

        indexes: ClassVar = [
            models.Index(fields=["motif", "jour"], name="creneau_motif_jour"),
            models.Index(fields=["agent", "jour"], name="creneau_agent_jour"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="rendez_vous_creneau_plein", condition=Q(pris__lte=F("capacite"))
            ),
            models.UniqueConstraint(
                fields=["lieu", "agent", "motif", "debut"],
                name="creneau_unique",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"créneau {self.pk} du {self.jour:%d/%m/%Y}"

    @property
    def places_libres(self) -> int:
        """Ce qu'il reste de places ; aucune s'il est fermé."""
        return 0 if self.est_ferme else self.capacite - self.pris


class DemandeRendezVous(DonneePersonnelle):
    """Une personne à convoquer avant une date. Née du journal ; `objet_id` : l'entrée.

    `agent` : le référent qui doit la recevoir, pour le motif « referent » ; nul sinon.
    `rang` : 1 pour la première convocation, 2 après une absence. `ligne_id` : la ligne de journal
    dont elle est née ; `evenement_id` : la dernière qui l'a changée, pour ne pas la rejouer.
    `motif_classement` : pourquoi une personne l'a classée.
    """

    class Statut(models.TextChoices):
        """Où en est la demande."""

        A_CONVOQUER = "a_convoquer", "À convoquer"
        CONVOQUEE = "convoquee", "Convoquée"
        SIGNALEE = "signalee", "À examiner"
        SATISFAITE = "satisfaite", "Rencontrée"
        SANS_SUITE = "sans_suite", "Sans suite"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    motif = models.CharField(max_length=12, choices=Motif)
    objet_id = models.BigIntegerField()
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    ouverte_le = models.DateField()
    avant_le = models.DateField(null=True)
    rang = models.PositiveSmallIntegerField(default=1)
    statut = models.CharField(
        max_length=11, choices=Statut, default=Statut.A_CONVOQUER, db_default="a_convoquer"
    )
    est_algorithmique = models.BooleanField(default=False, db_default=False)
    motif_classement = models.CharField(max_length=200, blank=True, db_default="")
    ligne_id = models.BigIntegerField(null=True, unique=True)
    evenement_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        """Une seule demande vivante par objet et par motif."""

        indexes: ClassVar = [
            models.Index(
                fields=["motif", "avant_le", "id"],
                condition=Q(statut="a_convoquer"),
                name="demande_a_convoquer",
            ),
            models.Index(fields=["objet_id", "motif"], name="demande_rdv_objet"),
            models.Index(fields=["personne"], name="demande_rdv_personne"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["objet_id", "motif"],
                condition=Q(statut__in=["a_convoquer", "convoquee", "signalee"]),
                name="demande_rdv_vivante",
            ),
        ]

    def __str__(self) -> str:
        return f"demande {self.pk} ({self.motif})"


class RendezVous(DonneePersonnelle):
    """Un rendez-vous dans un créneau. `debut` et `fin` recopient le créneau (exclusion en base).

    `avant_le` : la limite de la demande au jour où il a été fixé ; elle peut changer depuis.
    `suite_le` : le jour où ce qu'il est devenu a été dit ; `excuse` : le motif d'une excuse ou
    d'une annulation. `minutes` : le trajet, en dixièmes de minute, quand on l'a calculé.
    """

    class Statut(models.TextChoices):
        """Ce que le rendez-vous est devenu."""

        FIXE = "fixe", "Fixé"
        HONORE = "honore", "Honoré"
        EXCUSE = "excuse", "Absence excusée"
        MANQUE = "manque", "Absence non excusée"
        ANNULE = "annule", "Annulé"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="rendez_vous")
    demande = models.ForeignKey(
        DemandeRendezVous, on_delete=models.PROTECT, null=True, related_name="rendez_vous"
    )
    creneau = models.ForeignKey(Creneau, on_delete=models.PROTECT, related_name="rendez_vous")
    motif = models.CharField(max_length=12, choices=Motif)
    objet_id = models.BigIntegerField(null=True)
    rang = models.PositiveSmallIntegerField(default=1)
    jour = models.DateField()
    debut = models.DateTimeField()
    fin = models.DateTimeField()
    avant_le = models.DateField(null=True)
    minutes = models.IntegerField(null=True)
    statut = models.CharField(max_length=8, choices=Statut, default=Statut.FIXE)
    fixe_le = models.DateField()
    fixe_par = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    suite_le = models.DateField(null=True)
    excuse = models.CharField(max_length=200, blank=True)

    class Meta:
        """La liste d'un jour, celle d'une personne."""

        indexes: ClassVar = [
            models.Index(fields=["jour", "statut"], name="rdv_jour"),
            models.Index(fields=["personne", "-debut"], name="rdv_personne"),
        ]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="rendez_vous_un_a_la_fois",
                expressions=[
                    ("personne", RangeOperators.EQUAL),
                    (Instants("debut", "fin"), RangeOperators.OVERLAPS),
                ],
                condition=Q(statut="fixe"),
            ),
            models.CheckConstraint(
                name="rendez_vous_suite_datee",
                condition=Q(statut="fixe", suite_le__isnull=True)
                | (~Q(statut="fixe") & Q(suite_le__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"rendez-vous {self.pk} du {self.jour:%d/%m/%Y}"
