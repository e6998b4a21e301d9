"""Suivre les convocations : les absences par secteur, et ce que le calcul change à l'histoire."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count, IntegerField, Q
from django.db.models.functions import Mod

from draille.mesures.rendez_vous.lectures_trajets import temps_entre
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Motif, RendezVous
from draille.moteurs.affectation.calcul import Convocable, CreneauJour, premier_arrive
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle.acces import PAS, Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

DIXIEMES = 10
ECHUS = (RendezVous.Statut.HONORE, RendezVous.Statut.EXCUSE, RendezVous.Statut.MANQUE)


@dataclass(slots=True, kw_only=True)
class AbsencesSecteur:
    """Ce que sont devenus les rendez-vous d'un secteur. `a_dire` : échus, suite non dite."""

    territoire_id: int | None
    nom: str
    honores: int = 0
    excuses: int = 0
    manques: int = 0
    a_dire: int = 0

    @property
    def total(self) -> int:
        """Les rendez-vous échus dont la suite est dite."""
        return self.honores + self.excuses + self.manques

    @property
    def taux(self) -> float | None:
        """La part des rendez-vous honorés, entre 0 et 1 ; nulle sans rendez-vous échu."""
        return self.honores / self.total if self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resultat:
    """Ce que donne une façon de convoquer. `minutes_moyennes` : en minutes, nulle sans trajet."""

    nombre: int
    en_retard: int
    minutes_moyennes: float | None
    sans_creneau: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparaison:
    """Les mêmes convocations, telles qu'elles ont été fixées, et en premier arrivé, au plus tôt."""

    moteur: Resultat
    premier_arrive: Resultat


def absences_par_secteur(
    *, debut: date, fin: date, acces: Acces, le: date
) -> tuple[AbsencesSecteur, ...]:
    """Les rendez-vous de `debut` à `fin` exclue, par secteur, puis hors secteur. Deux requêtes."""
    secteurs = {
        tc.commune_id: tc.territoire
        for tc in TerritoireCommune.objects.select_related("territoire").filter(
            Q(fin__isnull=True) | Q(fin__gt=le),
            nature=Territoire.Nature.SECTEUR,
            debut__lte=le,
        )
    }
    lues: dict[int | None, AbsencesSecteur] = {}
    for secteur in sorted(secteurs.values(), key=lambda t: t.nom):
        lues.setdefault(secteur.pk, AbsencesSecteur(territoire_id=secteur.pk, nom=secteur.nom))
    lues[None] = AbsencesSecteur(territoire_id=None, nom="Hors territoire connu")
    comptes = (
        RendezVous.objects.visibles(acces)
        .filter(Q(statut__in=ECHUS) | Q(statut="fixe", jour__lt=le))
        .filter(jour__gte=debut, jour__lt=fin)
        .annotate(commune=Mod("cle_acces", PAS, output_field=IntegerField()))
        .values_list("commune", "statut")
        .annotate(nombre=Count("id"))
        .order_by()
    )
    for commune, statut, nombre in comptes:
        territoire = secteurs.get(commune)
        ligne = lues[territoire.pk if territoire else None]
        champ = _CHAMPS[statut]
        setattr(ligne, champ, getattr(ligne, champ) + nombre)
    if not (lues[None].total or lues[None].a_dire):
        del lues[None]
    return tuple(lues.values())


_CHAMPS = {"honore": "honores", "excuse": "excuses", "manque": "manques", "fixe": "a_dire"}


def comparaison_premier_arrive(*, motif: str, acces: Acces, le: date) -> Comparaison:
    """Rejoue l'histoire : chaque jour où l'on a convoqué, les mêmes personnes, dans les mêmes
    créneaux, servies dans l'ordre de leur arrivée au premier jour libre.

    Ne compte que la première convocation de chaque demande : les suivantes dépendent de ce que la
    personne a fait, que l'histoire rejouée ne sait pas. Les places que prennent les autres restent
    prises. Trois requêtes. Lève `Refus('rendez_vous.motif_inconnu')`.
    """
    if motif not in (Motif.ORIENTATION, Motif.REFERENT):
        raise Refus(
            code="rendez_vous.motif_inconnu",
            message="On compare les convocations pour l'orientation, ou avec le référent.",
        )
    faites = _premieres(motif, acces, le)
    reels = [_Servie(r.jour, r.avant_le, r.minutes) for r in faites]
    rejoues = _rejouer(faites, motif, le)
    return Comparaison(moteur=_resumer(reels), premier_arrive=_resumer(rejoues))


@dataclass(frozen=True, slots=True)
class _Servie:
    """Une convocation : son jour (nul sans créneau), la limite, le trajet en dixièmes."""

    jour: date | None
    avant_le: date | None
    minutes: int | None


