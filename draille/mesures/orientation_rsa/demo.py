"""L'équipe fictive au travail : jour par jour, par les mêmes actes que des personnes.

Les délais se tirent de la graine et du suivi : une démonstration interrompue reprend à l'identique.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import yaml

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
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent
from draille.socle import contexte
from draille.socle.acces import Acces

PARIS = ZoneInfo("Europe/Paris")
RATTRAPAGE_JOURS = 7
AGENT, AGENT_SECTEUR = "demo.orientation", "demo.orientation.secteur"


@cache
def rythmes() -> dict[str, Any]:
    """Les rythmes de travail, inventés."""
    return dict(yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Prevision:
    """Ce que l'équipe fera d'un suivi : les jours, et ce qui y sera répondu."""

    rencontre_le: date | None
    orientation_le: date
    notification_le: date
    reorientation_le: date | None


def instant(le: date) -> datetime:
    """L'instant d'écriture d'un jour joué."""
    return datetime.combine(le, time(10), PARIS)


def travailler(
    *, graine: str, debut: date, fin: date, avancer: Callable[[], None] | None = None
) -> int:
    """Joue les jours ouvrés de ]debut, fin] ; rend le nombre d'actes écrits."""
    nombre = 0
    jour = debut + timedelta(days=1)
    previsions: dict[int, Prevision] = {}
    while jour <= fin:
        if est_ouvre(jour):
            nombre += _jouer_un_jour(graine, jour, previsions)
        if avancer:
            avancer()
        jour += timedelta(days=1)
    return nombre


def _jouer_un_jour(graine: str, le: date, previsions: dict[int, Prevision]) -> int:
    agent = Agent.objects.select_related("organisation").get(identifiant=AGENT)
    secteur = Agent.objects.select_related("organisation").get(identifiant=AGENT_SECTEUR)
    tous, du_secteur = acces_de(agent=agent, le=le), acces_de(agent=secteur, le=le)
    nombre = 0
    with contexte.ouvrir(acces=tous, instant=instant(le)):
        for suivi in _a_regarder(le):
            prevision = previsions.get(suivi.pk) or _prevoir(graine, suivi)
            previsions[suivi.pk] = prevision
            if not _est_du(suivi, prevision, le):
                continue
            par = du_secteur if du_secteur.voit(suivi.cle_acces) else tous
            nombre += _avancer(suivi, prevision, Random(f"{graine}:{suivi.pk}:actes"), par, le)
    return nombre


def _a_regarder(le: date) -> Iterator[Suivi]:
    recents = le - timedelta(days=200)
    return (
        Suivi.objects.filter(statut__in=[*OUVERTS, Statut.ORIENTEE], connue_le__gte=recents)
        .order_by("id")
        .iterator()
    )


def _est_du(suivi: Suivi, prevu: Prevision, le: date) -> bool:
    """Vrai si un acte peut être dû ce jour : sans quoi rien ne se lit de plus."""
    if suivi.statut == Statut.ORIENTEE:
        suites = (prevu.notification_le, prevu.reorientation_le)
        return any(s and s <= le <= s + timedelta(days=RATTRAPAGE_JOURS) for s in suites)
    return prevu.orientation_le <= le or bool(prevu.rencontre_le and prevu.rencontre_le <= le)


def _prevoir(graine: str, suivi: Suivi) -> Prevision:
    reglage = rythmes()
    alea = Random(f"{graine}:{suivi.pk}:delais")
    medianes = reglage["mediane_rencontre"]
    mediane = medianes[(suivi.mois.month - 1) % len(medianes)]
    attente = max(1, round(mediane * alea.lognormvariate(0, reglage["dispersion"])))
    rencontre = _jour_ouvre(suivi.connue_le + timedelta(days=attente))
    est_jamais_vue = alea.random() < reglage["part_jamais_rencontree"]
    if est_jamais_vue:
        # Sans rencontre, l'orientation se décide sur dossier, tard.
        orientation = _jour_ouvre(suivi.connue_le + timedelta(days=alea.randint(45, 75)))
    else:
        apres = alea.choice(reglage["jours_avant_orientation"])
        orientation = _jour_ouvre(rencontre + timedelta(days=apres))
    notification = _jour_ouvre(
        orientation + timedelta(days=alea.choice(reglage["jours_avant_notification"]))
    )
    est_reorientee = alea.random() < reglage["part_reorientee"]
    plus_tard = _jour_ouvre(orientation + timedelta(days=alea.randint(60, 150)))
    return Prevision(
        rencontre_le=None if est_jamais_vue else rencontre,
        orientation_le=orientation,
        notification_le=notification,
        reorientation_le=plus_tard if est_reorientee else None,
    )


