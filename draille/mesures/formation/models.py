"""Les tables de la formation : professionnels, sessions, demi-journées, inscriptions, présences.

La base refuse une place de trop, quel que soit le nombre de ceux qui s'inscrivent en même temps
(déclencheur et contrainte, posés en migration). Rien ici ne parle d'une personne accompagnée.
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from draille.mesures.formation.regles import Moment, StatutInscription, StatutSession
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune

CHIFFRES, DECIMALES = 12, 2


class Professionnel(models.Model):
    """Qui se forme : un agent de Draille, ou un professionnel d'un partenaire, sans compte."""

    agent = models.OneToOneField(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    nom = models.CharField(max_length=80, blank=True)
    prenom = models.CharField(max_length=80, blank=True)
    fonction = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Un agent a son nom au noyau ; les autres l'ont ici, une fois par organisation."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="formation_professionnel_nomme",
                condition=Q(agent__isnull=False, nom="", prenom="")
                | (Q(agent__isnull=True) & ~Q(nom="") & ~Q(prenom="")),
            ),
            models.UniqueConstraint(
                fields=["organisation", "nom", "prenom"],
                condition=Q(agent__isnull=True),
                name="formation_professionnel_unique",
            ),
        ]

    def __str__(self) -> str:
        return str(self.agent) if self.agent else f"{self.prenom} {self.nom}"

    @property
    def metier(self) -> str:
        """La fonction, de l'agent ou dite à l'inscription."""
        return self.agent.fonction if self.agent else self.fonction


class Annee(models.Model):
    """Un professionnel, une année : ce que l'indicateur compte une fois."""

    professionnel = models.ForeignKey(
        Professionnel, on_delete=models.PROTECT, related_name="annees"
    )
    annee = models.SmallIntegerField()

    class Meta:
        """Une seule fois chacune."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["professionnel", "annee"], name="formation_annee_unique"
            )
        ]

    def __str__(self) -> str:
        return f"professionnel {self.professionnel_id}, {self.annee}"


class Session(models.Model):
    """Une session. `prises` : les places tenues, que le déclencheur seul écrit.

    `montant_reel` : le coût en euros, dit à la clôture (ou ce qui reste dû d'une session annulée).
    """

    theme = models.CharField(max_length=40)
    titre = models.CharField(max_length=160)
    organisme = models.CharField(max_length=160)
    lieu = models.CharField(max_length=200)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    places = models.PositiveSmallIntegerField()
    prises = models.PositiveSmallIntegerField(default=0, db_default=0)
    debut = models.DateField()
    fin = models.DateField()
    heures = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    montant_prevu = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)
    montant_reel = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES, null=True)
    statut = models.CharField(
        max_length=10,
        choices=[(str(s), s.libelle) for s in StatutSession],
        default=StatutSession.PROGRAMMEE,
        db_default=str(StatutSession.PROGRAMMEE),
    )
    programmee_le = models.DateField()
    finie_le = models.DateField(null=True)
    motif = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        """Jamais plus de places tenues qu'il n'y en a ; un coût réel dès que tout est fini."""

        ordering: ClassVar = ["debut", "pk"]
        indexes: ClassVar = [models.Index(fields=["debut"], name="formation_session_debut")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="formation_places", condition=Q(prises__lte=F("places"), places__gt=0)
            ),
            models.CheckConstraint(
                name="formation_session_dates", condition=Q(fin__gte=F("debut"))
            ),
            models.CheckConstraint(
                name="formation_session_montants",
                condition=Q(montant_prevu__gte=Decimal(0))
                & (Q(montant_reel__isnull=True) | Q(montant_reel__gte=Decimal(0))),
            ),
            models.CheckConstraint(
                name="formation_session_finie",
                condition=Q(
                    statut=str(StatutSession.PROGRAMMEE),
                    finie_le__isnull=True,
                    montant_reel__isnull=True,
                )
                | Q(
                    ~Q(statut=str(StatutSession.PROGRAMMEE)),
                    finie_le__isnull=False,
                    montant_reel__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def restantes(self) -> int:
        """Les places encore libres."""
        return self.places - self.prises


class DemiJournee(models.Model):
    """Une demi-journée d'une session, et ses heures."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="demi_journees")
    jour = models.DateField()
    moment = models.CharField(max_length=12, choices=[(str(m), m.libelle) for m in Moment])
    heures = models.DecimalField(max_digits=4, decimal_places=2)

    class Meta:
        """Dans l'ordre du calendrier ; chacune une fois."""

        ordering: ClassVar = ["jour", "-moment"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "jour", "moment"], name="formation_demi_journee_unique"
            ),
            models.CheckConstraint(name="formation_heures", condition=Q(heures__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.jour:%d/%m/%Y} {Moment(self.moment).libelle}"


class Inscription(models.Model):
    """Un professionnel à une session. L'attente est dans l'ordre des inscriptions (`id`)."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="inscriptions")
    professionnel = models.ForeignKey(
        Professionnel, on_delete=models.PROTECT, related_name="inscriptions"
    )
    statut = models.CharField(
        max_length=10, choices=[(str(s), s.libelle) for s in StatutInscription]
    )
    demandee_le = models.DateField()
    suite_le = models.DateField(null=True)

    class Meta:
        """Une seule inscription vivante par professionnel et session."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "professionnel"],
                condition=Q(statut__in=["inscrite", "en_attente"]),
                name="formation_deja_inscrit",
            )
        ]

    def __str__(self) -> str:
        return f"inscription {self.pk} : {self.statut}"


class Presence(models.Model):
    """L'émargement d'une demi-journée : là, ou non."""

    inscription = models.ForeignKey(Inscription, on_delete=models.PROTECT, related_name="presences")
    demi_journee = models.ForeignKey(
        DemiJournee, on_delete=models.PROTECT, related_name="presences"
    )
    est_presente = models.BooleanField()
    emargee_le = models.DateField()

    class Meta:
        """Une seule fois par demi-journée."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inscription", "demi_journee"], name="formation_presence_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{'présent' if self.est_presente else 'absent'} ({self.inscription_id})"
