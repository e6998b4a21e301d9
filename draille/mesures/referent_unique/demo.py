"""Le référent unique dans la démonstration : portefeuilles, propositions relues, départs.

Ce qui est changé ou écarté se tire de la graine et de la personne.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique.models import (
    Absence,
    Calcul,
    Demande,
    LigneCalcul,
    Portefeuille,
)
from draille.socle.acces import Acces
from draille.socle.refus import Refus

# Une relecture ne change que pour un référent à peine plus loin, en dixièmes de minute.
DETOUR_DIXIEMES = 50


@cache
def rythmes() -> dict[str, Any]:
    """Ce qui règle les relectures fictives."""
    return dict(yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Relecture:
    """Qui relit : l'un accepte en nombre, l'autre change et écarte ligne à ligne."""

    accepte: Acces
    change: Acces


def ouvrir_portefeuille(
    *, agent_id: int, termes: actes.TermesPortefeuille, par: Acces, le: date
) -> None:
    """Ouvre le portefeuille du référent ; il en a déjà un, ne fait rien."""
    if not Portefeuille.objects.filter(agent_id=agent_id).exists():
        actes.ouvrir_portefeuille(agent_id=agent_id, termes=termes, par=par, le=le)


def preciser_les_mobilites(*, graine: str, par: Acces, le: date) -> int:
    """Dit qui n'a pas de voiture, parmi les demandes de la semaine ; rend leur nombre."""
    recentes = Demande.objects.filter(
        statut=Demande.Statut.A_CONFIER,
        mobilite=Demande.Mobilite.AUTONOME,
        orientee_le__gte=le - timedelta(days=7),
    ).order_by("id")
    sans = [
        d.pk
        for d in recentes
        if Random(f"{graine}:{d.personne_id}:mobilite").random() < rythmes()["part_sans_vehicule"]
    ]
    for demande_id in sans:
        actes.preciser_mobilite(
            demande_id=demande_id, mobilite=str(Demande.Mobilite.SANS_VEHICULE), par=par, le=le
        )
    return len(sans)


def proposer(*, par: Acces, le: date) -> Calcul | None:
    """Calcule la proposition de la semaine ; nul si personne n'est à confier."""
    if not Demande.objects.filter(statut=Demande.Statut.A_CONFIER).exists():
        return None
    return actes.calculer_proposition(par=par, le=le)


def relire(*, calcul: Calcul, graine: str, relecture: Relecture, le: date) -> int:
    """Relit chaque ligne : presque toutes acceptées, quelques-unes changées, de rares écartées.

    Rend le nombre de personnes confiées. Une ligne sans référent proposé attend.
    """
    lignes = list(
        LigneCalcul.objects.filter(calcul=calcul, decision=LigneCalcul.Decision.A_RELIRE)
        .order_by("rang", "id")
        .values_list("id", "personne_id", "place", "rang")
    )
    rangs = [rang for _, _, _, rang in lignes]
    acceptees, nombre = [], 0
    for ligne_id, personne_id, place, rang in lignes:
        if place < 0:
            continue
        alea = Random(f"{graine}:{personne_id}:{calcul.fait_le}:relecture")
        tirage = alea.random()
        # Deux personnes d'un même foyer gardent le même référent : leurs lignes ne se changent pas.
        if rangs.count(rang) > 1 or tirage >= _part_relue():
            acceptees.append(ligne_id)
        elif tirage < rythmes()["part_ecartee"]:
            motif = alea.choice(rythmes()["motifs_ecart"])
            actes.ecarter_ligne(ligne_id=ligne_id, motif=motif, par=relecture.change, le=le)
        elif _changer(ligne_id, alea, relecture.change, le):
            nombre += 1
        else:
            acceptees.append(ligne_id)
    return nombre + _accepter(acceptees, relecture.accepte, le)


def _part_relue() -> float:
    return float(rythmes()["part_ecartee"] + rythmes()["part_changee"])


def _changer(ligne_id: int, alea: Random, par: Acces, le: date) -> bool:
    """Confie à un autre référent, à peine plus loin ; faux s'il n'y en a pas."""
    propose = lectures.ligne(ligne_id=ligne_id, acces=par)
    plus_loin = (propose.minutes or 0) + DETOUR_DIXIEMES
    possibles = [
        c
        for c in lectures.choix(ligne_id=ligne_id, acces=par)
        if not c.raison
        and c.agent_id != propose.agent_id
        and c.libres > 1
        and (c.minutes or 0) <= plus_loin
    ]
    possibles.sort(key=lambda c: (c.minutes or 0, c.agent_id))
    for choisi in possibles[:2]:
        try:
            actes.changer_ligne(
                ligne_id=ligne_id,
                agent_id=choisi.agent_id,
                motif=alea.choice(rythmes()["motifs_changement"]),
                par=par,
                le=le,
            )
        except Refus:
            continue
        return True
    return False


def _accepter(lignes: Sequence[int], par: Acces, le: date) -> int:
    if not lignes:
        return 0
    return len(actes.accepter_lignes(lignes=lignes, par=par, le=le).designees)


def s_absenter(*, agent_id: int, debut: date, fin: date | None, par: Acces, le: date) -> bool:
    """Déclare l'absence, ou le départ si `fin` est nulle ; faux si elle l'est déjà."""
    if Absence.objects.filter(agent_id=agent_id, debut=debut).exists():
        return False
    if fin is None:
        actes.declarer_depart(agent_id=agent_id, debut=debut, par=par, le=le)
    else:
        actes.declarer_absence(agent_id=agent_id, debut=debut, fin=fin, par=par, le=le)
    return True


def remplacer(*, agent_id: int, relecture: Relecture, le: date) -> int:
    """Propose à qui confier les personnes d'un référent qui part, et l'accepte ; rend le nombre."""
    try:
        calcul = actes.proposer_reparation(agent_id=agent_id, par=relecture.change, le=le)
    except Refus as refus:
        if refus.code == "referent_unique.rien_a_reparer":
            return 0
        raise
    lignes = calcul.lignes.filter(place__gte=0).order_by("rang", "id")
    return _accepter(list(lignes.values_list("id", flat=True)), relecture.change, le)
