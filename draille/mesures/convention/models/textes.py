"""Les tables de la convention. Rien de personnel : des textes publics, des montants, des phrases.

Un texte inscrit ne se réécrit pas : un avenant s'ajoute, avec ses propres lignes et montants.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from draille.mesures.convention.regles import Cote, Genre, GenreCible, Libellee, Nature, Portee

CHIFFRES, DECIMALES = 14, 2


def choix(enumeration: type[Libellee]) -> list[tuple[str, str]]:
    """Les valeurs et les libellés d'une énumération, pour un champ de table."""
    return [(v.value, v.libelle) for v in enumeration]


class Source(models.Model):
    """Une page publiée, d'où viennent des chiffres."""

    departement = models.CharField(max_length=3)
    code = models.CharField(max_length=60)
    titre = models.CharField(max_length=250)
    datee = models.CharField(max_length=120)
    publiee_le = models.DateField(null=True)
    mise_a_jour_le = models.DateField(null=True)

    class Meta:
        """Une source par code et Département."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["departement", "code"], name="source_unique")
        ]

    def __str__(self) -> str:
        return f"{self.titre} ({self.datee})"


class Prouvee(models.Model):
    """Ce qui vient d'une phrase publiée."""

    phrase = models.TextField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Classe de base, sans table."""

        abstract = True


class Financeur(models.Model):
    """Qui paie, et de quel côté de la parité."""

    departement = models.CharField(max_length=3)
    code = models.CharField(max_length=60)
    nom = models.CharField(max_length=160)
    cote = models.CharField(max_length=20, choices=choix(Cote))
    rang = models.SmallIntegerField()

    class Meta:
        """Un financeur par code et Département."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["departement", "code"], name="financeur_unique")
        ]

    def __str__(self) -> str:
        return self.nom


class Cadre(Prouvee):
    """Une convention, un contrat, un schéma, un programme ou un dispositif. `fin` est exclue."""

    departement = models.CharField(max_length=3)
    code = models.CharField(max_length=60)
    rang = models.SmallIntegerField()
    genre = models.CharField(max_length=20, choices=choix(Genre))
    titre = models.CharField(max_length=250)
    debut = models.DateField(null=True)
    fin = models.DateField(null=True)
    parite_portee = models.CharField(max_length=20, blank=True, choices=choix(Portee))
    part_max_etat = models.DecimalField(max_digits=5, decimal_places=4, null=True)

    class Meta:
        """Un cadre par code et Département ; la règle de parité est entière ou absente."""

        ordering: ClassVar = ["departement", "rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["departement", "code"], name="cadre_unique"),
            models.CheckConstraint(
                name="cadre_periode",
                condition=models.Q(debut__isnull=True)
                | models.Q(fin__isnull=True)
                | models.Q(fin__gt=models.F("debut")),
            ),
            models.CheckConstraint(
                name="cadre_parite",
                condition=models.Q(parite_portee="", part_max_etat__isnull=True)
                | models.Q(~models.Q(parite_portee=""), part_max_etat__gt=0, part_max_etat__lt=1),
            ),
        ]

    def __str__(self) -> str:
        return self.titre


class Texte(Prouvee):
    """L'acte daté qui fixe le contenu : le texte initial (rang 0) ou un avenant.

    `retirees` : les codes des lignes qu'il retire. `saisi_le` : le jour où l'avenant a été saisi à
    l'écran ; nul pour un texte venu du fichier du Département.
    """

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="textes")
    code = models.CharField(max_length=60)
    rang = models.SmallIntegerField()
    titre = models.CharField(max_length=250)
    bref = models.CharField(max_length=80)
    signe_le = models.DateField(null=True)
    annee = models.SmallIntegerField(null=True)
    # Des fonctions publiques et le nom de qui les tenait, tels que la source les donne.
    signataires = models.JSONField(default=list)
    hypotheses = models.JSONField(default=dict)
    retirees = ArrayField(models.CharField(max_length=60), default=list)
    saisi_le = models.DateField(null=True)

    class Meta:
        """Les textes d'un cadre se suivent par rang."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cadre", "code"], name="texte_unique"),
            models.UniqueConstraint(fields=["cadre", "rang"], name="texte_rang_unique"),
            models.CheckConstraint(name="texte_rang", condition=models.Q(rang__gte=0)),
        ]

    def __str__(self) -> str:
        return self.titre


class Annonce(Prouvee):
    """Combien de mesures d'une nature le texte annonce : une donnée, jamais une constante."""

    texte = models.ForeignKey(Texte, on_delete=models.PROTECT, related_name="annonces")
    nature = models.CharField(max_length=20, choices=choix(Nature))
    nombre = models.PositiveSmallIntegerField()

    class Meta:
        """Un nombre par nature."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["texte", "nature"], name="annonce_unique")
        ]

    def __str__(self) -> str:
        return f"{self.nombre} {self.nature}"


class Ligne(Prouvee):
    """Une mesure publiée, telle que ce texte la fixe. `montant` nul : non publié."""

    texte = models.ForeignKey(Texte, on_delete=models.PROTECT, related_name="lignes")
    code = models.CharField(max_length=60)
    rang = models.SmallIntegerField()
    libelle = models.CharField(max_length=250)
    nature = models.CharField(max_length=20, choices=choix(Nature))
    nature_est_deduite = models.BooleanField(default=False)
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES, null=True)
    mesures = ArrayField(models.CharField(max_length=60), default=list)
    objet = models.TextField(blank=True)

    class Meta:
        """Une ligne par code dans un texte."""

        ordering: ClassVar = ["rang"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["texte", "code"], name="ligne_unique"),
            models.CheckConstraint(
                name="ligne_montant",
                condition=models.Q(montant__isnull=True) | models.Q(montant__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.libelle


class Financement(Prouvee):
    """Ce qu'un financeur engage pour une année, fixé par un texte.

    Sans ligne : pour l'ensemble du texte. Avec : la part de ce financeur dans cette ligne.
    """

    texte = models.ForeignKey(Texte, on_delete=models.PROTECT, related_name="financements")
    ligne = models.ForeignKey(
        Ligne, on_delete=models.PROTECT, null=True, related_name="financements"
    )
    financeur = models.ForeignKey(Financeur, on_delete=models.PROTECT, related_name="+")
    annee = models.SmallIntegerField(null=True)
    montant = models.DecimalField(max_digits=CHIFFRES, decimal_places=DECIMALES)

    class Meta:
        """Un montant par texte, ligne, financeur et année, même quand l'année n'est pas publiée."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["texte", "ligne", "financeur", "annee"],
                name="financement_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="financement_montant", condition=models.Q(montant__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.financeur} : {self.montant} €"


class Cible(Prouvee):
    """Ce qu'une ligne promet, mesurable."""

    ligne = models.ForeignKey(Ligne, on_delete=models.PROTECT, related_name="cibles")
    code = models.CharField(max_length=60)
    libelle = models.CharField(max_length=250)
    genre = models.CharField(max_length=20, choices=choix(GenreCible))
    valeur = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    valeur_max = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    unite = models.CharField(max_length=40)
    annee_base = models.SmallIntegerField(null=True)
    echeance_annee = models.SmallIntegerField(null=True)

    class Meta:
        """Une cible par code dans une ligne."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ligne", "code"], name="cible_unique")
        ]

    def __str__(self) -> str:
        return self.libelle
