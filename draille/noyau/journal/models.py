"""Les tables du journal : les lignes, les scellements, les curseurs d'abonnement."""

from django.db import models
from django.db.models.expressions import RawSQL

from draille.socle.donnees import VisiblesQuerySet


class LigneJournal(models.Model):
    """Un acte, une ligne, pour toujours ; seule `cle_acces` suit la personne quand elle déménage.

    `cle_acces` nulle : la ligne ne parle de personne (une convention, un fichier reçu).
    """

    code = models.CharField(max_length=80)
    version = models.SmallIntegerField()
    le = models.DateField()
    ecrit_le = models.DateTimeField(db_default=RawSQL("draille_instant()", ()))
    agent_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    personne_id = models.BigIntegerField(null=True)
    objet_id = models.BigIntegerField(null=True)
    commune_id = models.IntegerField(null=True)
    compartiment = models.SmallIntegerField(null=True)
    cle_acces = models.IntegerField(null=True)
    charge = models.JSONField()
    transaction_id = models.BigIntegerField(db_default=RawSQL("draille_transaction()", ()))

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        """Index : par acte et date, par personne, par objet, par transaction à livrer."""

        app_label = "noyau"
        indexes = [
            models.Index(fields=["code", "le"], name="journal_code_le"),
            models.Index(fields=["personne_id", "id"], name="journal_personne"),
            models.Index(fields=["objet_id", "code"], name="journal_objet"),
            models.Index(fields=["transaction_id"], name="journal_transaction"),
        ]
        constraints = [
            models.CheckConstraint(
                name="journal_personne_a_une_cle",
                condition=models.Q(personne_id__isnull=True) | models.Q(cle_acces__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} du {self.le} (ligne {self.pk})"


class Scellement(models.Model):
    """Un lot de lignes scellées, enchaîné au précédent par son empreinte."""

    premier_id = models.BigIntegerField()
    dernier_id = models.BigIntegerField(unique=True)
    nombre = models.IntegerField()
    empreinte_lignes = models.BinaryField()
    empreinte = models.BinaryField()
    scelle_le = models.DateTimeField(db_default=RawSQL("draille_instant()", ()))

    class Meta:
        """Ordre de la chaîne."""

        app_label = "noyau"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"lot {self.pk} : lignes {self.premier_id} à {self.dernier_id}"


class Curseur(models.Model):
    """Jusqu'à quelle ligne un abonnement a lu le journal (incluse)."""

    nom = models.CharField(max_length=120, primary_key=True)
    dernier_id = models.BigIntegerField(default=0)

    class Meta:
        """Table du noyau."""

        app_label = "noyau"

    def __str__(self) -> str:
        return f"{self.nom} : {self.dernier_id}"
