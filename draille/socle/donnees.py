"""La base de toute table qui porte des données personnelles : les deux murs tiennent ici.

Premier mur : `objects.visibles(acces)`. Second mur : la sécurité par ligne de PostgreSQL, posée
par `draille.socle.murs` sur toute classe qui hérite d'ici ; on ne peut donc pas l'oublier.
"""

from typing import Any, Self

from django.db import models

from draille.socle.acces import PAS, Acces


class _Ouverte(models.Func):
    """Vrai si l'une des clés détenues ouvre la colonne : la clé même, ou celle du compartiment."""

    template = (
        "(%(expressions)s = ANY(%%s::int[])"
        f" OR (%(expressions)s - %(expressions)s %%%% {PAS}) = ANY(%%s::int[]))"
    )

    def __init__(self, colonne: str, acces: Acces) -> None:
        super().__init__(models.F(colonne), output_field=models.BooleanField())
        self.cles = list(acces.cles)

    def as_sql(self, *arguments: Any, **contexte: Any) -> tuple[str, Any]:
        """Le prédicat, la colonne qualifiée par son alias : il vaut aussi en sous-requête."""
        sql, _ = super().as_sql(*arguments, **contexte)
        return sql, [self.cles, self.cles]


class VisiblesQuerySet(models.QuerySet[Any]):
    """Requêtes sur une table dont chaque ligne porte une seule clé d'accès."""

    def visibles(self, acces: Acces) -> Self:
        """Ne garde que les lignes que cet accès ouvre."""
        return self.filter(_Ouverte("cle_acces", acces))


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
