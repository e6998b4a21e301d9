"""Les partenaires du Département : leur liste, leur fiche, ce qu'ils ont ouvert."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de, url_personne
from draille.mesures.reseau_insertion import forms as formulaires
from draille.mesures.reseau_insertion import lectures
from draille.mesures.reseau_insertion.acces import ACCES
from draille.mesures.reseau_insertion.views_commun import (
    acces_nominatif,
    dire_besoins,
    vues,
)
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Orientation, Partenaire
from draille.socle.refus import Refus

DERNIERES = 15


@exige(ACCES["voir_partenaires"])
@ecrit()
def partenaires(request: HttpRequest) -> HttpResponse:
    """Tous les partenaires, ouverts puis fermés."""
    acces = acces_nominatif(acces_de(request))
    contexte = {
        "partenaires": [
            {"lu": lu, "besoins": dire_besoins(lu.partenaire.besoins)}
            for lu in lectures.partenaires(acces=acces, le=date_de(request))
        ],
        "peut_tenir": ACCES["tenir_partenaires"](acces_de(request)),
        "suit": ACCES["suivre"](acces_de(request)),
    }
    return render(request, "reseau_insertion/partenaires.html", contexte)


@exige(ACCES["tenir_partenaires"])
@ecrit("POST")
def nouveau(request: HttpRequest) -> HttpResponse:
    """Inscrire un partenaire."""
    le = date_de(request)
    formulaire = formulaires.FicheDePartenaire(
        request.POST if request.method == "POST" else None, le=le
    )
    if formulaire.is_valid():
        try:
            inscrit = partage.inscrire_partenaire(
                fiche=formulaire.fiche, par=acces_de(request), le=le
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(
                request, "Le partenaire est inscrit : on peut lui adresser des personnes."
            )
            return redirect("partenaire", pk=inscrit.pk)
    return _fiche(request, formulaire, None)


@exige(ACCES["tenir_partenaires"])
@ecrit("POST")
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Mettre la fiche d'un partenaire à jour."""
    lu, le = _lire(pk), date_de(request)
    formulaire = formulaires.FicheDePartenaire(
        request.POST if request.method == "POST" else None, le=le, partenaire=lu
    )
    if formulaire.is_valid():
        try:
            partage.modifier_partenaire(
                partenaire_id=pk, fiche=formulaire.fiche, par=acces_de(request), le=le
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La fiche est à jour.")
            return redirect("partenaire", pk=pk)
    return _fiche(request, formulaire, lu)


def _fiche(
    request: HttpRequest, formulaire: formulaires.FicheDePartenaire, lu: Partenaire | None
) -> HttpResponse:
    statut = 422 if formulaire.errors else 200
    contexte = {"formulaire": formulaire, "partenaire": lu}
    return render(request, "reseau_insertion/partenaire_fiche.html", contexte, status=statut)


@exige(ACCES["voir_partenaires"])
@ecrit()
def partenaire(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche d'un partenaire, ses comptes, ce qu'il suit."""
    lu, le = _lire(pk), date_de(request)
    acces = acces_nominatif(acces_de(request))
    suit = ACCES["suivre"](acces_de(request))
    dernieres = partage.suivies(acces=acces, partenaire_id=pk)[:DERNIERES] if suit else []
    comptes = partage.comptes_par_statut(acces=acces, partenaire_id=pk) if suit else {}
    contexte = {
        "partenaire": lu,
        "besoins": dire_besoins(lu.besoins),
        "est_ferme": lu.fin is not None and lu.fin <= le,
        "agents": lectures.agents_de(organisation_id=lu.organisation_id, le=le),
        "orientations": vues(dernieres, le),
        "comptes": [
            (Orientation.Statut(statut).label, comptes[statut])
            for statut in Orientation.Statut
            if comptes.get(statut)
        ],
        "peut_tenir": ACCES["tenir_partenaires"](acces_de(request)),
        "voit_acces": ACCES["voir_acces"](acces_de(request)),
        "url_agents": adresse("agent_nouveau"),
    }
    return render(request, "reseau_insertion/partenaire.html", contexte)


@exige(ACCES["tenir_partenaires"])
@ecrit("POST")
@require_POST
def fermer(request: HttpRequest, pk: int) -> HttpResponse:
    """Cesser d'orienter vers ce partenaire."""
    _lire(pk)
    try:
        partage.fermer_partenaire(partenaire_id=pk, par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, "Le partenaire est fermé ; ce qu'il suit déjà lui reste ouvert.")
    return redirect("partenaire", pk=pk)


@exige(ACCES["voir_acces"])
@ecrit()
def acces_partenaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Ce que ce partenaire a ouvert et répondu, pour qui contrôle (RGPD article 32)."""
    lu = _lire(pk)
    traces = lectures.acces_du_partenaire(partenaire=lu, acces=acces_nominatif(acces_de(request)))
    contexte = {
        "partenaire": lu,
        "traces": [
            {"trace": t, "url": url_personne(t.personne.pk) if t.personne else ""} for t in traces
        ],
        "au_plus": lectures.LIMITE,
    }
    return render(request, "reseau_insertion/partenaire_acces.html", contexte)


def _lire(pk: int) -> Partenaire:
    try:
        return lectures.partenaire(partenaire_id=pk)
    except Refus as refus:
        raise Http404(refus.message) from refus
