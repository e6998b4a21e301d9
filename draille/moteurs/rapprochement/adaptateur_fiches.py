"""Du noyau au calcul : les fiches des personnes, et les seuils du jour."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from draille.moteurs.rapprochement.calcul.types import Fiche, Seuils
from draille.noyau.foyer.models import MembreFoyer
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global

_CHAMPS = (
    "id",
    "nom_naissance",
    "nom_usage",
    "prenom",
    "prenoms_autres",
    "sexe",
    "naissance_le",
    "naissance_precision",
    "telephone",
    "courriel",
    "commune_id",
    "nir_empreinte",
)


def seuils(le: date) -> Seuils:
    """Les bornes des zones à cette date. Lève `ErreurParametre` s'il en manque une."""
    registre = registre_global()
    return Seuils(
        certaine=registre.entier("rapprochement.seuil_certaine", le),
        marge=registre.entier("rapprochement.marge", le),
        revue=registre.entier("rapprochement.seuil_revue", le),
    )


def fiche(personne: Personne, *, matricules: Iterable[str] = ()) -> Fiche:
    """Ce que l'on compare de cette personne."""
    valeurs = tuple(getattr(personne, champ) for champ in _CHAMPS)
    return _fiche(valeurs, frozenset(matricules))


def fiches(*, acces: Acces, ids: Collection[int] | None = None) -> list[Fiche]:
    """Les fiches que cet accès ouvre, dossiers absorbés exclus, matricules compris.

    Deux requêtes. `ids` nul : toutes.
    """
    parmi = Q() if ids is None else Q(pk__in=ids)
    personnes = (
        Personne.objects.visibles(acces)
        .filter(parmi, fusionnee_dans__isnull=True)
        .values_list(*_CHAMPS)
    )
    membres = Q() if ids is None else Q(personne_id__in=ids)
    matricules = dict(
        MembreFoyer.objects.visibles(acces)
        # Un matricule provisoire, posé faute d'un vrai, commence ainsi.
        .filter(membres)
        .exclude(foyer__matricule__startswith="#")
        .exclude(foyer__matricule="")
        .values("personne_id")
        .annotate(matricules=ArrayAgg("foyer__matricule", distinct=True))
        .values_list("personne_id", "matricules")
    )
    return [_fiche(p, frozenset(matricules.get(p[0], ()))) for p in personnes.iterator()]


def _fiche(valeurs: tuple[Any, ...], matricules: frozenset[str]) -> Fiche:
    lues = dict(zip(_CHAMPS, valeurs, strict=True))
    nir = lues.pop("nir_empreinte")
    return Fiche(
        naissance=lues.pop("naissance_le"),
        precision=lues.pop("naissance_precision"),
        commune=lues.pop("commune_id"),
        nir=bytes(nir) if nir else b"",
        matricules=matricules,
        **lues,
    )
