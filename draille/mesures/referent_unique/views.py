"""La proposition de la semaine : qui irait chez qui, à combien de minutes, et la décision."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.lectures import LigneLue, PropositionLue
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.mesures.referent_unique.views_carte import carte_de
from draille.mesures.referent_unique.views_commun import lire_ou_404, nominatif
from draille.mesures.referent_unique.views_dessin import LEGENDE, cle_de_charge
from draille.mesures.referent_unique.views_raisons import raisons_sans_referent
from draille.socle.refus import Refus
from draille.socle.texte import pluriel

A_RELIRE = LigneCalcul.Decision.A_RELIRE
CALCULS_MONTRES = 12
_FILTRES = {"a_relire": "À relire", "relues": "Relues", "sans": "Sans référent", "": "Toutes"}


@exige(ACCES["voir_propositions"])
@ecrit()
def proposition(request: HttpRequest, calcul_id: int | None = None) -> HttpResponse:
    """Une proposition : celle de l'adresse, sinon la dernière de la semaine."""
    acces, le = nominatif(request), date_de(request)
    lu = calcul_id if calcul_id is not None else lectures.derniere(acces=acces)
    contexte: dict[str, Any] = {
        "calculs": lectures.calculs(acces=acces, limite=CALCULS_MONTRES),
        "peut_proposer": ACCES["proposer"](acces),
        "attente": lectures.a_confier(acces=acces, le=le),
    }
    if lu is not None:
        lue = lire_ou_404(lambda: lectures.proposition(calcul_id=lu, acces=acces, le=le))
        contexte |= _contexte(request, lue)
    return render(request, "referent_unique/proposition.html", contexte)


@exige(ACCES["proposer"])
@ecrit("POST")
@require_POST
def calculer(request: HttpRequest) -> HttpResponse:
    """Calcule la proposition de la semaine ; un refus revient en une phrase."""
    try:
        calcul = actes.calculer_proposition(par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.warning(request, refus.message)
        return redirect("referents")
    messages.success(request, "La proposition est prête. Rien n'est décidé : relisez chaque ligne.")
    return redirect("referents_calcul", calcul_id=calcul.pk)


def _contexte(request: HttpRequest, lue: PropositionLue) -> dict[str, Any]:
    acces = acces_de(request)
    filtre = request.GET.get("voir", "")
    filtre = filtre if filtre in _FILTRES else ""
    a_relire = [x for x in lue.lignes if x.decision == A_RELIRE]
    sans = [x for x in lue.lignes if x.agent_id is None]
    est_ouverte = lue.calcul.statut == Calcul.Statut.PROPOSE
    plan = carte_de(lue)
    raisons = raisons_sans_referent(calcul=lue.calcul, lignes=sans, acces=nominatif(request))
    return {
        "lue": lue,
        "calcul": lue.calcul,
        "est_reparation": lue.calcul.nature == Calcul.Nature.REPARATION,
        "est_ouverte": est_ouverte,
        "peut_relire": est_ouverte and ACCES["relire"](acces),
        "lignes": [
            {"lue": x, "cle": plan.cles.get(x.id, ""), "raison": _abrege(raisons.get(x.id, ""))}
            for x in _triees(_filtrees(lue.lignes, filtre), request.GET.get("tri", ""))
        ],
        "filtres": [
            {"code": code, "libelle": nom, "nombre": len(_filtrees(lue.lignes, code))}
            for code, nom in _FILTRES.items()
        ],
        "filtre": filtre,
        "a_relire": len(a_relire),
        "relues": len(lue.lignes) - len(a_relire),
        "sans_referent": len(sans),
        "bilan": _bilan(len(lue.lignes) - len(a_relire), len(a_relire)),
        "charges": lue.charges,
        "echelle": max((max(c.capacite, c.avant, c.apres) for c in lue.charges), default=1),
        "cles_charge": [(mark_safe(cle_de_charge(rang)), dit) for rang, dit in LEGENDE],
        "carte": plan,
    }


_GARDES: dict[str, Callable[[LigneLue], bool]] = {
    "": lambda x: True,
    "a_relire": lambda x: x.decision == A_RELIRE,
    "relues": lambda x: x.decision != A_RELIRE,
    "sans": lambda x: x.agent_id is None,
}


def _filtrees(lignes: Sequence[LigneLue], filtre: str) -> list[LigneLue]:
    garde = _GARDES[filtre]
    return [x for x in lignes if garde(x)]


def _abrege(raison: str) -> str:
    """La première phrase : la page de la ligne dit la suite."""
    return f"{raison.partition('. ')[0].rstrip('.')}." if raison else ""


_TRIS: dict[str, Callable[[LigneLue], Any]] = {
    "nom": lambda x: x.nom_complet,
    "referent": lambda x: (x.agent, x.nom_complet),
    "trajet": lambda x: x.minutes or 0,
}


def _triees(lignes: list[LigneLue], tri: str) -> list[LigneLue]:
    """Sous le tri demandé ; sans lui, l'ordre du calcul. Qui n'a personne vient à la fin."""
    cle = _TRIS.get(tri.removeprefix("-"))
    if cle is not None:
        lignes = sorted(lignes, key=cle, reverse=tri.startswith("-"))
    return sorted(lignes, key=lambda x: x.agent_id is None)


def _bilan(relues: int, a_relire: int) -> str:
    if not a_relire:
        return "toutes relues"
    return f"{pluriel(relues, 'relue')}, {a_relire} à relire"
