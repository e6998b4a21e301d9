"""Les rendez-vous de la démonstration : bureaux, convocations, et ce qui en advient.

Qui vient, s'excuse ou manque se tire de la graine, de la personne et du jour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.db.models import Count, Max

from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous.models import DemandeRendezVous, Lieu, Motif, Plage, RendezVous
from draille.socle.acces import Acces

MOTIFS = (str(Motif.ORIENTATION), str(Motif.REFERENT))
# Le rang de la convocation dont l'absence s'examine.
RANG_EXAMEN = 2
# À qui tient le créneau (nul : à personne en propre) et à la clé de la ligne, l'accès de qui écrit.
Recevant = Callable[[int | None, int], Acces]


@cache
def rythmes() -> dict[str, Any]:
    """Ce qui règle les rendez-vous fictifs."""
    return dict(yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Horaire:
    """Une ouverture de chaque semaine. `jour` : 1 lundi à 7 dimanche."""

    jour: int
    de: time
    a: time


def est_pose() -> bool:
    """Vrai si les bureaux sont ouverts."""
    return Lieu.objects.exists()


def lieux() -> dict[str, int]:
    """Les bureaux, par code."""
    return dict(Lieu.objects.values_list("code", "id"))


def comptes() -> dict[str, int]:
    """Le nombre de rendez-vous de chaque statut."""
    lus = dict(RendezVous.objects.values_list("statut").annotate(n=Count("id")))
    return {str(s): lus.get(s.value, 0) for s in RendezVous.Statut}


def ouvrir_bureau(
    *, termes: actes.TermesLieu, accueil: Sequence[Horaire], par: Acces, le: date
) -> Lieu:
    """Le bureau et ses heures de premier accueil ; déjà ouvert, il est rendu tel quel."""
    lieu = Lieu.objects.filter(code=termes.code).first()
    if lieu is None:
        lieu = actes.ouvrir_lieu(termes=termes, par=par, le=le)
        for horaire in accueil:
            ouvrir_accueil(lieu_id=lieu.pk, horaire=horaire, par=par, le=le)
    return lieu


def ouvrir_accueil(
    *,
    lieu_id: int,
    horaire: Horaire,
    par: Acces,
    le: date,
    agent_id: int | None = None,
    debut: date | None = None,
) -> Plage:
    """Une plage de premiers rendez-vous : pour l'orientation, ou avec ce référent."""
    motif = Motif.ORIENTATION if agent_id is None else Motif.REFERENT
    return actes.ouvrir_plage(
        termes=actes.TermesPlage(
            lieu_id=lieu_id,
            motif=str(motif),
            heure_debut=horaire.de,
            heure_fin=horaire.a,
            duree_minutes=rythmes()["duree_minutes"][motif],
            agent_id=agent_id,
            jour=horaire.jour,
            debut=debut,
        ),
        par=par,
        le=le,
    )


def suspendre_les_plages(
    *, par: Acces, le: date, motif: str, agent_id: int | None = None
) -> tuple[int, ...]:
    """Ferme les plages (d'un agent, ou toutes), après avoir annulé ce qui y était fixé."""
    plages = Plage.objects.filter(fin=None, est_fermeture=False, jour__isnull=False)
    if agent_id is not None:
        plages = plages.filter(agent_id=agent_id)
    fermees = tuple(plages.order_by("id").values_list("id", flat=True))
    fixes = RendezVous.objects.filter(
        creneau__plage_id__in=fermees, statut=RendezVous.Statut.FIXE, jour__gte=le
    )
    for rendez_vous_id in list(fixes.order_by("id").values_list("id", flat=True)):
        actes.annuler(rendez_vous_id=rendez_vous_id, motif=motif, par=par, le=le)
    for plage_id in fermees:
        actes.fermer_plage(plage_id=plage_id, par=par, le=le)
    return fermees


def reprendre_les_plages(
    *, fermees_le: date, debut: date, par: Acces, le: date, agent_id: int | None = None
) -> int:
    """Rouvre, à compter de `debut`, les plages fermées ce jour-là ; rend leur nombre."""
    plages = Plage.objects.filter(fin=fermees_le, jour__isnull=False)
    if agent_id is not None:
        plages = plages.filter(agent_id=agent_id)
    anciennes = list(plages.order_by("id"))
    for ancienne in anciennes:
        actes.ouvrir_plage(
            termes=actes.TermesPlage(
                lieu_id=ancienne.lieu_id,
                motif=ancienne.motif,
                heure_debut=ancienne.heure_debut,
                heure_fin=ancienne.heure_fin,
                duree_minutes=ancienne.duree_minutes,
                agent_id=ancienne.agent_id,
                jour=ancienne.jour,
                capacite=ancienne.capacite,
                debut=debut,
            ),
            par=par,
            le=le,
        )
    return len(anciennes)


def ouvrir_les_creneaux(*, par: Acces, le: date) -> int:
    """Tire les créneaux des semaines à venir ; rend le nombre de nouveaux."""
    jusque = le + timedelta(days=rythmes()["ouverts_jours"])
    return actes.generer_creneaux(jusque=jusque, par=par, le=le)


