"""Lire les schémas inscrits, tels qu'ils valent à une date."""

from datetime import date

from django.db.models import Prefetch

from draille.ecrans.arbre import Appui, GenreAppui
from draille.mesures.schema_solidarites import models, regles

_FEUILLES = ("objectifs", "engagements", "appuis")


def schemas(*, departement: str) -> tuple[regles.Schema, ...]:
    """Les schémas inscrits de ce Département, toutes versions comprises. Huit requêtes au plus."""
    return tuple(_schema(s) for s in _inscrits(departement))


def schema(*, departement: str, code: str) -> regles.Schema | None:
    """Ce schéma ; None s'il n'est pas inscrit."""
    return next((s for s in schemas(departement=departement) if s.code == code), None)


def version_au(*, departement: str, code: str, le: date) -> regles.Version | None:
    """La version de ce schéma qui vaut ce jour-là."""
    lu = schema(departement=departement, code=code)
    return None if lu is None else regles.lire_au(schema=lu, le=le)


def _inscrits(departement: str) -> list[models.Schema]:
    actions = models.ActionSchema.objects.prefetch_related(*_FEUILLES)
    axes = models.Axe.objects.prefetch_related(Prefetch("actions", queryset=actions), "criteres")
    versions = models.Version.objects.prefetch_related(Prefetch("axes", queryset=axes))
    inscrits = models.Schema.objects.filter(departement=departement).order_by("pk")
    return list(inscrits.prefetch_related(Prefetch("versions", queryset=versions)))


def _schema(inscrit: models.Schema) -> regles.Schema:
    preuve = _preuve(inscrit)
    assert preuve is not None, "un schéma cite toujours sa source"
    return regles.Schema(
        departement=inscrit.departement,
        code=inscrit.code,
        titre=inscrit.titre,
        debut=inscrit.debut,
        fin=inscrit.fin,
        mention=inscrit.mention,
        preuve=preuve,
        versions=tuple(_version(v) for v in inscrit.versions.all()),
    )


def _version(inscrite: models.Version) -> regles.Version:
    return regles.Version(
        rang=inscrite.rang,
        titre=inscrite.titre,
        adoptee_le=inscrite.adoptee_le,
        deliberation=inscrite.deliberation,
        motif=inscrite.motif,
        axes=tuple(_axe(x) for x in inscrite.axes.all()),
    )


def _axe(inscrit: models.Axe) -> regles.Axe:
    preuve = _preuve(inscrit)
    assert preuve is not None, "un axe cite toujours sa source"
    return regles.Axe(
        code=inscrit.code,
        libelle=inscrit.libelle,
        preuve=preuve,
        actions=tuple(_action(a) for a in inscrit.actions.all()),
        criteres=tuple(
            regles.Critere(
                code=c.code, libelle=c.libelle, appui=Appui(GenreAppui(c.genre), c.appui, c.libelle)
            )
            for c in inscrit.criteres.all()
        ),
    )


def _action(inscrite: models.ActionSchema) -> regles.Action:
    return regles.Action(
        code=inscrite.code,
        libelle=inscrite.libelle,
        rattachement=regles.Rattachement(inscrite.rattachement),
        preuve=_preuve(inscrite),
        objectifs=tuple(_objectif(o) for o in inscrite.objectifs.all()),
        montants=tuple(_montant(e) for e in inscrite.engagements.all()),
        appuis=tuple(Appui(GenreAppui(a.genre), a.code, a.libelle) for a in inscrite.appuis.all()),
    )


def _objectif(inscrit: models.Objectif) -> regles.Objectif:
    preuve = _preuve(inscrit)
    assert preuve is not None, "un objectif cite toujours sa source"
    return regles.Objectif(
        code=inscrit.code,
        libelle=inscrit.libelle,
        genre=regles.GenreObjectif(inscrit.genre),
        preuve=preuve,
        valeur=inscrit.valeur,
        valeur_max=inscrit.valeur_max,
        unite=inscrit.unite,
        annee_base=inscrit.annee_base,
        echeance_annee=inscrit.echeance_annee,
    )


def _montant(inscrit: models.Engagement) -> regles.Montant:
    preuve = _preuve(inscrit)
    assert preuve is not None, "un montant cite toujours sa source"
    return regles.Montant(
        financeur=inscrit.financeur,
        valeur=inscrit.montant,
        preuve=preuve,
        convention=inscrit.convention,
    )


def _preuve(inscrite: models.Prouvee) -> regles.Preuve | None:
    if not inscrite.phrase:
        return None
    return regles.Preuve(inscrite.phrase, inscrite.source, inscrite.datee)
