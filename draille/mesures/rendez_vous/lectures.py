"""Lire les rendez-vous : qui est à convoquer, qui vient, qui est venu, ce qui reste à dire.

Chaque lecture fait un nombre constant de requêtes, quel que soit le nombre de lignes.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q

from draille.mesures.rendez_vous import regles
from draille.mesures.rendez_vous.lectures_agenda import (
    Agenda,
    CreneauAgenda,
    CreneauLibre,
    JourAgenda,
    agenda,
    creneaux_libres,
    du_creneau,
    lieu,
    lieux,
    plages,
    prochains_creneaux,
)
from draille.mesures.rendez_vous.lectures_suivi import (
    AbsencesSecteur,
    Comparaison,
    Resultat,
    absences_par_secteur,
    comparaison_premier_arrive,
)
from draille.mesures.rendez_vous.models import DemandeRendezVous, RendezVous
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces
from draille.socle.refus import Refus

__all__ = [
    "AConvoquer",
    "AbsencesSecteur",
    "Agenda",
    "Comparaison",
    "CreneauAgenda",
    "CreneauLibre",
    "DossierRendezVous",
    "JourAgenda",
    "MesRendezVous",
    "Resultat",
    "a_convoquer",
    "absences_par_secteur",
    "agenda",
    "comparaison_premier_arrive",
    "creneaux_libres",
    "de_l_agent",
    "de_la_personne",
    "demande",
    "du_creneau",
    "lieu",
    "lieux",
    "mes_rendez_vous",
    "plages",
    "prochains_creneaux",
    "rendez_vous",
    "sans_objet",
    "signalees",
]

JOINTS = ("personne__commune", "creneau__lieu__commune", "creneau__agent", "demande")
ABSENCES = (RendezVous.Statut.EXCUSE, RendezVous.Statut.MANQUE)
VIVANTES = (
    DemandeRendezVous.Statut.A_CONVOQUER,
    DemandeRendezVous.Statut.CONVOQUEE,
    DemandeRendezVous.Statut.SIGNALEE,
)
JOURS_A_VENIR = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class AConvoquer:
    """Une personne à convoquer. `retard_jours` : la limite est passée d'autant, zéro à temps.

    `derniere` : sa dernière absence, excusée ou non, après laquelle on la convoque de nouveau.
    """

    demande: DemandeRendezVous
    personne: Personne
    nom_complet: str
    commune: str
    motif: str
    rang: int
    avant_le: date | None
    retard_jours: int
    agent: str
    derniere: RendezVous | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRendezVous:
    """Les rendez-vous d'une personne. `a_dire` : échus, dont la suite n'est pas dite."""

    demandes: tuple[DemandeRendezVous, ...]
    a_venir: tuple[RendezVous, ...]
    a_dire: tuple[RendezVous, ...]
    passes: tuple[RendezVous, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MesRendezVous:
    """La journée d'un agent, sa semaine, et les suites qu'il reste à dire."""

    aujourd_hui: tuple[RendezVous, ...]
    a_venir: tuple[RendezVous, ...]
    a_dire: tuple[RendezVous, ...]


def a_convoquer(
    *, acces: Acces, le: date, motif: str | None = None, limite: int | None = None
) -> tuple[AConvoquer, ...]:
    """Qui est à convoquer, la limite la plus proche d'abord : ceux en retard en tête. Deux
    requêtes.
    """
    demandes = _demandes(acces).filter(statut=DemandeRendezVous.Statut.A_CONVOQUER)
    if motif:
        demandes = demandes.filter(motif=motif)
    ordonnees = demandes.order_by(F("avant_le").asc(nulls_last=True), "id")
    return _lues(list(ordonnees[:limite]), acces, le)


def signalees(*, acces: Acces, le: date) -> tuple[AConvoquer, ...]:
    """Absentes à toutes leurs convocations : à examiner par une personne. Deux requêtes."""
    demandes = _demandes(acces).filter(statut=DemandeRendezVous.Statut.SIGNALEE)
    return _lues(list(demandes.order_by(F("avant_le").asc(nulls_last=True), "id")), acces, le)


def demande(*, demande_id: int, acces: Acces) -> DemandeRendezVous:
    """Une demande, sa personne et son référent joints. Lève `Refus('rendez_vous.introuvable')`."""
    trouvee: DemandeRendezVous | None = _demandes(acces).filter(pk=demande_id).first()
    if trouvee is None:
        raise _introuvable()
    return trouvee


def rendez_vous(*, rendez_vous_id: int, acces: Acces) -> RendezVous:
    """Un rendez-vous et tout ce qui l'entoure. Lève `Refus('rendez_vous.introuvable')`."""
    trouve: RendezVous | None = (
        RendezVous.objects.visibles(acces)
        .select_related(*JOINTS, "creneau__lieu__organisation", "fixe_par")
        .filter(pk=rendez_vous_id)
        .first()
    )
    if trouve is None:
        raise _introuvable()
    return trouve


