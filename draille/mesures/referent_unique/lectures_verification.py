"""Refaire la preuve d'un calcul depuis la base, sans solveur, et dire ce qui a été altéré."""

from dataclasses import dataclass
from typing import Any

from draille.mesures.referent_unique.lectures_entrees import relire
from draille.mesures.referent_unique.lectures_proposition import calcul
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.mesures.referent_unique.regles import sceau
from draille.moteurs.affectation.calcul import Probleme, Solution, couts, empreinte, verifier
from draille.moteurs.affectation.calcul.personnes import verifier_personnes
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces

Decision = LigneCalcul.Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Ce qu'une vérification a trouvé ; `fautes` vide : le calcul est intact et prouvé."""

    calcul_id: int
    lignes: int
    solveur: str
    empreinte: str
    fautes: tuple[str, ...]


def verification(*, calcul_id: int, acces: Acces) -> Verification:
    """Recalcule le certificat et l'empreinte depuis la base, et les compare au journal.

    Quatre requêtes. `acces` doit ouvrir tout le Département : une ligne cachée se lirait comme une
    ligne ôtée. Lève `Refus('referent_unique.introuvable')`.
    """
    lu = calcul(calcul_id=calcul_id)
    lignes = list(LigneCalcul.objects.visibles(acces).filter(calcul=lu).order_by("rang", "id"))
    fautes: list[str] = []
    recalculee = ""
    if [x.rang for x in lignes] != list(range(len(lignes))):
        fautes.append("lignes : il en manque, ou leur rang a changé")
    try:
        probleme, solution = relire(calcul=lu, lignes=lignes)
    except (ValueError, TypeError, KeyError, IndexError) as erreur:
        fautes.append(f"formes : le calcul ne se relit plus ({erreur})")
    else:
        recalculee = sceau(
            moteur=empreinte(probleme=probleme, solution=solution),
            nature=lu.nature,
            places=lu.places,
            lignes=[(x.personne_id, x.demande_id, x.actuelle) for x in lignes],
        )
        fautes += _preuve(lu, probleme, solution)
        fautes += _empreintes(lu, recalculee, acces)
    fautes += _decisions(lu, lignes, acces)
    return Verification(
        calcul_id=lu.pk,
        lignes=len(lignes),
        solveur=lu.solveur,
        empreinte=recalculee,
        fautes=tuple(fautes),
    )


def _preuve(lu: Calcul, probleme: Probleme, solution: Solution) -> list[str]:
    if lu.nature == Calcul.Nature.REPARATION:
        return _admissibles(lu, probleme, solution)
    if not lu.prix and probleme.places:
        return list(verifier_personnes(probleme=probleme, solution=solution))
    return list(verifier(probleme=probleme, solution=solution))


def _admissibles(lu: Calcul, probleme: Probleme, solution: Solution) -> list[str]:
    """Une réparation n'est pas un optimum de coût : on vérifie que chaque place est permise, que
    les sièges suffisent."""
    paires = couts(probleme)
    fautes = []
    par_place: dict[int, set[int]] = {}
    for i, j in enumerate(solution.choix):
        if j >= len(lu.places) or (j >= 0 and paires[i, j] < 0):
            fautes.append(f"choix : la place de la ligne {i} n'est pas permise")
        elif j >= 0:
            par_place.setdefault(j, set()).add(probleme.demandeurs[i].unite)
    for j, unites in par_place.items():
        if len(unites) > probleme.places[j].libres:
            fautes.append(f"sièges : la place {j} est dépassée")
    return fautes


def _empreintes(lu: Calcul, recalculee: str, acces: Acces) -> list[str]:
    fautes = []
    if recalculee != lu.empreinte:
        fautes.append("empreinte : les données gardées ne sont plus celles du calcul")
    ligne = (
        LigneJournal.objects.visibles(acces) | LigneJournal.objects.filter(cle_acces__isnull=True)
    ).filter(code="referent_unique.calculer", objet_id=lu.pk)
    au_journal = ligne.values_list("charge", flat=True).first()
    if au_journal is None:
        fautes.append("journal : aucune ligne ne dit ce calcul")
    elif au_journal["empreinte"] != recalculee:
        fautes.append("journal : l'empreinte scellée n'est pas celle des données gardées")
    return fautes


def _decisions(lu: Calcul, lignes: list[LigneCalcul], acces: Acces) -> list[str]:
    """Ce qu'un agent a décidé est au journal, à la lettre, et seulement cela."""
    dites: dict[int, dict[str, Any]] = {
        int(c["ligne_id"]): c
        for c in LigneJournal.objects.visibles(acces)
        .filter(code="referent_unique.relire", charge__calcul_id=lu.pk)
        .order_by("id")
        .values_list("charge", flat=True)
    }
    fautes = []
    for x in lignes:
        dite = dites.pop(x.pk, None)
        relue = x.decision not in (Decision.A_RELIRE, Decision.INCHANGEE)
        ecrite = (dite["decision"], dite["agent_id"]) if dite else None
        if ecrite != ((x.decision, x.retenu_id) if relue else None):
            fautes.append(f"décision : celle de la ligne {x.rang} n'est pas celle du journal")
        if x.decision == Decision.ACCEPTEE and (
            not 0 <= x.place < len(lu.places) or lu.places[x.place]["agent_id"] != x.retenu_id
        ):
            fautes.append(f"décision : la ligne {x.rang}, acceptée, n'a pas le référent proposé")
    if dites:
        fautes.append("lignes : le journal dit des relectures dont la ligne n'existe plus")
    return fautes
