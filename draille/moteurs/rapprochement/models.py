"""Les tables du rapprochement : les paires à revoir, les dossiers rejoints et comment les séparer.

Une paire ne porte que deux identifiants, un poids et des codes : elle ne se montre qu'à qui lit ses
deux dossiers. Sa clé est celle de la première personne, dans le premier compartiment que les deux
ont en commun (à défaut, le premier de la première) ; un déclencheur lui fait suivre sa commune.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from draille.noyau.personne.models import Personne
from draille.socle.donnees import DonneePersonnelle


class Paire(DonneePersonnelle):
    """Deux dossiers qui se ressemblent. `premiere` < `seconde`.

    `poids` : entier de Fellegi-Sunter. `raisons` : des codes, sans valeur personnelle. `gardee` :
    le dossier que garderait la fusion proposée, tant qu'elle attend une seconde personne.
    """

    class Zone(models.TextChoices):
        """Où tombe le poids."""

        CERTAINE = "certaine", "Presque sûrement la même personne"
        A_REVOIR = "a_revoir", "À revoir"

    class Statut(models.TextChoices):
        """Ce qu'on en a fait."""

        OUVERTE = "ouverte", "À revoir"
        FUSIONNEE = "fusionnee", "Dossiers rejoints"
        DISTINCTE = "distincte", "Deux personnes différentes"
        EN_ATTENTE = "en_attente", "Attend une seconde personne"

    premiere = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    seconde = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    poids = models.SmallIntegerField()
    zone = models.CharField(max_length=10, choices=Zone)
    raisons = models.JSONField(default=list)
    statut = models.CharField(
        max_length=10, choices=Statut, default=Statut.OUVERTE, db_default="ouverte"
    )
    gardee = models.ForeignKey(Personne, on_delete=models.PROTECT, null=True, related_name="+")
    vue_le = models.DateField()
    proposee_par = models.BigIntegerField(null=True)
    decidee_le = models.DateField(null=True)
    decidee_par = models.BigIntegerField(null=True)

    class Meta:
        """Une paire ne se pose qu'une fois ; jamais une personne avec elle-même."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["premiere", "seconde"], name="rapprochement_paire_unique"
            ),
            models.CheckConstraint(
                name="rapprochement_paire_ordonnee", condition=Q(premiere__lt=F("seconde"))
            ),
        ]

    def __str__(self) -> str:
        return f"paire {self.pk}"


class Fusion(DonneePersonnelle):
    """Un dossier continué par un autre.

    De quoi tout rendre : `deplacees` (« table.colonne » → identifiants des lignes), la commune de
    l'absorbée, les compartiments de la gardée, et `champs_completes` (ceux que l'absorbée a donnés
    à la gardée, qui ne les avait pas). `separee_le` : le jour où l'on est revenu dessus.
    """

    gardee = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    absorbee = models.ForeignKey(Personne, on_delete=models.PROTECT, related_name="+")
    deplacees = models.JSONField(default=dict)
    compartiments_avant = models.JSONField(default=list)
    commune_avant_id = models.IntegerField(null=True)
    champs_completes = models.JSONField(default=list)
    le = models.DateField()
    agent_id = models.BigIntegerField(null=True)
    second_agent_id = models.BigIntegerField(null=True)
    separee_le = models.DateField(null=True)
    separee_par = models.BigIntegerField(null=True)

    class Meta:
        """Un dossier n'est absorbé qu'une fois à la fois."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["absorbee"],
                condition=Q(separee_le__isnull=True),
                name="rapprochement_absorbee_une_fois",
            )
        ]

    def __str__(self) -> str:
        return f"fusion {self.pk}"
