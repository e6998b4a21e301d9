"""Lire les sessions, une session, ses inscrits, et ses propres formations.

Les noms des inscrits se lisent au titre d'un rôle qui gère ; chacun lit les siens.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from draille.mesures.formation import regles_catalogue
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.models import (
    DemiJournee,
    Inscription,
    Presence,
    Professionnel,
    Session,
)
from draille.mesures.formation.regles import VIVES, StatutInscription, StatutSession
from draille.noyau.organisation.models import Agent, Organisation
from draille.socle.acces import Acces
from draille.socle.refus import Refus

_VIVES = [str(s) for s in VIVES]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLue:
    """Une session de la liste. `mienne` : l'inscription vivante de qui lit, s'il en a une."""

    session: Session
    theme: str
    demi_journees: int
    attente: int
    mienne: Inscription | None

    @property
    def est_ouverte(self) -> bool:
        """Vrai si elle est encore à faire."""
        return self.session.statut == StatutSession.PROGRAMMEE


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """Ce que l'on regarde : un thème (vide : tous), les sessions passées plutôt qu'à venir, celles
    qui finissent cette année-là.
    """

    theme: str = ""
    est_passe: bool = False
    annee: int | None = None


def sessions(*, acces: Acces, le: date, filtre: Filtre | None = None) -> list[SessionLue]:
    """Les sessions à venir (la plus proche d'abord), ou passées (la plus récente). Deux requêtes.

    Une session à venir l'est jusqu'à sa clôture : ce qu'il reste à émarger ne disparaît pas.
    """
    vu = filtre or Filtre()
    a_venir = Q(statut=StatutSession.PROGRAMMEE)
    lues = _annotees(
        Session.objects.exclude(a_venir) if vu.est_passe else Session.objects.filter(a_venir)
    )
    if vu.theme:
        lues = lues.filter(theme=vu.theme)
    # Any : les comptes annotés n'ont pas de type.
    if vu.annee is not None:
        lues = lues.filter(fin__year=vu.annee)
    rangees: list[Any] = list(
        lues.order_by("-debut", "-pk") if vu.est_passe else lues.order_by("debut", "pk")
    )
    miennes = _miennes(acces, [s.pk for s in rangees])
    return [
        SessionLue(
            session=s,
            theme=regles_catalogue.libelle_theme(s.theme),
            demi_journees=s.nombre,
            attente=s.attente,
            mienne=miennes.get(s.pk),
        )
        for s in rangees
    ]


def _annotees(lues: QuerySet[Session]) -> "QuerySet[Session]":
    return lues.select_related("commune").annotate(
        nombre=Count("demi_journees", distinct=True),
        attente=Count(
            "inscriptions",
            distinct=True,
            filter=Q(inscriptions__statut=StatutInscription.EN_ATTENTE),
        ),
    )


def _miennes(acces: Acces, sessions_lues: Sequence[int]) -> dict[int, Inscription]:
    if acces.agent_id is None:
        return {}
    siennes = Inscription.objects.filter(
        professionnel__agent_id=acces.agent_id, session_id__in=sessions_lues, statut__in=_VIVES
    )
    return {i.session_id: i for i in siennes}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemiJourneeLue:
    """Une demi-journée, et combien de présences y sont dites, dont combien de présents."""

    demi: DemiJournee
    dites: int
    presents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inscrit:
    """Un inscrit, son rang dans l'attente (nul s'il a sa place), et ses présences par demi-journée
    (nul : pas encore dit).
    """

    inscription: Inscription
    nom: str
    metier: str
    organisation: str
    rang: int | None
    presences: tuple[bool | None, ...]

    @property
    def suivies(self) -> int:
        """Les demi-journées où il était là."""
        return sum(p is True for p in self.presences)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOuverte:
    """Une session entière. `inscrits` et `attente` sont vides pour qui ne gère pas."""

    session: Session
    theme: regles_catalogue.Theme | None
    demi_journees: tuple[DemiJourneeLue, ...]
    inscrits: tuple[Inscrit, ...]
    attente: tuple[Inscrit, ...]
    nombre_attente: int
    mienne: Inscription | None
    mon_rang: int | None

    @property
    def est_emargee(self) -> bool:
        """Vrai si toutes les présences sont dites."""
        return all(d.dites >= self.session.prises for d in self.demi_journees)


def session(*, session_id: int, acces: Acces) -> SessionOuverte:
    """La session, ses demi-journées, et, pour qui gère, ses inscrits par ordre d'inscription.

    Quatre requêtes au plus. Lève `Refus('formation.session_introuvable')`.
    """
    lue = Session.objects.select_related("commune").filter(pk=session_id).first()
    if lue is None:
        raise Refus(
            code="formation.session_introuvable",
            message="Cette session n'existe pas. Revenez à la liste des sessions.",
        )
    demis = list(lue.demi_journees.all())
    vives = list(_inscrites(lue))
    presences = _presences(vives)
    habilles = _habiller(vives, demis, presences)
    mienne = next(
        (i for i in vives if acces.agent_id and i.professionnel.agent_id == acces.agent_id), None
    )
    peut_lire = ACCES["gerer"](acces)
    return SessionOuverte(
        session=lue,
        theme=regles_catalogue.tous().get(lue.theme),
        demi_journees=_comptees(demis, presences),
        inscrits=tuple(h for h in habilles if h.rang is None) if peut_lire else (),
        attente=tuple(h for h in habilles if h.rang is not None) if peut_lire else (),
        nombre_attente=sum(h.rang is not None for h in habilles),
        mienne=mienne,
        mon_rang=next((h.rang for h in habilles if h.inscription == mienne), None),
    )


def _inscrites(lue: Session) -> "QuerySet[Inscription]":
    return lue.inscriptions.filter(statut__in=_VIVES).select_related(
        "professionnel__agent", "professionnel__organisation"
    )


def _presences(inscriptions: Sequence[Inscription]) -> Mapping[tuple[int, int], bool]:
    return {
        (p.inscription_id, p.demi_journee_id): p.est_presente
        for p in Presence.objects.filter(inscription__in=inscriptions)
    }


def _habiller(
    vives: Sequence[Inscription],
    demis: Sequence[DemiJournee],
    presences: Mapping[tuple[int, int], bool],
) -> list[Inscrit]:
    habilles, rang = [], 0
    for inscription in sorted(vives, key=lambda i: i.pk):
        est_en_attente = inscription.statut == StatutInscription.EN_ATTENTE
        rang += est_en_attente
        qui: Professionnel = inscription.professionnel
        habilles.append(
            Inscrit(
                inscription=inscription,
                nom=str(qui),
                metier=qui.metier,
                organisation=qui.organisation.nom,
                rang=rang if est_en_attente else None,
                presences=tuple(presences.get((inscription.pk, d.pk)) for d in demis),
            )
        )
    return habilles


def _comptees(
    demis: Sequence[DemiJournee], presences: Mapping[tuple[int, int], bool]
) -> tuple[DemiJourneeLue, ...]:
    dites: dict[int, list[bool]] = defaultdict(list)
    for (_, demi_id), est_presente in presences.items():
        dites[demi_id].append(est_presente)
    return tuple(
        DemiJourneeLue(demi=d, dites=len(dites[d.pk]), presents=sum(dites[d.pk])) for d in demis
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MaFormation:
    """Une de mes inscriptions, et ce que j'en ai suivi une fois la session close."""

    inscription: Inscription
    session: Session
    theme: str
    heures: Decimal

    @property
    def a_attestation(self) -> bool:
        """Vrai s'il y a de quoi attester."""
        return self.session.statut == StatutSession.CLOSE and self.heures > 0


