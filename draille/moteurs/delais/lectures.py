"""Lire les échéances : ce qui est dû, le plus tôt d'abord, et combien est en retard."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q

from draille.moteurs.delais import registre
from draille.moteurs.delais.calcul import EtatDelai, etat, jours_restants
from draille.noyau.echeance.models import Echeance
from draille.socle.acces import Acces
from draille.socle.donnees import VisiblesQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """Ce que l'on retient ; vide, tout. `avant_le` : les limites jusqu'à ce jour inclus."""

    codes: tuple[str, ...] = ()
    personne_id: int | None = None
    objets: tuple[int, ...] = ()
    avant_le: date | None = None
    est_en_retard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EcheanceOuverte:
    """Ce qui est dû. `avant_le`, `restants_jours` (négatif en retard) et `etat` sont nuls tant
    qu'une suspension dure.
    """

    code: str
    libelle: str
    personne_id: int
    nom_complet: str
    objet_id: int | None
    ouverte_le: date
    avant_le: date | None
    restants_jours: int | None
    etat: EtatDelai | None


@dataclass(frozen=True, slots=True)
class Compte:
    """Combien d'échéances sont ouvertes, et combien d'entre elles sont en retard."""

    ouvertes: int
    en_retard: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Une tranche d'une liste. `seuil_proche_jours` : jours restants qui valent « proche »."""

    debut: int = 0
    taille: int = 50
    seuil_proche_jours: int = 7


PREMIERE_PAGE = Page()
TOUT = Filtre()


def echeances_ouvertes(
    *, acces: Acces, le: date, filtre: Filtre = TOUT, page: Page = PREMIERE_PAGE
) -> list[EcheanceOuverte]:
    """Les échéances ouvertes ce jour-là que cet accès voit, la plus proche d'abord. Une requête."""
    retenues = (
        _ouvertes(acces, le, filtre)
        .select_related("personne")
        .order_by(F("avant_le").asc(nulls_last=True), "id")
    )
    tranche = retenues[page.debut : page.debut + page.taille]
    return [_lue(echeance, le, page.seuil_proche_jours) for echeance in tranche]


def compte(*, acces: Acces, le: date, filtre: Filtre = TOUT) -> Compte:
    """Combien sont ouvertes et en retard ce jour-là, pour cet accès. Une requête."""
    totaux = _ouvertes(acces, le, filtre).aggregate(
        ouvertes=Count("id"), en_retard=Count("id", filter=Q(avant_le__lt=le))
    )
    return Compte(totaux["ouvertes"], totaux["en_retard"])


def comptes_par_code(*, acces: Acces, le: date, filtre: Filtre = TOUT) -> dict[str, Compte]:
    """Les mêmes comptes, délai par délai ; un délai sans échéance ouverte n'y est pas."""
    rangees = (
        _ouvertes(acces, le, filtre)
        .values("code")
        .annotate(ouvertes=Count("id"), en_retard=Count("id", filter=Q(avant_le__lt=le)))
        .order_by("code")
    )
    return {r["code"]: Compte(r["ouvertes"], r["en_retard"]) for r in rangees}


def _ouvertes(acces: Acces, le: date, filtre: Filtre) -> VisiblesQuerySet:
    # Un acte daté d'après ce jour n'est pas encore fait, vu de ce jour.
    retenues = Echeance.objects.visibles(acces).filter(
        Q(fermee_le__isnull=True) | Q(fermee_le__gt=le), ouverte_le__lte=le
    )
    if filtre.codes:
        retenues = retenues.filter(code__in=filtre.codes)
    if filtre.personne_id is not None:
        retenues = retenues.filter(personne_id=filtre.personne_id)
    if filtre.objets:
        retenues = retenues.filter(objet_id__in=filtre.objets)
    if filtre.avant_le is not None:
        retenues = retenues.filter(avant_le__lte=filtre.avant_le)
    if filtre.est_en_retard:
        retenues = retenues.filter(avant_le__lt=le)
    return retenues


def _lue(echeance: Echeance, le: date, seuil_proche_jours: int) -> EcheanceOuverte:
    avant_le = echeance.avant_le
    restants: int | None = None
    vu: EtatDelai | None = None
    if avant_le is not None:
        restants = jours_restants(avant_le=avant_le, le=le)
        vu = etat(avant_le=avant_le, ferme_le=None, le=le, seuil_proche_jours=seuil_proche_jours)
    return EcheanceOuverte(
        code=echeance.code,
        libelle=_libelle(echeance.code),
        personne_id=echeance.personne_id,
        nom_complet=echeance.personne.nom_complet,
        objet_id=echeance.objet_id,
        ouverte_le=echeance.ouverte_le,
        avant_le=avant_le,
        restants_jours=restants,
        etat=vu,
    )


def _libelle(code: str) -> str:
    """Le libellé du délai ; son code si plus rien ne le déclare."""
    try:
        return registre.delai(code).libelle
    except KeyError:
        return code