def convoquer(*, motif: str, par: Acces, le: date) -> int:
    """Convoque tous ceux pour qui un créneau est proposé ; rend le nombre de rendez-vous fixés."""
    proposition = actes.proposer_convocations(motif=motif, par=par, le=le)
    lignes = [
        actes.LigneAConvoquer(
            demande_id=ligne.demande.pk, creneau_id=ligne.creneau.pk, minutes=ligne.minutes
        )
        for ligne in proposition.lignes
        if ligne.creneau is not None
    ]
    if not lignes:
        return 0
    return len(actes.convoquer_lot(lignes=lignes, par=par, le=le).faites)


def revoir(*, personnes: Sequence[int], par: Acces, le: date) -> int:
    """Le référent fixe un rendez-vous de suivi à quelques personnes de sa file ; rend leur nombre.

    Celles qui ne l'ont pas vu depuis le plus longtemps d'abord ; les créneaux des deux semaines à
    venir restent aux premiers rendez-vous.
    """
    du_plus_ancien = (
        RendezVous.objects.filter(personne_id__in=personnes)
        .values("personne_id")
        .annotate(dernier=Max("jour"))
        .filter(dernier__lt=le)
        .order_by("dernier", "personne_id")
    )
    a_revoir = [lu["personne_id"] for lu in du_plus_ancien[: rythmes()["suivis_par_semaine"]]]
    libres = [
        libre.creneau.pk
        for libre in lectures.creneaux_libres(acces=par, le=le, agent_id=par.agent_id)
        if libre.creneau.jour >= le + timedelta(days=rythmes()["suivis_dans_jours"])
    ]
    choisis = list(zip(a_revoir, libres, strict=False))
    for personne_id, creneau_id in choisis:
        # Dit de vive voix, à la fin de l'entretien précédent.
        actes.fixer(personne_id=personne_id, creneau_id=creneau_id, annoncer=False, par=par, le=le)
    return len(choisis)


def annuler_les_sans_objet(*, par: Acces, le: date) -> int:
    """Annule ce qui reste fixé pour quelqu'un qui n'est plus à recevoir ; rend le nombre."""
    sans_objet = lectures.sans_objet(acces=par, le=le)
    for rendez_vous in sans_objet:
        _annuler(rendez_vous, par, le)
    return len(sans_objet)


def examiner(*, graine: str, par: Acces, le: date) -> int:
    """Examine ceux qui ont manqué leur seconde convocation il y a assez de jours ; rend le nombre.

    Joint au téléphone, on le convoque encore, une fois ; sinon la convocation se classe, motivée.
    """
    reglage = rythmes()
    assez = le - timedelta(days=reglage["examen_apres_jours"])
    attendent = (
        DemandeRendezVous.objects.filter(statut=DemandeRendezVous.Statut.SIGNALEE)
        .annotate(absente_le=Max("rendez_vous__jour"))
        .filter(absente_le__lte=assez)
    )
    examinees = list(attendent.order_by("pk"))
    for demande in examinees:
        alea = Random(f"{graine}:{demande.pk}:{demande.rang}:examen")
        if demande.rang == RANG_EXAMEN and alea.random() < reglage["part_reconvoquee"]:
            actes.reconvoquer(demande_id=demande.pk, par=par, le=le)
        else:
            motif = alea.choice(reglage["motifs_classement"])
            actes.classer(demande_id=demande.pk, motif=motif, par=par, le=le)
    return len(examinees)


def recevoir(*, graine: str, recevant: Recevant, le: date) -> int:
    """Dit ce que sont devenus les rendez-vous du jour ; rend leur nombre.

    `recevant` rend l'accès de qui tient le rendez-vous, d'après l'agent du créneau et la clé.
    """
    du_jour = list(
        RendezVous.objects.filter(jour=le, statut=RendezVous.Statut.FIXE)
        .select_related("creneau", "demande")
        .order_by("debut", "personne_id")
    )
    for rendez_vous in du_jour:
        par = recevant(rendez_vous.creneau.agent_id, rendez_vous.cle_acces)
        demande = rendez_vous.demande
        if demande is not None and demande.statut != DemandeRendezVous.Statut.CONVOQUEE:
            _annuler(rendez_vous, par, le)
        else:
            _dire_la_suite(graine, rendez_vous, par, le)
    return len(du_jour)


def _annuler(rendez_vous: RendezVous, par: Acces, le: date) -> None:
    motif = rythmes()["motif_sans_objet"]
    actes.annuler(rendez_vous_id=rendez_vous.pk, motif=motif, par=par, le=le)


def _dire_la_suite(graine: str, rendez_vous: RendezVous, par: Acces, le: date) -> None:
    reglage = rythmes()
    motif, rang = rendez_vous.motif, rendez_vous.rang
    alea = Random(f"{graine}:{rendez_vous.personne_id}:{motif}:{le}")
    recul = reglage["recul_au_rang_2"] if rang > 1 else 0
    tirage = alea.random() + recul
    if tirage < reglage["honores"][motif]:
        actes.honorer(rendez_vous_id=rendez_vous.pk, par=par, le=le)
    elif tirage < reglage["honores"][motif] + reglage["excuses"][motif]:
        excuse = alea.choice(reglage["motifs_excuse"])
        actes.excuser(rendez_vous_id=rendez_vous.pk, motif=excuse, par=par, le=le)
    else:
        actes.manquer(rendez_vous_id=rendez_vous.pk, par=par, le=le)


def horaire(*, jour: int, de: str, a: str) -> Horaire:
    """Un horaire écrit « 09:00 »."""
    return Horaire(jour=jour, de=time.fromisoformat(de), a=time.fromisoformat(a))
