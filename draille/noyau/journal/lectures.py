"""Lire le journal : celui d'une personne, les dernières lignes, l'état du scellement."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from draille.noyau.journal.models import LigneJournal, Scellement
from draille.socle.acces import Acces


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """Les lignes voulues : d'un code, d'une date d'acte [debut, fin], d'avant une ligne."""

    code: str = ""
    debut: date | None = None
    fin: date | None = None
    avant_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EtatScellement:
    """Combien de lots, jusqu'à quelle ligne, quand."""

    lots: int
    dernier_id: int
    scelle_le: datetime | None


def de_la_personne(*, personne_id: int, acces: Acces) -> "QuerySet[LigneJournal]":
    """Les actes d'une personne que cet accès ouvre, du plus récent au plus ancien.

    Le journal ne change pas quand deux dossiers se rejoignent : celui qui continue l'autre montre
    aussi ses actes.
    """
    dossiers = RawSQL(
        "SELECT %s::bigint UNION ALL SELECT id FROM noyau_personne WHERE fusionnee_dans_id = %s",
        (personne_id, personne_id),
    )
    lignes: QuerySet[LigneJournal] = (
        LigneJournal.objects.visibles(acces).filter(personne_id__in=dossiers).order_by("-le", "-id")
    )
    return lignes


def dernieres(*, acces: Acces, filtre: Filtre, limite: int) -> list[LigneJournal]:
    """Les dernières lignes que cet accès ouvre, et celles qui ne parlent de personne."""
    lignes = LigneJournal.objects.visibles(acces) | LigneJournal.objects.filter(
        cle_acces__isnull=True
    )
    if filtre.code:
        lignes = lignes.filter(code=filtre.code)
    if filtre.debut is not None:
        lignes = lignes.filter(le__gte=filtre.debut)
    if filtre.fin is not None:
        lignes = lignes.filter(le__lte=filtre.fin)
    if filtre.avant_id is not None:
        lignes = lignes.filter(id__lt=filtre.avant_id)
    return list(lignes.order_by("-id")[:limite])


def etat_scellement() -> EtatScellement:
    """L'état de la chaîne des sceaux ; rien n'y est personnel."""
    dernier = Scellement.objects.order_by("-id").first()
    return EtatScellement(
        lots=Scellement.objects.count(),
        dernier_id=dernier.dernier_id if dernier else 0,
        scelle_le=dernier.scelle_le if dernier else None,
    )
