"""L'échéance : ce qui est dû, au plus tard quand ; calculée du journal, jamais saisie."""

from django.db import models

from draille.noyau.personne.models import Personne
from draille.socle.donnees import DonneePersonnelle


class Echeance(DonneePersonnelle):
    """Une horloge ouverte par un acte, fermée par un autre.

    `avant_le` : dernier jour à temps ; nul tant qu'une suspension dure, faute de limite.
    `personne` nulle : ce que le Département doit lui-même (un rapport, une délibération) ; sans clé
    d'accès, cette échéance n'a rien de personnel.
    """

    cle_acces = models.IntegerField(db_index=True, null=True)  # type: ignore[assignment]
    code = models.CharField(max_length=80)
    personne = models.ForeignKey(
        Personne, on_delete=models.PROTECT, null=True, related_name="echeances"
    )
    objet_id = models.BigIntegerField(null=True)
    ouverte_le = models.DateField()
    avant_le = models.DateField(null=True)
    fermee_le = models.DateField(null=True)
    est_sans_suite = models.BooleanField(default=False, db_default=False)
    ligne_ouverture_id = models.BigIntegerField()
    ligne_fermeture_id = models.BigIntegerField(null=True)

    class Meta:
        """Une seule par acte d'ouverture ; les ouvertes se lisent par limite."""

        app_label = "noyau"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "ligne_ouverture_id"], name="echeance_une_par_ouverture"
            ),
            models.CheckConstraint(
                name="echeance_personne_a_une_cle",
                condition=models.Q(personne__isnull=True) | models.Q(cle_acces__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["avant_le"],
                name="echeance_ouverte",
                condition=models.Q(fermee_le__isnull=True),
            ),
            models.Index(fields=["objet_id", "code"], name="echeance_objet"),
        ]

    def __str__(self) -> str:
        return f"{self.code} avant le {self.avant_le}"
