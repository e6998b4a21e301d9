"""Organisations, agents et habilitations datées."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Compartiment, Role


class Organisation(models.Model):
    """Le Département, ou un partenaire dont les agents ne voient que ce qui leur est ouvert."""

    code = models.CharField(max_length=40, unique=True)
    nom = models.CharField(max_length=160)
    est_departement = models.BooleanField(default=False)

    class Meta:
        """Table du noyau."""

        app_label = "noyau"

    def __str__(self) -> str:
        return self.nom


class AgentManager(BaseUserManager["Agent"]):
    """Ce que Django attend d'un modèle d'utilisateur."""

    def get_by_natural_key(self, username: str | None) -> "Agent":
        """Trouve l'agent par son identifiant, sans égard à la casse."""
        return self.get(identifiant__iexact=username)


class Agent(AbstractBaseUser):
    """Une personne qui travaille dans Draille. Les droits viennent de ses habilitations."""

    identifiant = models.CharField(max_length=80, unique=True)
    nom = models.CharField(max_length=80)
    prenom = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    fonction = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "identifiant"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["nom", "prenom"]

    objects = AgentManager()

    class Meta:
        """Table du noyau."""

        app_label = "noyau"

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}"

    def get_full_name(self) -> str:
        """Prénom et nom, comme ils s'écrivent."""
        return str(self)


class Habilitation(models.Model):
    """Un rôle, dans un compartiment, sur un territoire, pour un temps [debut, fin)."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="habilitations")
    compartiment = models.SmallIntegerField(choices=[(c.value, c.libelle) for c in Compartiment])
    territoire = models.ForeignKey(Territoire, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=[(r.value, r.libelle) for r in Role])
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)

    class Meta:
        """Une habilitation finit après avoir commencé."""

        app_label = "noyau"
        constraints = [
            models.CheckConstraint(
                name="habilitation_periode",
                condition=models.Q(fin__isnull=True) | models.Q(fin__gt=models.F("debut")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} : {self.role} sur {self.territoire}"
