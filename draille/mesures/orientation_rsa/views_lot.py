"""Orienter une liste : une page de relecture, puis l'envoi ; ce qui est refusé revient expliqué."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.orientation_rsa import actes, lectures
from draille.mesures.orientation_rsa import forms as formulaires
from draille.mesures.orientation_rsa.acces import ACCES
from draille.mesures.orientation_rsa.lectures import Entrant
from draille.mesures.orientation_rsa.views_commun import acces_nominatif
from draille.socle.acces import Acces
from draille.socle.texte import pluriel

LIGNES_AU_PLUS = 200


@dataclass(frozen=True, slots=True)
class LigneRelue:
    """Un entrant et le formulaire de sa décision ; `refus` : ce que l'acte en a dit."""

    entrant: Entrant
    formulaire: formulaires.LigneLot
    refus: str = ""


@exige(ACCES["orienter_lot"])
@ecrit("POST")
def lot(request: HttpRequest) -> HttpResponse:
    """GET : relire les lignes choisies. POST : orienter, et garder ce qui ne passe pas."""
    acces, le = acces_de(request), date_de(request)
    envoi = request.POST if request.method == "POST" else None
    choisis = _choisis(request.POST if envoi is not None else request.GET)
    if not choisis:
        messages.warning(request, "Cochez au moins une personne dans la liste, puis recommencez.")
        return redirect("orientation")
    lues = lectures.entrants_choisis(suivis=choisis, acces=acces_nominatif(acces), le=le)
    organisme = request.GET.get("organisme", "")
    lignes = [LigneRelue(e, _formulaire(e, envoi, le, organisme)) for e in lues]
    commun = formulaires.Lot(envoi, jour=le)
    faites = 0
    if envoi is not None and commun.is_valid():
        avant = len(lignes)
        lignes = _orienter(lignes, acces=acces, le=commun.cleaned_data["le"])
        faites = avant - len(lignes)
        if not lignes:
            dit = pluriel(
                faites,
                "personne orientée. Ses délais sont clos.",
                "personnes orientées. Leurs délais sont clos.",
            )
            messages.success(request, dit)
            return redirect("orientation")
    contexte = {
        "lignes": lignes,
        "commun": commun,
        "faites": faites,
        "est_envoye": envoi is not None,
        "ecartes": len(choisis) - len(lues),
    }
    return render(request, "orientation_rsa/lot.html", contexte)


def _choisis(donnees: Any) -> list[int]:
    uniques = dict.fromkeys(v for v in donnees.getlist("suivi") if v.isdecimal() and len(v) < 19)
    return [int(v) for v in uniques][:LIGNES_AU_PLUS]


def _formulaire(
    entrant: Entrant, envoi: Mapping[str, Any] | None, le: date, organisme: str
) -> formulaires.LigneLot:
    return formulaires.LigneLot(envoi, entrant=entrant, jour=le, organisme=organisme)


def _orienter(lignes: list[LigneRelue], *, acces: Acces, le: date) -> list[LigneRelue]:
    """Oriente les lignes bien remplies ; rend celles qui restent, chacune avec ce qui l'arrête."""
    remplies = [x for x in lignes if x.formulaire.is_valid()]
    bilan = actes.orienter_lot(
        decisions=[
            actes.DecisionLot(suivi_id=x.entrant.suivi.pk, decision=x.formulaire.decision)
            for x in remplies
        ],
        par=acces,
        le=le,
    )
    faites = {o.suivi_id for o in bilan.orientees}
    refus = {r.suivi_id: r.refus.message for r in bilan.refusees}
    return [
        LigneRelue(x.entrant, x.formulaire, refus.get(x.entrant.suivi.pk, ""))
        for x in lignes
        if x.entrant.suivi.pk not in faites
    ]