def de_la_personne(*, personne_id: int, acces: Acces, le: date) -> DossierRendezVous:
    """Les demandes vivantes et les rendez-vous d'une personne. Deux requêtes."""
    demandes = _demandes(acces).filter(personne_id=personne_id, statut__in=VIVANTES)
    siens = list(_siens(acces).filter(personne_id=personne_id).order_by("debut", "id"))
    fixes = [r for r in siens if r.statut == RendezVous.Statut.FIXE]
    return DossierRendezVous(
        demandes=tuple(demandes.order_by("id")),
        a_venir=tuple(r for r in fixes if r.jour >= le),
        a_dire=tuple(r for r in fixes if r.jour < le),
        passes=tuple(r for r in reversed(siens) if r.statut != RendezVous.Statut.FIXE),
    )


def de_l_agent(*, agent_id: int, du: date, au: date, acces: Acces) -> tuple[RendezVous, ...]:
    """Les rendez-vous de l'agenda d'un agent, de `du` à `au` inclus, annulés compris. Une
    requête.
    """
    siens = _siens(acces).filter(creneau__agent_id=agent_id, jour__gte=du, jour__lte=au)
    return tuple(siens.order_by("debut", "id"))


def mes_rendez_vous(*, acces: Acces, le: date) -> MesRendezVous:
    """Ceux de l'agenda de l'agent, et des créneaux sans agent de son organisation. Une requête."""
    siens = Q(creneau__agent_id=acces.agent_id) | Q(
        creneau__agent_id__isnull=True, creneau__lieu__organisation_id=acces.organisation_id
    )
    fixes = list(
        _siens(acces)
        .filter(siens, statut=RendezVous.Statut.FIXE, jour__lt=le + timedelta(days=JOURS_A_VENIR))
        .order_by("debut", "id")
    )
    return MesRendezVous(
        aujourd_hui=tuple(r for r in fixes if r.jour == le),
        a_venir=tuple(r for r in fixes if r.jour > le),
        a_dire=tuple(r for r in fixes if r.jour < le),
    )


def sans_objet(*, acces: Acces, le: date) -> tuple[RendezVous, ...]:
    """Encore fixés alors que plus rien ne les demande : la personne est sortie, orientée
    autrement, ou confiée à un autre référent. Une personne les annule, ou les garde. Une requête.
    """
    plus_attendu = ~Q(demande__statut=DemandeRendezVous.Statut.CONVOQUEE)
    fixes = _siens(acces).filter(
        plus_attendu, statut=RendezVous.Statut.FIXE, jour__gte=le, demande__isnull=False
    )
    return tuple(fixes.order_by("debut", "id"))


def _demandes(acces: Acces) -> Any:
    return (
        DemandeRendezVous.objects.visibles(acces)
        .select_related("personne__commune", "agent")
        .defer("personne__nir_chiffre", "personne__recherche")
    )


def _siens(acces: Acces) -> Any:
    return (
        RendezVous.objects.visibles(acces)
        .select_related(*JOINTS)
        .defer("personne__nir_chiffre", "personne__recherche")
    )


def _lues(demandes: list[DemandeRendezVous], acces: Acces, le: date) -> tuple[AConvoquer, ...]:
    dernieres = {
        r.demande_id: r
        for r in RendezVous.objects.visibles(acces)
        .filter(demande_id__in=[d.pk for d in demandes], statut__in=ABSENCES)
        .order_by("debut", "id")
    }
    return tuple(
        AConvoquer(
            demande=d,
            personne=d.personne,
            nom_complet=d.personne.nom_complet,
            commune=d.personne.commune.nom if d.personne.commune else "",
            motif=d.motif,
            rang=d.rang,
            avant_le=d.avant_le,
            retard_jours=regles.retard_jours(jour=le, avant_le=d.avant_le),
            agent=str(d.agent) if d.agent else "",
            derniere=dernieres.get(d.pk),
        )
        for d in demandes
    )


def _introuvable() -> Refus:
    return Refus(
        code="rendez_vous.introuvable",
        message="Ce rendez-vous n'existe pas, ou ne vous est pas ouvert. Revenez à l'agenda.",
    )
