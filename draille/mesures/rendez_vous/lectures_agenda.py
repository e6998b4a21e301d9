"""Lire l'agenda : les lieux, leurs plages, la semaine, les créneaux où l'on peut encore venir.

Chaque lecture fait un nombre constant de requêtes. Les créneaux ne sont à personne ; les
rendez-vous ne se lisent que si l'accès les ouvre, les autres ne font que nombre.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from draille.mesures.rendez_vous import regles
from draille.mesures.rendez_vous.lectures_trajets import temps_entre
from draille.mesures.rendez_vous.models import (
    Creneau,
    DemandeRendezVous,
    Lieu,
    Motif,
    Plage,
    RendezVous,
)
from draille.moteurs.trajets.calcul import Temps
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

# Ceux qui tiennent encore une place : un rendez-vous annulé ou excusé l'a rendue.
PRENNENT = (RendezVous.Statut.FIXE, RendezVous.Statut.HONORE, RendezVous.Statut.MANQUE)
JOURS_AGENDA = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CreneauAgenda:
    """Un créneau de la semaine. `caches` : les places prises par qui ce lecteur ne voit pas."""

    creneau: Creneau
    rendez_vous: tuple[RendezVous, ...]
    caches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JourAgenda:
    """Un jour de la semaine."""

    jour: date
    est_ferie: bool
    creneaux: tuple[CreneauAgenda, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """Une semaine. `total` : rendez-vous visibles ; `a_dire` : échus, suite non dite."""

    lundi: date
    jours: tuple[JourAgenda, ...]
    total: int
    a_dire: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreneauLibre:
    """Un créneau où il reste de la place. `temps` nul quand la commune n'est pas située."""

    creneau: Creneau
    places_libres: int
    temps: Temps | None
    retard_jours: int


def lieux(*, le: date, avec_fermes: bool = False) -> tuple[Lieu, ...]:
    """Les lieux où l'on reçoit ce jour-là, par nom. Une requête."""
    tous = Lieu.objects.select_related("organisation", "commune").order_by("nom", "id")
    return tuple(tous if avec_fermes else tous.filter(Q(fin__isnull=True) | Q(fin__gt=le)))


def lieu(*, lieu_id: int) -> Lieu:
    """Un lieu. Lève `Refus('rendez_vous.lieu_introuvable')`."""
    trouve = Lieu.objects.select_related("organisation", "commune").filter(pk=lieu_id).first()
    if trouve is None:
        raise Refus(
            code="rendez_vous.lieu_introuvable",
            message="Ce lieu n'existe pas. Choisissez-en un dans la liste.",
        )
    return trouve


def plages(*, lieu_id: int, le: date, avec_fermees: bool = False) -> tuple[Plage, ...]:
    """Les plages d'un lieu, celles de chaque semaine d'abord. Une requête."""
    toutes = (
        Plage.objects.filter(lieu_id=lieu_id)
        .select_related("agent", "lieu")
        .order_by("jour", "le", "heure_debut", "id")
    )
    if avec_fermees:
        return tuple(toutes)
    en_cours = toutes.filter(Q(fin__isnull=True) | Q(fin__gt=le))
    return tuple(en_cours.filter(Q(le__isnull=True) | Q(le__gte=le)))


def agenda(
    *,
    lundi: date,
    acces: Acces,
    le: date,
    lieu_id: int | None = None,
    agent_id: int | None = None,
) -> Agenda:
    """La semaine d'un lieu, d'un agent, ou de tous. Deux requêtes."""
    fin = lundi + timedelta(days=JOURS_AGENDA)
    creneaux = _vises(
        Creneau.objects.filter(jour__gte=lundi, jour__lt=fin), lieu_id, agent_id
    ).select_related("lieu", "agent", "plage")
    visibles: defaultdict[int, list[RendezVous]] = defaultdict(list)
    a_dire = total = 0
    for rendez_vous in _rendez_vous(acces).filter(
        jour__gte=lundi, jour__lt=fin, statut__in=PRENNENT, creneau__in=creneaux.values("pk")
    ):
        visibles[rendez_vous.creneau_id].append(rendez_vous)
        total += 1
        a_dire += rendez_vous.statut == RendezVous.Statut.FIXE and rendez_vous.jour < le
    par_jour: defaultdict[date, list[CreneauAgenda]] = defaultdict(list)
    for creneau in creneaux.order_by("debut", "lieu__nom", "id"):
        siens = tuple(visibles[creneau.pk])
        lu = CreneauAgenda(
            creneau=creneau, rendez_vous=siens, caches=max(0, creneau.pris - len(siens))
        )
        par_jour[creneau.jour].append(lu)
    semaine = [lundi + timedelta(days=n) for n in range(JOURS_AGENDA)]
    jours = tuple(
        JourAgenda(jour=j, est_ferie=regles.est_ferie(j), creneaux=tuple(par_jour[j]))
        for j in semaine
    )
    return Agenda(lundi=lundi, jours=jours, total=total, a_dire=a_dire)


