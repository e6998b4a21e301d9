"""La personne : l'état civil minimal, comment la joindre, et qui a ouvert son dossier."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import RawSQL

from draille.noyau.territoire.models import Commune
from draille.socle.donnees import DonneePersonnelle, VisiblesParListeQuerySet


def _norme(*champs: str) -> models.Func:
    """L'expression normalisée (minuscules, sans accents ni traits d'union) de ces champs."""
    return models.Func(*champs, function="draille_normaliser", output_field=models.TextField())


class Personne(models.Model):
    """Une personne connue dans un ou plusieurs compartiments.

    Le NIR est facultatif, chiffré ; son empreinte à clé sert au rapprochement. La date de naissance
    peut être partielle : `naissance_precision` dit ce qui en est connu. `fusionnee_dans` : le
    dossier qui continue celui-ci, quand deux étaient la même personne.
    """

    class Sexe(models.TextChoices):
        """Comme dans la source."""

        HOMME = "1", "Homme"
        FEMME = "2", "Femme"
        INCONNU = "", "Non renseigné"

    class Precision(models.TextChoices):
        """Ce qui est connu de la date de naissance (TYPEDTNAI)."""

        JOUR = "N", "jour et mois connus"
        MOIS = "J", "jour inconnu"
        ANNEE = "O", "jour et mois inconnus"

    nom_naissance = models.CharField(max_length=80)
    nom_usage = models.CharField(max_length=80, blank=True)
    prenom = models.CharField(max_length=80)
    prenoms_autres = models.CharField(max_length=80, blank=True)
    sexe = models.CharField(max_length=1, choices=Sexe, blank=True)
    naissance_le = models.DateField(null=True)
    naissance_precision = models.CharField(
        max_length=1, choices=Precision, default=Precision.JOUR, db_default=Precision.JOUR
    )
    nir_chiffre = models.BinaryField(null=True)
    nir_empreinte = models.BinaryField(null=True, unique=True, max_length=16)
    telephone = models.CharField(max_length=20, blank=True, db_default="")
    courriel = models.EmailField(blank=True, db_default="")
    langue = models.CharField(max_length=8, default="fr", db_default="fr")
    est_joignable = models.BooleanField(default=True, db_default=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True)
    fusionnee_dans = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="absorbees"
    )
    compartiments = ArrayField(models.SmallIntegerField())
    cles_acces = models.GeneratedField(
        expression=models.Func(
            "compartiments",
            "commune_id",
            function="draille_cles_personne",
            output_field=ArrayField(models.IntegerField()),
        ),
        output_field=ArrayField(models.IntegerField()),
        db_persist=True,
    )
    nom_norme = models.GeneratedField(
        expression=_norme("nom_naissance"), output_field=models.TextField(), db_persist=True
    )
    prenom_norme = models.GeneratedField(
        expression=_norme("prenom"), output_field=models.TextField(), db_persist=True
    )
    recherche = models.GeneratedField(
        expression=models.Func(
            "nom_naissance",
            "nom_usage",
            "prenom",
            function="draille_recherche",
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = VisiblesParListeQuerySet.as_manager()

    class Meta:
        """Index : identité, ressemblance du nom, contact. On ne feuillette pas les personnes."""

        app_label = "noyau"
        indexes = [
            GinIndex(fields=["recherche"], opclasses=["gin_trgm_ops"], name="personne_recherche"),
            models.Index(
                fields=["naissance_le", "nom_norme", "prenom_norme"], name="personne_identite"
            ),
            models.Index(
                fields=["telephone"],
                name="personne_telephone",
                condition=~models.Q(telephone=""),
            ),
            models.Index(
                fields=["courriel"], name="personne_courriel", condition=~models.Q(courriel="")
            ),
        ]

    def __str__(self) -> str:
        return self.nom_complet

    @property
    def nom_complet(self) -> str:
        """Prénom et nom d'usage (ou de naissance), comme on s'adresse à la personne."""
        return f"{self.prenom} {self.nom_usage or self.nom_naissance}"


class Consultation(DonneePersonnelle):
    """Un agent a ouvert le dossier d'une personne. Ajout seul."""

    agent_id = models.BigIntegerField(null=True)
    personne = models.ForeignKey(Personne, on_delete=models.PROTECT)
    page = models.CharField(max_length=60)
    consulte_le = models.DateTimeField(db_default=RawSQL("draille_instant()", ()))

    class Meta:
        """Du plus récent au plus ancien, par personne."""

        app_label = "noyau"
        indexes = [models.Index(fields=["personne", "-consulte_le"], name="consultation_recente")]

    def __str__(self) -> str:
        return f"consultation {self.pk}"