@dataclass(slots=True)
class _Noeud:
    jour: date
    commune_id: int
    agent_id: int | None
    reste: int


def _premieres(motif: str, acces: Acces, le: date) -> list[RendezVous]:
    """Le premier rendez-vous fixé de chaque demande, dans l'ordre des jours où l'on a convoqué."""
    fixes = (
        RendezVous.objects.visibles(acces)
        .filter(motif=motif, fixe_le__lte=le, demande__isnull=False)
        .select_related("demande", "personne", "creneau")
        .defer("personne__nir_chiffre", "personne__recherche")
        .order_by("demande_id", "id")
        .distinct("demande_id")
    )
    return sorted(fixes, key=lambda r: (r.fixe_le, _demande(r).ouverte_le, r.demande_id or 0))


def _demande(rendez_vous: RendezVous) -> DemandeRendezVous:
    assert rendez_vous.demande is not None
    demande: DemandeRendezVous = rendez_vous.demande
    return demande


def _rejouer(faites: Sequence[RendezVous], motif: str, le: date) -> list[_Servie]:
    noeuds = _noeuds_dalors(faites, motif, le)
    temps = temps_entre(
        communes=[r.personne.commune_id for r in faites],
        lieux=[n.commune_id for n in noeuds],
        le=le,
    )
    servies = []
    for jour, groupe in groupby(faites, key=lambda r: r.fixe_le):
        lot = list(groupe)
        lu = registre_global().entier
        fin = jour + timedelta(days=lu("rendez_vous.horizon", jour))
        ouverts = [n for n in noeuds if n.reste and jour <= n.jour <= fin]
        trajets = [
            [temps.get((r.personne.commune_id or 0, n.commune_id)) for n in ouverts] for r in lot
        ]
        solution = premier_arrive(
            demandes=[
                Convocable(
                    avant_jour=None,
                    minutes=tuple(t.minutes if t else 0 for t in siens),
                    admis=tuple(n.agent_id == r.creneau.agent_id for n in ouverts)
                    if motif == Motif.REFERENT
                    else (),
                )
                for r, siens in zip(lot, trajets, strict=True)
            ],
            creneaux=[CreneauJour(jour=(n.jour - jour).days, capacite=n.reste) for n in ouverts],
            preavis_jours=lu("rendez_vous.preavis", jour),
        )
        for r, siens, choix in zip(lot, trajets, solution.choix, strict=True):
            if choix < 0:
                servies.append(_Servie(None, r.avant_le, None))
                continue
            ouverts[choix].reste -= 1
            trajet = siens[choix]
            minutes = trajet.minutes if trajet else None
            servies.append(_Servie(ouverts[choix].jour, r.avant_le, minutes))
    return servies


def _noeuds_dalors(faites: Sequence[RendezVous], motif: str, le: date) -> list[_Noeud]:
    """Les jours de chaque lieu, et les places qu'y laissaient ceux que l'on ne rejoue pas."""
    if not faites:
        return []
    rejoues = {r.creneau_id for r in faites if r.statut not in ("annule", "excuse")}
    horizon = le + timedelta(days=registre_global().entier("rendez_vous.horizon", le))
    noeuds: dict[tuple[date, int, int | None], _Noeud] = {}
    for creneau in (
        Creneau.objects.filter(motif=motif, jour__gte=faites[0].fixe_le, jour__lte=horizon)
        .filter(Q(est_ferme=False) | Q(pk__in=rejoues))
        .select_related("lieu")
        .order_by("jour", "lieu_id", "debut", "id")
    ):
        cle = (creneau.jour, creneau.lieu_id, creneau.agent_id)
        noeud = noeuds.setdefault(
            cle, _Noeud(creneau.jour, creneau.lieu.commune_id, creneau.agent_id, 0)
        )
        noeud.reste += creneau.capacite - creneau.pris
    for r in faites:
        if r.statut not in ("annule", "excuse"):
            noeuds[(r.jour, r.creneau.lieu_id, r.creneau.agent_id)].reste += 1
    return list(noeuds.values())


def _resumer(servies: Iterable[_Servie]) -> Resultat:
    lues = list(servies)
    trajets = [s.minutes for s in lues if s.minutes is not None]
    return Resultat(
        nombre=len(lues),
        en_retard=sum(
            s.avant_le is not None and (s.jour is None or s.jour > s.avant_le) for s in lues
        ),
        minutes_moyennes=sum(trajets) / len(trajets) / DIXIEMES if trajets else None,
        sans_creneau=sum(s.jour is None for s in lues),
    )
