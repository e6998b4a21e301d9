"""Réparer : le plus petit nombre de changements quand un portefeuille ne tient plus."""

from dataclasses import asdict, replace
from datetime import date

from django.db import transaction

from draille.mesures.referent_unique.actes.calcul import garder, sceller
from draille.mesures.referent_unique.actes.verrou import exiger_departement, refus
from draille.mesures.referent_unique.lectures_entrees import Entrees, composer, places_gardees
from draille.mesures.referent_unique.lectures_places import PlaceLue, places
from draille.mesures.referent_unique.lectures_suivis import suivis
from draille.mesures.referent_unique.models import Calcul
from draille.moteurs.affectation.calcul import Solution
from draille.moteurs.affectation.calcul.reparation import reparer
from draille.socle.acces import Acces
from draille.socle.texte import pluriel

Nature, Statut = Calcul.Nature, Calcul.Statut


@transaction.atomic
def proposer_reparation(*, agent_id: int, par: Acces, le: date) -> Calcul:
    """Propose à qui passer les dossiers d'un référent parti, absent, au secteur ou aux places
    changés : le moins de changements possible, puis le moindre trajet. Personne d'autre ne bouge.

    La proposition se relit ligne à ligne comme celle de la semaine ; accepter une ligne change le
    référent. Lève `Refus` : `acces.refuse`, `referent_unique.` `sans_portefeuille`,
    `rien_a_reparer`.
    """
    exiger_departement(par, action="proposer une réparation")
    ouvertes = places(le=le)
    rang = next((j for j, p in enumerate(ouvertes) if p.agent_id == agent_id), None)
    if rang is None:
        raise refus(
            "sans_portefeuille",
            "Cet agent n'a pas de portefeuille ce jour-là : changez le référent de chacun de ses "
            "dossiers, depuis sa file.",
        )
    lus = [a for a, _ in suivis(acces=par, le=le, agent_id=agent_id)]
    # Ses dossiers sont remis en jeu : ses places leur sont d'abord ouvertes.
    offertes = tuple(replace(p, charge=0) if j == rang else p for j, p in enumerate(ouvertes))
    lues = composer(arrivants=lus, places=offertes, le=le)
    reparation = reparer(probleme=lues.probleme, actuels=[rang] * len(lus))
    if not reparation.changements:
        raise refus(
            "rien_a_reparer",
            "Le portefeuille de cet agent tient : aucun de ses dossiers n'est à passer.",
        )
    solution = Solution(
        choix=reparation.choix, prix=(), cout=reparation.cout, solveur=reparation.solveur
    )
    Calcul.objects.filter(
        nature=Nature.REPARATION, statut=Statut.PROPOSE, concerne_id=agent_id
    ).update(statut=Statut.REMPLACE)
    calcul = _calcul(lues, solution, ouvertes[rang], par, le)
    calcul.empreinte = sceller(
        lues=lues, solution=solution, nature=Nature.REPARATION, actuelle=rang
    )
    calcul.save(force_insert=True)
    garder(calcul=calcul, lues=lues, solution=solution, par=par, actuelles=(rang,) * len(lus))
    return calcul


def _calcul(lues: Entrees, solution: Solution, p: PlaceLue, par: Acces, le: date) -> Calcul:
    return Calcul(
        nature=Nature.REPARATION,
        fait_le=le,
        agent_id=par.agent_id,
        concerne_id=p.agent_id,
        reglage=asdict(lues.probleme.reglage),
        solveur=solution.solveur,
        graine=lues.probleme.graine,
        places=places_gardees(lues),
        prix=[],
        appris=list(lues.probleme.appris),
        cout=solution.cout,
        motif=_pourquoi(p),
    )


def _pourquoi(p: PlaceLue) -> str:
    """Le motif de chaque passation, dans les mots de la liste quand elle en a un."""
    if p.est_partie:
        return "départ du référent"
    if not p.est_presente:
        return "absence longue du référent"
    if p.charge > p.capacite:
        trop = pluriel(p.charge - p.capacite, "dossier", "dossiers")
        return f"charge du référent : {trop} au-delà de ses places"
    return "secteur ou orientations du référent changés"
