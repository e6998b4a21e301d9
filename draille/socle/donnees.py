"""La base de toute table qui porte des données personnelles : les deux murs tiennent ici.

Premier mur : `objects.visibles(acces)`. Second mur : la sécurité par ligne de PostgreSQL, posée
par `draille.socle.murs` sur toute classe qui hérite d'ici ; on ne peut donc pas l'oublier.
"""

from typing import Any, Self

from django.db import models
from django.db.models.expressions import RawSQL

from draille.socle.acces import PAS, Acces


class VisiblesQuerySet(models.QuerySet[Any]):
    """Requêtes sur une table dont chaque ligne porte une seule clé d'accès."""

    def visibles(self, acces: Acces) -> Self:
        """Ne garde que les lignes que cet accès ouvre."""
        table = self.model._meta.db_table
        cles = list(acces.cles)
        return self.filter(
            models.Q(
                RawSQL(
                    f'("{table}".cle_acces = ANY(%s::int[])'
                    f' OR ("{table}".cle_acces - "{table}".cle_acces %% {PAS}) = ANY(%s::int[]))',
                    (cles, cles),
                    output_field=models.BooleanField(),
                )
            )
        )


class VisiblesParListeQuerySet(models.QuerySet[Any]):
    """Requêtes sur une table dont chaque ligne porte plusieurs clés d'accès (les personnes)."""

    def visibles(self, acces: Acces) -> Self:
        """Ne garde que les lignes dont une clé est ouverte par cet accès."""
        return self.filter(cles_acces__overlap=list(acces.cles))


class DonneePersonnelle(models.Model):
    """Ligne personnelle à une clé : compartiment * 100 000 + commune."""

    cle_acces = models.IntegerField(db_index=True)

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        """Classe de base, sans table."""

        abstract = True
