"""Calculer une proposition : rien n'est décidé ici, tout est gardé pour être refait et relu."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from draille.mesures.referent_unique.actes import charges
from draille.mesures.referent_unique.actes.verrou import exiger_departement, refus
from draille.mesures.referent_unique.lectures_entrees import (
    Entrees,
    entrees,
    places_gardees,
    unite_en_vigueur,
)
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.mesures.referent_unique.regles import PERSONNE, sceau
from draille.moteurs.affectation.calcul import INTERDIT, Solution, empreinte, resoudre
from draille.moteurs.affectation.calcul.personnes import resoudre_personnes
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces

Nature, Statut, Decision = Calcul.Nature, Calcul.Statut, LigneCalcul.Decision


@transaction.atomic
def calculer_proposition(*, par: Acces, le: date) -> Calcul:
    """Propose un référent à chaque personne à confier ; remplace la proposition non relue.

    Le calcul vaut pour tout le Département : une proposition partielle prendrait les places des
    autres. Lève `Refus` : `acces.refuse`, `referent_unique.` `rien_a_confier`, `aucune_place`.
    """
    exiger_departement(par, action="calculer une proposition")
    lues = entrees(acces=par, le=le)
    if not lues.arrivants:
        raise refus("rien_a_confier", "Personne n'attend de référent aujourd'hui.")
    if not lues.places:
        raise refus(
            "aucune_place",
            "Aucun référent n'a de portefeuille ouvert. Ouvrez-en un, ou désignez à la main.",
        )
    solution = _resoudre(lues, le)
    Calcul.objects.filter(nature=Nature.SEMAINE, statut=Statut.PROPOSE).update(
        statut=Statut.REMPLACE
    )
    calcul = _calcul(lues, solution, par, le)
    calcul.save(force_insert=True)
    garder(calcul=calcul, lues=lues, solution=solution, par=par)
    return calcul


def _resoudre(lues: Entrees, le: date) -> Solution:
    """Par un flot, prix compris ; ou en nombres entiers quand les places se comptent en personnes
    et qu'un foyer garde pourtant un seul référent."""
    if unite_en_vigueur(le=le) == PERSONNE:
        return resoudre_personnes(probleme=lues.probleme)
    return resoudre(probleme=lues.probleme)


def _calcul(lues: Entrees, solution: Solution, par: Acces, le: date) -> Calcul:
    return Calcul(
        nature=Nature.SEMAINE,
        fait_le=le,
        agent_id=par.agent_id,
        reglage=asdict(lues.probleme.reglage),
        solveur=solution.solveur,
        graine=lues.probleme.graine,
        places=places_gardees(lues),
        prix=list(solution.prix),
        appris=list(lues.probleme.appris),
        cout=solution.cout,
        empreinte=sceller(lues=lues, solution=solution, nature=Nature.SEMAINE),
    )


def sceller(*, lues: Entrees, solution: Solution, nature: Calcul.Nature, actuelle: int = -1) -> str:
    """L'empreinte gardée : celle du moteur, et de qui parlent ses rangs."""
    return sceau(
        moteur=empreinte(probleme=lues.probleme, solution=solution),
        nature=str(nature),
        places=places_gardees(lues),
        lignes=[(a.personne_id, a.demande_id, actuelle) for a in lues.arrivants],
    )


def garder(
    *,
    calcul: Calcul,
    lues: Entrees,
    solution: Solution,
    par: Acces,
    actuelles: tuple[int, ...] = (),
) -> None:
    """Écrit les lignes et la ligne de journal du calcul. `actuelles` : avant une réparation."""
    LigneCalcul.objects.bulk_create(
        _ligne(calcul, lues, solution, rang, actuelles[rang] if actuelles else -1)
        for rang in range(len(lues.arrivants))
    )
    demandeurs = lues.probleme.demandeurs
    proposees = {d.unite for d, j in zip(demandeurs, solution.choix, strict=True) if j >= 0}
    consigner(
        charge=charges.Calculer(
            calcul_id=calcul.pk,
            nature=str(calcul.nature),
            demandes=len({d.unite for d in demandeurs}),
            proposees=len(proposees),
            cout=solution.cout,
            solveur=solution.solveur,
            empreinte=calcul.empreinte,
        ),
        par=par,
        le=calcul.fait_le,
        sujet=Sujet(objet_id=calcul.pk),
    )


def _ligne(
    calcul: Calcul, lues: Entrees, solution: Solution, rang: int, actuelle: int
) -> LigneCalcul:
    arrivant, demandeur = lues.arrivants[rang], lues.probleme.demandeurs[rang]
    est_inchangee = actuelle >= 0 and actuelle == solution.choix[rang]
    return LigneCalcul(
        calcul=calcul,
        demande_id=arrivant.demande_id,
        personne_id=arrivant.personne_id,
        rang=rang,
        unite_id=demandeur.unite,
        orientation=demandeur.orientation,
        orientee_le=demandeur.orientee_le,
        est_sans_vehicule=demandeur.est_sans_vehicule,
        minutes=list(demandeur.minutes),
        continuite=INTERDIT if demandeur.continuite is None else demandeur.continuite,
        actuelle=actuelle,
        place=solution.choix[rang],
        decision=Decision.INCHANGEE if est_inchangee else Decision.A_RELIRE,
        cle_acces=arrivant.cle_acces,
    )
