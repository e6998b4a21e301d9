"""Les convocations : qui recevoir avant quand, ce que le calcul propose, ce qui est à examiner."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous import forms as formulaires
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.lectures import AConvoquer
from draille.mesures.rendez_vous.models import Motif, RendezVous
from draille.mesures.rendez_vous.views_commun import MOTIFS_CONVOQUES, acces_nominatif, passage
from draille.mesures.rendez_vous.views_lignes import (
    LigneVue,
    est_referent_seul,
    lire,
    minutes_moyennes,
    motif_de,
)
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import pluriel

TAILLE_PAGE = 50
LIGNES_AU_PLUS = 200
_ONGLETS = {
    Motif.ORIENTATION: "Pour l'orientation",
    Motif.REFERENT: "Avec le référent",
}


@exige(ACCES["voir_convocations"])
@ecrit()
def convocations(request: HttpRequest) -> HttpResponse:
    """Les personnes à convoquer et le créneau proposé à chacune. N'écrit rien."""
    motif = motif_de(request)
    lignes = lire(request, motif)
    page = Paginator(lignes, TAILLE_PAGE).get_page(request.GET.get("page"))
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    contexte = {
        "onglets": onglets(request, motif),
        "motif": motif,
        "page": page,
        "lignes": list(page),
        "legende": _ONGLETS[Motif(motif)],
        "sans_objet": [r for r in lectures.sans_objet(acces=acces, le=le) if _regarde(acces, r)],
        "peut_convoquer": ACCES["convoquer"](acces),
        "peut_ouvrir": ACCES["tenir_lieux"](acces),
        "au_plus": LIGNES_AU_PLUS,
        "reste": len(lignes) > LIGNES_AU_PLUS,
        **_totaux(lignes),
    }
    return render(request, "rendez_vous/convocations.html", contexte)


def _totaux(lignes: list[LigneVue]) -> dict[str, Any]:
    secondes = sum(x.demande.rang > 1 for x in lignes)
    return {
        "total": len(lignes),
        "dont_secondes": f"dont {pluriel(secondes, 'seconde convocation', 'secondes convocations')}"
        if secondes
        else "première convocation pour tous",
        "en_retard": sum(bool(x.creneau) and x.retard_jours > 0 for x in lignes),
        "sans_creneau": sum(x.creneau is None for x in lignes),
        "minutes_moyennes": minutes_moyennes(lignes),
    }


def onglets(request: HttpRequest, actif: str) -> list[dict[str, object]]:
    """Les motifs, puis ce qu'il reste à examiner et le suivi ; `actif` : celui de la page."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    liste = reverse("convocations")
    lus = [(str(m), _ONGLETS[m], f"{liste}?motif={m}") for m in MOTIFS_CONVOQUES]
    a_voir = len(_signalees(acces, le))
    examen = f"À examiner ({a_voir})" if a_voir else "À examiner"
    lus.append(("examen", examen, reverse("convocations_examen")))
    lus.append(("suivi", "Présence et trajets", reverse("convocations_suivi")))
    return [{"libelle": d, "url": u, "est_actif": code == actif} for code, d, u in lus]


def _signalees(acces: Acces, le: date) -> list[AConvoquer]:
    """Les situations à examiner ; pour un référent seul, celles des personnes qu'il accompagne."""
    toutes = lectures.signalees(acces=acces, le=le)
    seul = est_referent_seul(acces)
    return [x for x in toutes if not seul or x.demande.agent_id == acces.agent_id]


def _regarde(acces: Acces, rdv: RendezVous) -> bool:
    return not est_referent_seul(acces) or rdv.creneau.agent_id == acces.agent_id


@exige(ACCES["voir_convocations"])
@ecrit()
def examen(request: HttpRequest) -> HttpResponse:
    """Ceux qui ne sont pas venus deux fois : rien d'automatique, une personne décide."""
    return _examen(request)


def _examen(
    request: HttpRequest, refuse: formulaires.Classer | None = None, pk: int = 0
) -> HttpResponse:
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    lignes = [
        {
            "lue": lue,
            "url_personne": url_personne(lue.personne.pk),
            "derniere": passage(lue.derniere) if lue.derniere else None,
            "formulaire": refuse
            if refuse is not None and lue.demande.pk == pk
            else formulaires.Classer(pour=lue.demande.pk),
            "est_ouvert": lue.demande.pk == pk,
        }
        for lue in _signalees(acces, le)
    ]
    contexte = {
        "onglets": onglets(request, "examen"),
        "lignes": lignes,
        "peut_convoquer": ACCES["convoquer"](acces),
    }
    return render(request, "rendez_vous/examen.html", contexte)


@exige(ACCES["convoquer"])
@ecrit("POST")
@require_POST
def reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Convoquer encore une personne absente deux fois, puis choisir son créneau."""
    _connue(request, pk)
    try:
        actes.reconvoquer(demande_id=pk, par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
        return redirect("convocations_examen")
    messages.success(request, "La demande est reprise : choisissez un créneau.")
    return redirect("convoquer", pk=pk)


@exige(ACCES["convoquer"])
@ecrit("POST")
@require_POST
def classer(request: HttpRequest, pk: int) -> HttpResponse:
    """Fermer une demande sans rendez-vous, en disant pourquoi."""
    _connue(request, pk)
    formulaire = formulaires.Classer(request.POST, pour=pk)
    if formulaire.is_valid():
        motif = formulaire.cleaned_data["motif"]
        try:
            actes.classer(demande_id=pk, motif=motif, par=acces_de(request), le=date_de(request))
        except Refus as refus:
            formulaire.add_error("motif", refus.message)
        else:
            messages.success(request, "La demande est classée ; la raison est au dossier.")
            return redirect("convocations_examen")
    page: HttpResponse = _examen(request, formulaire, pk)
    return page


def _connue(request: HttpRequest, pk: int) -> None:
    """Une demande fermée à cet agent n'existe pas pour lui."""
    try:
        lectures.demande(demande_id=pk, acces=acces_nominatif(acces_de(request)))
    except Refus as refus:
        raise Http404(refus.message) from refus
