"""L'équipe fictive au travail : diagnostics, orientations, notifications, par les mêmes actes.

Qui a été reçu vient des rendez-vous, par le journal. Les délais se tirent de la graine et de la
personne : une démonstration interrompue reprend à l'identique.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.db.models import Q

from draille.mesures.orientation_rsa import actes
from draille.mesures.orientation_rsa.lectures_choix import organismes_admis, types_admis
from draille.mesures.orientation_rsa.models import Orientation, Suivi
from draille.mesures.orientation_rsa.regles import (
    OUVERTS,
    Activite,
    Frein,
    Niveau,
    Projection,
    Qualification,
    Reponses,
    Statut,
    proposer,
    table,
)
from draille.moteurs.delais.calcul import est_ouvre
from draille.socle.acces import Acces

RATTRAPAGE_JOURS = 7
NOTIFICATION_MAX_JOURS = 30


@cache
def rythmes() -> dict[str, Any]:
    """Les rythmes de travail, inventés."""
    return dict(yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipe:
    """Ceux qui orientent : l'un pour tout le Département, l'autre pour son secteur."""

    tous: Acces
    secteur: Acces

    def pour(self, cle_acces: int) -> Acces:
        """Celui qui tient cette ligne, le plus proche d'abord."""
        return self.secteur if self.secteur.voit(cle_acces) else self.tous


@dataclass(frozen=True, slots=True)
class Rythme:
    """Les délais tirés pour un suivi, en jours ; `reorientation` nul : pas de réorientation."""

    sur_dossier: int
    orientation: int
    notification: int
    reorientation: int | None


def travailler(*, graine: str, equipe: Equipe, le: date, par_telephone: bool = False) -> int:
    """Joue un jour ouvré, dans le contexte ouvert ; rend le nombre d'actes écrits.

    `par_telephone` : les bureaux sont fermés, quelques personnes sont appelées.
    """
    nombre = _appeler(equipe, le) if par_telephone else 0
    for suivi in _a_diagnostiquer(le):
        nombre += _diagnostiquer(graine, suivi, equipe, le)
    for suivi in _a_orienter(le):
        if _oriente_le(_rythme(graine, suivi.personne_id), suivi) <= le:
            nombre += _orienter(graine, suivi, equipe, le)
    return nombre + _suivre_les_orientees(graine, equipe, le)


@cache
def _rythme(graine: str, personne_id: int) -> Rythme:
    reglage = rythmes()
    alea = Random(f"{graine}:{personne_id}:delais")
    return Rythme(
        sur_dossier=alea.randint(*reglage["jours_sur_dossier"]),
        orientation=alea.choice(reglage["jours_avant_orientation"]),
        notification=alea.choice(reglage["jours_avant_notification"]),
        reorientation=alea.randint(60, 150) if alea.random() < reglage["part_reorientee"] else None,
    )


def orientees() -> set[int]:
    """Les personnes qui ont une orientation en cours."""
    en_cours = Orientation.objects.filter(est_en_cours=True)
    return set(en_cours.values_list("personne_id", flat=True))


def _appeler(equipe: Equipe, le: date) -> int:
    """Appelle les personnes dont la limite approche ; rend le nombre d'entretiens."""
    attendent = Suivi.objects.filter(
        statut=Statut.A_RENCONTRER, connue_le__gte=le - timedelta(days=31), connue_le__lt=le
    )
    appelees = list(attendent.order_by("connue_le", "id")[: rythmes()["appels_par_jour"]])
    for suivi in appelees:
        actes.rencontrer(
            suivi_id=suivi.pk,
            rendez_vous=actes.RendezVous(mode="telephone"),
            par=equipe.pour(suivi.cle_acces),
            le=le,
        )
    return len(appelees)


def _a_diagnostiquer(le: date) -> Iterator[Suivi]:
    return Suivi.objects.filter(statut__in=OUVERTS, rencontree_le=le).order_by("id").iterator()


def _a_orienter(le: date) -> Iterator[Suivi]:
    """Qui a été rencontré, ou attend depuis assez longtemps pour l'être sur dossier."""
    sur_dossier = le - timedelta(days=rythmes()["jours_sur_dossier"][0])
    du = Q(rencontree_le__isnull=False) | Q(connue_le__lte=sur_dossier)
    return Suivi.objects.filter(du, statut__in=OUVERTS).order_by("id").iterator()


def _oriente_le(rythme: Rythme, suivi: Suivi) -> date:
    if suivi.rencontree_le is None:
        return _jour_ouvre(suivi.connue_le + timedelta(days=rythme.sur_dossier))
    return _jour_ouvre(suivi.rencontree_le + timedelta(days=rythme.orientation))


def _jour_ouvre(le: date) -> date:
    while not est_ouvre(le):
        le += timedelta(days=1)
    return le


def _alea(graine: str, suivi: Suivi, sujet: str) -> Random:
    return Random(f"{graine}:{suivi.personne_id}:{suivi.mois}:{sujet}")


