"""« Tout relire » : chaque ligne s'ouvre, une par une ; puis ce qui a été ouvert s'accepte en lot.

Ce que l'agent a ouvert se retient dans sa session : accepter en lot ne vaut que pour des lignes
dont il a vraiment vu la page.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.models import LigneCalcul
from draille.mesures.referent_unique.views_commun import lire_ou_404, nominatif
from draille.socle.acces import Acces
from draille.socle.texte import pluriel

_A_RELIRE = LigneCalcul.Decision.A_RELIRE
_SESSION = "referents_ouvertes"


@dataclass(frozen=True, slots=True)
class Voisines:
    """La place d'une ligne parmi celles de la proposition : sa précédente, sa suivante."""

    precedente: int | None
    suivante: int | None
    rang: int
    total: int


@exige(ACCES["relire"])
@ecrit()
def relire(request: HttpRequest, calcul_id: int) -> HttpResponse:
    """Ouvre la première ligne à relire que l'agent n'a pas encore ouverte ; sinon, la fin."""
    vues = ouvertes(request, calcul_id)
    for pk in a_relire(calcul_id=calcul_id, acces=nominatif(request)):
        if pk not in vues:
            return redirect(f"{reverse('referents_ligne', args=[pk])}?revue=1")
    return redirect("referents_fin", calcul_id=calcul_id)


@exige(ACCES["relire"])
@ecrit("POST")
def fin(request: HttpRequest, calcul_id: int) -> HttpResponse:
    """La fin de la relecture. GET : ce qui a été ouvert. POST : accepter les lignes cochées."""
    acces, le = nominatif(request), date_de(request)
    lue = lire_ou_404(lambda: lectures.proposition(calcul_id=calcul_id, acces=acces, le=le))
    refus: dict[int, str] = {}
    if request.method == "POST":
        refus = _accepter(request, calcul_id)
        if not refus:
            return redirect("referents_calcul", calcul_id=calcul_id)
        lue = lectures.proposition(calcul_id=calcul_id, acces=acces, le=le)
    vues = ouvertes(request, calcul_id)
    restent = [x for x in lue.lignes if x.decision == LigneCalcul.Decision.A_RELIRE]
    contexte = {
        "calcul": lue.calcul,
        "lignes": [
            {"lue": x, "refus": refus.get(x.id, "")}
            for x in restent
            if x.id in vues and x.agent_id is not None
        ],
        "non_ouvertes": sum(x.id not in vues for x in restent),
        "sans_referent": sum(x.id in vues and x.agent_id is None for x in restent),
        "a_des_refus": bool(refus),
        "relues": len(lue.lignes) - len(restent),
    }
    return render(request, "referent_unique/fin.html", contexte)


def _accepter(request: HttpRequest, calcul_id: int) -> dict[int, str]:
    """Accepte les lignes cochées que l'agent a ouvertes ; rend les refus, par ligne."""
    vues = ouvertes(request, calcul_id)
    cochees = [int(v) for v in request.POST.getlist("ligne") if v.isdecimal() and len(v) < 19]
    retenues = [pk for pk in dict.fromkeys(cochees) if pk in vues]
    if not retenues:
        messages.warning(request, "Cochez au moins une ligne que vous avez ouverte.")
        return {0: ""}
    bilan = actes.accepter_lignes(lignes=retenues, par=acces_de(request), le=date_de(request))
    if bilan.designees:
        dit = pluriel(
            len(bilan.designees),
            "personne a son référent. Sa lettre est prête.",
            "personnes ont leur référent. Leurs lettres sont prêtes.",
        )
        messages.success(request, dit)
    return {r.ligne_id: r.refus.message for r in bilan.refusees}


def ouvertes(request: HttpRequest, calcul_id: int) -> frozenset[int]:
    """Les lignes de cette proposition dont l'agent a ouvert la page."""
    return frozenset(request.session.get(_SESSION, {}).get(str(calcul_id), ()))


def retenir(request: HttpRequest, *, calcul_id: int, ligne_id: int) -> None:
    """Retient que l'agent a ouvert cette ligne ; l'histoire d'une seule proposition suffit."""
    vues = ouvertes(request, calcul_id) | {ligne_id}
    request.session[_SESSION] = {str(calcul_id): sorted(vues)}


def a_relire(*, calcul_id: int, acces: Acces) -> list[int]:
    """Les lignes encore à relire de cette proposition, dans l'ordre où elles se lisent."""
    return [pk for pk, decision in _ordre(calcul_id, acces) if decision == _A_RELIRE]


def _ordre(calcul_id: int, acces: Acces) -> list[tuple[int, str]]:
    """Chaque ligne et sa décision, dans l'ordre de la page : qui n'a personne vient à la fin."""
    lues = (
        LigneCalcul.objects.visibles(acces)
        .filter(calcul_id=calcul_id)
        .order_by("rang", "pk")
        .values_list("pk", "decision", "place")
    )
    return [(pk, decision) for pk, decision, place in sorted(lues, key=lambda x: x[2] < 0)]


def voisines(*, calcul_id: int, ligne_id: int, acces: Acces) -> Voisines:
    """La ligne d'avant et celle d'après, parmi celles à relire et elle-même."""
    pks = [
        pk for pk, decision in _ordre(calcul_id, acces) if decision == _A_RELIRE or pk == ligne_id
    ]
    place = pks.index(ligne_id)
    return Voisines(
        precedente=pks[place - 1] if place else None,
        suivante=pks[place + 1] if place + 1 < len(pks) else None,
        rang=place + 1,
        total=len(pks),
    )