def du_creneau(*, creneau_id: int, acces: Acces) -> tuple[RendezVous, ...]:
    """Les rendez-vous d'un créneau que cet accès ouvre, personne jointe. Une requête."""
    return tuple(_rendez_vous(acces).filter(creneau_id=creneau_id, statut__in=PRENNENT))


def prochains_creneaux(
    *,
    acces: Acces,
    le: date,
    demande_id: int | None = None,
    rendez_vous_id: int | None = None,
    limite: int = 12,
) -> tuple[CreneauLibre, ...]:
    """Où et quand cette personne peut venir : les plus tôt, le plus proche à jour égal.

    Pour une demande, ou pour déplacer un rendez-vous. Quatre requêtes. Lève
    `Refus('rendez_vous.introuvable')`.
    """
    if demande_id is not None:
        modele: Any = DemandeRendezVous
        lignes = modele.objects.visibles(acces).select_related("personne").filter(pk=demande_id)
    else:
        modele = RendezVous
        lignes = modele.objects.visibles(acces).select_related("personne", "creneau", "demande")
        lignes = lignes.filter(pk=rendez_vous_id)
    vise = lignes.first()
    if vise is None:
        raise Refus(
            code="rendez_vous.introuvable",
            message="Ce rendez-vous n'existe pas, ou ne vous est pas ouvert.",
        )
    demande = vise if isinstance(vise, DemandeRendezVous) else vise.demande
    agent_id: Any = demande.agent_id if demande else vise.creneau.agent_id
    admis = _ouverts(le)
    if vise.motif == Motif.SUIVI:
        admis = admis.filter(motif__in=(Motif.SUIVI, Motif.REFERENT), agent_id=agent_id)
    elif vise.motif == Motif.REFERENT:
        admis = admis.filter(motif=Motif.REFERENT, agent_id=agent_id)
    else:
        admis = admis.filter(motif=vise.motif)
    if isinstance(vise, RendezVous):
        admis = admis.exclude(pk=vise.creneau_id)
    avant_le = demande.avant_le if demande else None
    return _libres(admis, vise.personne.commune_id, avant_le, le)[:limite]


def creneaux_libres(
    *,
    acces: Acces,
    le: date,
    lieu_id: int | None = None,
    agent_id: int | None = None,
    limite: int = 50,
) -> tuple[CreneauLibre, ...]:
    """Les créneaux de suivi encore libres, pour un rendez-vous sans demande. Une requête.

    Rien de personnel : les créneaux se lisent à tout accès qui tient un rôle.
    """
    if not acces.roles:
        return ()
    admis = _vises(_ouverts(le), lieu_id, agent_id)
    admis = admis.filter(motif__in=(Motif.SUIVI, Motif.REFERENT))
    return _libres(admis, None, None, le)[:limite]


def _libres(
    admis: "QuerySet[Creneau]", commune_id: int | None, avant_le: date | None, le: date
) -> tuple[CreneauLibre, ...]:
    creneaux = list(admis.select_related("lieu__commune", "agent").order_by("debut", "id"))
    temps = temps_entre(communes=[commune_id], lieux=[c.lieu.commune_id for c in creneaux], le=le)
    libres = [
        CreneauLibre(
            creneau=c,
            places_libres=c.places_libres,
            temps=temps.get((commune_id or 0, c.lieu.commune_id)),
            retard_jours=regles.retard_jours(jour=c.jour, avant_le=avant_le),
        )
        for c in creneaux
    ]
    return tuple(sorted(libres, key=_ordre))


def _ordre(libre: CreneauLibre) -> tuple[date, int, Any, int]:
    creneau = libre.creneau
    return (creneau.jour, libre.temps.minutes if libre.temps else 0, creneau.debut, creneau.pk)


def _ouverts(le: date) -> "QuerySet[Creneau]":
    horizon = le + timedelta(days=registre_global().entier("rendez_vous.horizon", le))
    return Creneau.objects.filter(
        est_ferme=False, pris__lt=F("capacite"), jour__gte=le, jour__lte=horizon
    )


def _vises(
    creneaux: "QuerySet[Creneau]", lieu_id: int | None, agent_id: int | None
) -> "QuerySet[Creneau]":
    if lieu_id is not None:
        creneaux = creneaux.filter(lieu_id=lieu_id)
    return creneaux if agent_id is None else creneaux.filter(agent_id=agent_id)


def _rendez_vous(acces: Acces) -> Any:
    return (
        RendezVous.objects.visibles(acces)
        .select_related("personne__commune", "demande")
        .defer("personne__nir_chiffre", "personne__recherche")
        .order_by("debut", "id")
    )