def _diagnostiquer(graine: str, suivi: Suivi, equipe: Equipe, le: date) -> int:
    if _alea(graine, suivi, "diagnostic").random() < rythmes()["part_sans_diagnostic"]:
        return 0
    reponses = _repondre(_alea(graine, suivi, "reponses"))
    par = equipe.pour(suivi.cle_acces)
    actes.diagnostiquer(suivi_id=suivi.pk, reponses=reponses, par=par, le=le)
    return 1


def _orienter(graine: str, suivi: Suivi, equipe: Equipe, le: date) -> int:
    reponses = _repondre(_alea(graine, suivi, "reponses"))
    decision = _decider(reponses, _alea(graine, suivi, "decision"), le)
    par = equipe.pour(suivi.cle_acces)
    actes.orienter(suivi_id=suivi.pk, decision=decision, par=par, le=le)
    return 1


def _decider(reponses: Reponses, alea: Random, le: date) -> actes.Decision:
    types = list(types_admis(le=le))
    propose = proposer(reponses=reponses, le=le, table=table()).type_parcours
    choisi, motif = propose, ""
    if alea.random() < rythmes()["part_ecart"]:
        choisi = alea.choice([t for t in types if t != propose])
        motif = alea.choice(rythmes()["motifs_ecart"])
    return actes.Decision(
        type_parcours=choisi, organisme=_organisme(choisi, alea, le), motif_ecart=motif
    )


def _organisme(type_parcours: str, alea: Random, le: date) -> str:
    est_emploi = list(types_admis(le=le)).index(type_parcours) == 0
    parts = rythmes()["organismes_emploi" if est_emploi else "organismes_social"]
    return alea.choices(list(organismes_admis(le=le))[: len(parts)], weights=parts)[0]


def _suivre_les_orientees(graine: str, equipe: Equipe, le: date) -> int:
    """Notifie et réoriente ce qui est dû ce jour ; seules les lignes dues sont relues."""
    en_cours = Orientation.objects.filter(est_en_cours=True, suivi__statut=Statut.ORIENTEE)
    a_notifier = en_cours.filter(
        notifiee_le=None,
        decidee_le__gte=le - timedelta(days=NOTIFICATION_MAX_JOURS),
        decidee_le__lt=le,
    )
    nombre = 0
    for orientation in a_notifier.select_related("suivi").order_by("id"):
        rythme = _rythme(graine, orientation.personne_id)
        if _jour_ouvre(orientation.decidee_le + timedelta(days=rythme.notification)) <= le:
            actes.notifier(
                suivi_id=orientation.suivi_id,
                canal=Orientation.Canal.COURRIER,
                par=equipe.pour(orientation.cle_acces),
                le=le,
            )
            nombre += 1
    for suivi_id, personne_id, decidee_le in _premieres_orientations(le):
        jours = _rythme(graine, personne_id).reorientation
        if jours is None or not _est_ce_jour(decidee_le + timedelta(days=jours), le):
            continue
        suivi = Suivi.objects.get(pk=suivi_id)
        _reorienter(graine, suivi, equipe.pour(suivi.cle_acces), le)
        nombre += 1
    return nombre


def _premieres_orientations(le: date) -> Iterator[tuple[int, int, date]]:
    return (
        Orientation.objects.filter(
            est_en_cours=True,
            rang=1,
            suivi__statut=Statut.ORIENTEE,
            decidee_le__range=(
                le - timedelta(days=150 + RATTRAPAGE_JOURS),
                le - timedelta(days=60),
            ),
        )
        .order_by("id")
        .values_list("suivi_id", "personne_id", "decidee_le")
        .iterator()
    )


def _est_ce_jour(prevu: date, le: date) -> bool:
    return prevu <= le <= prevu + timedelta(days=RATTRAPAGE_JOURS)


def _reorienter(graine: str, suivi: Suivi, par: Acces, le: date) -> None:
    en_cours = suivi.orientations.get(est_en_cours=True)
    types = [t for t in types_admis(le=le) if t != en_cours.type_parcours]
    alea = _alea(graine, suivi, "reorientation")
    motif = rythmes()["motif_reorientation"]
    actes.reorienter(
        suivi_id=suivi.pk,
        decision=actes.Decision(
            type_parcours=types[0], organisme=_organisme(types[0], alea, le), motif_ecart=motif
        ),
        motif=motif,
        par=par,
        le=le,
    )


def _repondre(alea: Random) -> Reponses:
    reglage = rythmes()
    activite = Activite(_tirer(alea, reglage["activite"]))
    durees = {Activite.RECENTE: (1, 23), Activite.ANCIENNE: (25, 120)}
    duree = alea.randint(*durees[activite]) if activite in durees else None
    freins = {
        Frein(nom): Niveau.FORT if alea.random() < reglage["part_frein_fort"] else Niveau.MOYEN
        for nom, part in reglage["freins"].items()
        if alea.random() < part
    }
    return Reponses(
        activite=activite,
        projection=Projection(_tirer(alea, reglage["projection"])),
        qualification=Qualification(_tirer(alea, reglage["qualification"])),
        duree_sans_emploi_mois=duree,
        freins=freins,
    )


def _tirer(alea: Random, parts: dict[str, float]) -> str:
    return alea.choices(list(parts), weights=list(parts.values()))[0]