def mes_formations(*, acces: Acces) -> list[MaFormation]:
    """Les inscriptions de l'agent qui lit, la plus récente session d'abord. Deux requêtes."""
    if acces.agent_id is None:
        return []
    miennes = list(
        Inscription.objects.filter(professionnel__agent_id=acces.agent_id)
        .select_related("session__commune")
        .order_by("-session__debut", "-pk")
    )
    heures = heures_suivies(inscriptions=miennes)
    return [
        MaFormation(
            inscription=i,
            session=i.session,
            theme=regles_catalogue.libelle_theme(i.session.theme),
            heures=heures.get(i.pk, Decimal(0)),
        )
        for i in miennes
    ]


def heures_suivies(*, inscriptions: Sequence[Inscription]) -> dict[int, Decimal]:
    """Les heures émargées de ces inscriptions, par identifiant. Une requête."""
    heures: dict[int, Decimal] = defaultdict(Decimal)
    suivies = Presence.objects.filter(inscription__in=inscriptions, est_presente=True)
    for pk, duree in suivies.values_list("inscription_id", "demi_journee__heures"):
        heures[pk] += duree
    return dict(heures)


def agents_a_inscrire() -> "QuerySet[Agent]":
    """Les agents dont le compte est ouvert, par nom."""
    return Agent.objects.filter(is_active=True).order_by("nom", "prenom", "pk")


def partenaires() -> "QuerySet[Organisation]":
    """Les organisations hors du Département, par nom."""
    return Organisation.objects.filter(est_departement=False).order_by("nom", "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeLu:
    """Un thème du catalogue : ses sessions à venir et leurs places libres."""

    theme: regles_catalogue.Theme
    source: str
    duree: str
    est_offert: bool
    sessions: int
    libres: int


def catalogue(*, le: date, departement: str) -> list[ThemeLu]:
    """Les thèmes d'ici, ceux à venir compris, avec leurs sessions à venir. Une requête."""
    offerts = {t.code for t in regles_catalogue.themes(le=le, departement=departement)}
    sommes: dict[str, list[int]] = defaultdict(list)
    for s in Session.objects.filter(statut=StatutSession.PROGRAMMEE, debut__gte=le):
        sommes[s.theme].append(s.restantes)
    return [
        ThemeLu(
            theme=t,
            source=t.source(le),
            duree=t.duree(le),
            est_offert=t.code in offerts,
            sessions=len(sommes[t.code]),
            libres=sum(sommes[t.code]),
        )
        for t in regles_catalogue.tous().values()
        if t.departement in ("", departement) and (t.au is None or le < t.au)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AFaire:
    """Ce qui attend qui gère : les sessions commencées à émarger, ou finies à clore."""

    a_emarger: tuple[Session, ...]
    a_clore: tuple[Session, ...]


def a_faire(*, le: date) -> AFaire:
    """Les sessions où il reste une demi-journée à émarger, et celles à clore. Une requête."""
    commencees = Session.objects.filter(statut=StatutSession.PROGRAMMEE, debut__lte=le).annotate(
        passees=Count("demi_journees", distinct=True, filter=Q(demi_journees__jour__lte=le)),
        dites=Count("demi_journees__presences", distinct=True),
    )
    lues = list(commencees)
    a_emarger = [s for s in lues if s.dites < s.passees * s.prises]
    return AFaire(
        a_emarger=tuple(a_emarger),
        a_clore=tuple(s for s in lues if s not in a_emarger and s.fin <= le),
    )
