"""Les tables du référent unique : portefeuilles, personnes à confier, calculs, désignations.

La désignation elle-même est au noyau (`Referent`), où la base refuse tout chevauchement ; ici se
gardent sa raison et le calcul qui l'a proposée.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from draille.noyau.organisation.models import Agent
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Commune, Territoire, periode
from draille.socle.donnees import DonneePersonnelle


class Portefeuille(models.Model):
    """Ce qu'un référent peut suivre, pour un temps [debut, fin) : places, types, secteur, bureau.

    `orientations` : « type_parcours:organisme » admis (« social:departement »). `secteur` nul :
    tout le Département. `places` se compte en foyers ou en personnes (`unite`, que donne à
    l'ouverture le paramètre daté `referent_unique.unite`). La base refuse une désignation au-delà,
    ou pendant une absence (déclencheur).
    """

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="portefeuilles")
    places = models.PositiveSmallIntegerField()
    orientations = ArrayField(models.CharField(max_length=82))
    unite = models.CharField(max_length=8, default="foyer", db_default="foyer")
    secteur = models.ForeignKey(Territoire, on_delete=models.PROTECT, null=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT)
    bureau = models.CharField(max_length=160)
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Un seul portefeuille à la fois par agent."""

        constraints: ClassVar = [
            ExclusionConstraint(
                name="portefeuille_un_a_la_fois",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"portefeuille de l'agent {self.agent_id}"


class Absence(models.Model):
    """Un référent absent, pour un temps [debut, fin) ; pendant ce temps, rien ne lui est confié."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="absences")
    debut = models.DateField()
    fin = models.DateField(null=True)
    est_depart = models.BooleanField(default=False)

    class Meta:
        """Une absence finit après avoir commencé ; un départ n'a pas de fin."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="absence_periode",
                condition=Q(fin__gt=models.F("debut")) | Q(fin__isnull=True, est_depart=True),
            ),
        ]

    def __str__(self) -> str:
        return f"absence de l'agent {self.agent_id}"


class Demande(DonneePersonnelle):
    """Une personne orientée, à confier à un référent. Née du journal (`orientation_rsa.orienter`).

    `entree_id` : l'entrée, qui joint délais et indicateurs. `unite_id` : le foyer (positif) ou, à
    défaut, la personne (négatif) : ceux d'une unité ont le même référent. `evenement_id` : la
    dernière sortie ou rectification appliquée, pour ne pas la rejouer.
    """

    class Statut(models.TextChoices):
        """Où en est la demande."""

        A_CONFIER = "a_confier", "À confier"
        CONFIEE = "confiee", "Confiée"
        SANS_SUITE = "sans_suite", "Sans suite"

    class Mobilite(models.TextChoices):
        """Ce que la personne a dit de ses moyens de se déplacer."""

        AUTONOME = "autonome", "Se déplace en voiture"
        SANS_VEHICULE = "sans_vehicule", "N'a pas de voiture"

    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    entree_id = models.BigIntegerField()
    ligne_orientation_id = models.BigIntegerField(unique=True)
    orientation = models.CharField(max_length=82)
    orientee_le = models.DateField()
    unite_id = models.BigIntegerField()
    mobilite = models.CharField(
        max_length=13, choices=Mobilite, default=Mobilite.AUTONOME, db_default="autonome"
    )
    statut = models.CharField(
        max_length=10, choices=Statut, default=Statut.A_CONFIER, db_default="a_confier"
    )
    evenement_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        """Une seule demande ouverte par entrée."""

        indexes: ClassVar = [
            models.Index(
                fields=["orientee_le", "id"],
                condition=Q(statut="a_confier"),
                name="demande_a_confier",
            ),
            models.Index(fields=["personne"], name="demande_personne"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entree_id"], condition=Q(statut="a_confier"), name="demande_une_ouverte"
            ),
        ]

    def __str__(self) -> str:
        return f"demande {self.pk} du {self.orientee_le}"


class Calcul(models.Model):
    """Une proposition calculée, entière et rejouable. Rien de personnel : les lignes le portent.

    `places` : les référents tels qu'ils étaient (agent, places libres, charge, commune, types) ;
    `est_du_foyer` y marque la place d'un foyer déjà suivi, qui n'en prend pas d'autre.
    `prix` : le prix d'une place chez chacun, en dixièmes de minute. `appris` : les prix appris des
    mois passés, ajoutés au coût. `empreinte` : SHA-256 des entrées et des sorties canoniques.
    `agent_id` : qui l'a lancé ; `concerne_id` : le référent dont on répare le portefeuille.
    """

    class Nature(models.TextChoices):
        """Une arrivée de la semaine, ou une réparation."""

        SEMAINE = "semaine", "Proposition de la semaine"
        REPARATION = "reparation", "Réparation"

    class Statut(models.TextChoices):
        """Où en est la proposition."""

        PROPOSE = "propose", "À relire"
        VALIDE = "valide", "Relue"
        REMPLACE = "remplace", "Remplacée"

    nature = models.CharField(max_length=10, choices=Nature, default=Nature.SEMAINE)
    fait_le = models.DateField()
    agent_id = models.BigIntegerField(null=True)
    concerne_id = models.BigIntegerField(null=True)
    statut = models.CharField(max_length=10, choices=Statut, default=Statut.PROPOSE)
    reglage = models.JSONField()
    solveur = models.CharField(max_length=60)
    graine = models.CharField(max_length=80)
    places = models.JSONField()
    prix = models.JSONField()
    appris = models.JSONField(default=list)
    cout = models.BigIntegerField()
    empreinte = models.CharField(max_length=64)
    motif = models.CharField(max_length=200, blank=True)

    class Meta:
        """Le dernier d'abord."""

        ordering: ClassVar = ["-fait_le", "-id"]

    def __str__(self) -> str:
        return f"calcul {self.pk} du {self.fait_le}"


class LigneCalcul(DonneePersonnelle):
    """Ce qui est proposé pour une demande, et ce qu'une personne en a décidé.

    `minutes` : dixièmes de minute jusqu'à chaque place de `Calcul.places`, dans le même ordre ; -1
    quand la place n'est pas permise. `place` : rang de la place proposée, -1 pour « non affecté ».
    `rang` : celui du demandeur dans le calcul, que partagent les personnes d'un même foyer.
    `orientation`, `orientee_le`, `est_sans_vehicule` : figés, la demande pouvant changer ensuite.
    `demande` est nulle dans une réparation pour qui fut désigné sans demande. `actuelle` : rang de
    la place occupée avant une réparation, -1 sinon.
    """

    class Decision(models.TextChoices):
        """Ce qu'un agent nommé a décidé de la ligne."""

        A_RELIRE = "a_relire", "À relire"
        ACCEPTEE = "acceptee", "Acceptée"
        CHANGEE = "changee", "Changée"
        ECARTEE = "ecartee", "Écartée"
        INCHANGEE = "inchangee", "Sans changement"

    calcul = models.ForeignKey(Calcul, on_delete=models.PROTECT, related_name="lignes")
    demande = models.ForeignKey(Demande, on_delete=models.PROTECT, null=True, related_name="lignes")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    rang = models.PositiveIntegerField()
    unite_id = models.BigIntegerField()
    orientation = models.CharField(max_length=82, blank=True, db_default="")
    orientee_le = models.DateField()
    est_sans_vehicule = models.BooleanField(default=False, db_default=False)
    minutes = ArrayField(models.IntegerField())
    continuite = models.SmallIntegerField(default=-1)
    actuelle = models.SmallIntegerField(default=-1, db_default=-1)
    place = models.SmallIntegerField()
    decision = models.CharField(max_length=9, choices=Decision, default=Decision.A_RELIRE)
    retenu = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    motif = models.CharField(max_length=200, blank=True)
    relue_par = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    relue_le = models.DateField(null=True)

    class Meta:
        """Une ligne par personne et par calcul ; changer ou écarter demande une raison."""

        ordering: ClassVar = ["calcul", "rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calcul", "personne"], name="ligne_calcul_unique"),
            models.CheckConstraint(
                name="ligne_calcul_motif",
                condition=~Q(decision__in=["changee", "ecartee"]) | ~Q(motif=""),
            ),
            models.CheckConstraint(
                name="ligne_calcul_relue",
                condition=Q(decision__in=["a_relire", "inchangee"]) | Q(relue_le__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"ligne {self.rang} du calcul {self.calcul_id}"


class Designation(DonneePersonnelle):
    """La raison d'une désignation du noyau : d'où elle vient, pourquoi, combien de minutes."""

    class Mode(models.TextChoices):
        """D'où vient le choix."""

        PROPOSITION = "proposition", "Proposition acceptée"
        CHANGEMENT = "changement", "Proposition changée"
        MANUEL = "manuel", "Choix manuel"
        PASSATION = "passation", "Changement de référent"

    referent = models.OneToOneField(Referent, on_delete=models.PROTECT, related_name="+")
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    entree_id = models.BigIntegerField(null=True)
    ligne = models.ForeignKey(LigneCalcul, on_delete=models.PROTECT, null=True, related_name="+")
    mode = models.CharField(max_length=11, choices=Mode)
    motif = models.CharField(max_length=200, blank=True)
    minutes = models.IntegerField(null=True)
    decidee_par = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    annoncee_le = models.DateField(null=True)
    fin_motif = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        """Un changement dit pourquoi."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="designation_motif",
                condition=~Q(mode__in=["changement", "passation"]) | ~Q(motif=""),
            ),
        ]

    def __str__(self) -> str:
        return f"désignation {self.pk}"