def _jour_ouvre(le: date) -> date:
    while not est_ouvre(le):
        le += timedelta(days=1)
    return le


def _avancer(suivi: Suivi, prevu: Prevision, alea: Random, par: Acces, le: date) -> int:
    """Écrit les actes dus ce jour pour ce suivi ; rend leur nombre."""
    reponses = _repondre(alea)
    nombre = 0
    if prevu.rencontre_le and prevu.rencontre_le <= le and suivi.rencontree_le is None:
        if suivi.statut == Statut.A_RENCONTRER:
            nombre += _rencontrer(suivi, reponses, alea, par, le)
    if prevu.orientation_le <= le and suivi.statut in OUVERTS:
        nombre += _orienter(suivi, reponses, alea, par, le)
    elif suivi.statut == Statut.ORIENTEE:
        nombre += _suivre_orientee(suivi, prevu, alea, par, le)
    return nombre


def _rencontrer(suivi: Suivi, reponses: Reponses, alea: Random, par: Acces, le: date) -> int:
    mode = alea.choice(rythmes()["modes"])
    actes.rencontrer(
        suivi_id=suivi.pk, rendez_vous=actes.RendezVous(mode=mode, lieu=""), par=par, le=le
    )
    suivi.refresh_from_db()
    if alea.random() < rythmes()["part_sans_diagnostic"]:
        return 1
    actes.diagnostiquer(suivi_id=suivi.pk, reponses=reponses, par=par, le=le)
    return 2


def _orienter(suivi: Suivi, reponses: Reponses, alea: Random, par: Acces, le: date) -> int:
    decision = _decider(suivi, reponses, alea, le)
    actes.orienter(suivi_id=suivi.pk, decision=decision, par=par, le=le)
    return 1


def _decider(suivi: Suivi, reponses: Reponses, alea: Random, le: date) -> actes.Decision:
    types, organismes = list(types_admis(le=le)), list(organismes_admis(le=le))
    propose = proposer(reponses=reponses, le=le, table=table()).type_parcours
    choisi, motif = propose, ""
    if alea.random() < rythmes()["part_ecart"]:
        choisi = alea.choice([t for t in types if t != propose])
        motif = alea.choice(rythmes()["motifs_ecart"])
    est_emploi = types.index(choisi) == 0
    organisme = organismes[2] if est_emploi else alea.choice(organismes[:2])
    return actes.Decision(type_parcours=choisi, organisme=organisme, motif_ecart=motif)


def _suivre_orientee(suivi: Suivi, prevu: Prevision, alea: Random, par: Acces, le: date) -> int:
    en_cours: Orientation = suivi.orientations.get(est_en_cours=True)
    if en_cours.notifiee_le is None and en_cours.decidee_le < le >= prevu.notification_le:
        actes.notifier(suivi_id=suivi.pk, canal=Orientation.Canal.COURRIER, par=par, le=le)
        return 1
    if prevu.reorientation_le and prevu.reorientation_le <= le and en_cours.rang == 1:
        types = [t for t in types_admis(le=le) if t != en_cours.type_parcours]
        actes.reorienter(
            suivi_id=suivi.pk,
            decision=actes.Decision(
                type_parcours=types[0],
                organisme=en_cours.organisme,
                motif_ecart=rythmes()["motif_reorientation"],
            ),
            motif=rythmes()["motif_reorientation"],
            par=par,
            le=le,
        )
        return 1
    return 0


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
