"""Ce qui est dû : la liste par limite, ses comptes, les retards par territoire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from draille.noyau.echeance.models import Echeance
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces

Etat = Literal["", "retard", "semaine"]
SEMAINE_JOURS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """Ce que l'on veut voir. `referent_id` : seulement les personnes que suit cet agent."""

    etat: Etat = ""
    code: str = ""
    referent_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comptes:
    """Combien d'échéances ouvertes, dépassées, à tenir dans les sept jours (ce jour inclus)."""

    ouvertes: int
    en_retard: int
    cette_semaine: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetardTerritoire:
    """Les échéances d'un secteur : ouvertes, et dépassées."""

    nom: str
    ouvertes: int
    en_retard: int


def _ouvertes(acces: Acces, le: date, filtre: Filtre) -> QuerySet[Echeance]:
    requete = Echeance.objects.visibles(acces).filter(
        fermee_le__isnull=True, personne__isnull=False
    )
    if filtre.code:
        requete = requete.filter(code=filtre.code)
    if filtre.etat == "retard":
        requete = requete.filter(avant_le__lt=le)
    elif filtre.etat == "semaine":
        requete = requete.filter(avant_le__gte=le, avant_le__lt=le + timedelta(days=SEMAINE_JOURS))
    if filtre.referent_id is not None:
        suivies = Referent.objects.filter(
            personne_id=OuterRef("personne_id"), agent_id=filtre.referent_id, debut__lte=le
        ).filter(Q(fin__isnull=True) | Q(fin__gt=le))
        requete = requete.filter(Exists(suivies))
    return requete


def ouvertes(*, acces: Acces, le: date, filtre: Filtre, limite: int) -> list[Echeance]:
    """Les échéances ouvertes, la plus proche d'abord, personne et commune.

    Une horloge suspendue, sans limite, vient en dernier.
    """
    return list(
        _ouvertes(acces, le, filtre)
        .select_related("personne__commune")
        .defer("personne__nir_chiffre", "personne__recherche")
        .order_by("avant_le", "pk")[:limite]
    )


def compter(*, acces: Acces, le: date, filtre: Filtre) -> Comptes:
    """Les trois comptes, en une requête ; l'état du filtre ne compte pas."""
    requete = _ouvertes(acces, le, Filtre(code=filtre.code, referent_id=filtre.referent_id))
    fin = le + timedelta(days=SEMAINE_JOURS)
    comptes = requete.aggregate(
        ouvertes=Count("pk"),
        en_retard=Count("pk", filter=Q(avant_le__lt=le)),
        cette_semaine=Count("pk", filter=Q(avant_le__gte=le, avant_le__lt=fin)),
    )
    return Comptes(**comptes)


_PAR_TERRITOIRE = """
SELECT coalesce(t.nom, 'Sans commune connue'), count(*),
  count(*) FILTER (WHERE e.avant_le < %(le)s)
FROM ({echeances}) e
LEFT JOIN noyau_territoirecommune tc ON tc.commune_id = e.cle_acces %% 100000
  AND tc.nature = 'secteur' AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s)
LEFT JOIN noyau_territoire t ON t.id = tc.territoire_id
GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1
"""


def retards_par_territoire(*, acces: Acces, le: date) -> list[RetardTerritoire]:
    """Les échéances ouvertes par secteur du Département, les plus en retard d'abord."""
    sous_cles = (
        "SELECT cle_acces, avant_le FROM noyau_echeance WHERE fermee_le IS NULL"
        " AND personne_id IS NOT NULL"
        " AND (cle_acces = ANY(%(cles)s) OR cle_acces - cle_acces %% 100000 = ANY(%(cles)s))"
    )
    with connection.cursor() as curseur:
        curseur.execute(
            _PAR_TERRITOIRE.format(echeances=sous_cles), {"le": le, "cles": list(acces.cles)}
        )
        return [
            RetardTerritoire(nom=nom, ouvertes=ouvertes, en_retard=retard)
            for nom, ouvertes, retard in curseur.fetchall()
        ]


def de_la_personne(*, personne_id: int, acces: Acces) -> list[Echeance]:
    """Les échéances d'une personne : ouvertes d'abord, par limite, puis les fermées."""
    return sorted(
        Echeance.objects.visibles(acces).filter(personne_id=personne_id),
        key=lambda e: (e.fermee_le is not None, e.avant_le or date.max, e.pk),
    )


def prochaines(*, personnes: Sequence[int], acces: Acces) -> dict[int, Echeance]:
    """La plus proche échéance ouverte de chacune de ces personnes."""
    lues = (
        Echeance.objects.visibles(acces)
        .filter(personne_id__in=personnes, fermee_le__isnull=True)
        .order_by(F("avant_le").desc(nulls_first=True), "-pk")
    )
    return {e.personne_id: e for e in lues if e.personne_id is not None}


def du_departement(*, code: str, le: date) -> list[Echeance]:
    """Ce que le Département doit lui-même par ce délai et qui n'est pas clos à cette date, la
    limite la plus proche d'abord. Rien de personnel : ces échéances ne sont à personne.
    """
    return list(
        Echeance.objects.filter(code=code, personne__isnull=True, ouverte_le__lte=le)
        .exclude(fermee_le__lte=le)
        .order_by("avant_le", "pk")
    )
