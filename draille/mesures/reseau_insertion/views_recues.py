"""Ce que le partenaire voit, connecté : les personnes qu'on lui adresse, et sa réponse."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.reseau_insertion import forms as formulaires
from draille.mesures.reseau_insertion.acces import ACCES
from draille.mesures.reseau_insertion.views_commun import (
    lignes_transmises,
    repondre,
    vue_recue,
)
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.adaptateur import Recue
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

TAILLE_PAGE = 25


@exige(ACCES["recevoir"])
@ecrit("GET", "HEAD")
def recues(request: HttpRequest) -> HttpResponse:
    """Celles qui attendent d'abord ; montrer un nom s'écrit, comme ouvrir un dossier."""
    acces, le = _acces(request), date_de(request)
    lues = partage.recues_par(acces=acces, le=le)
    page = Paginator(lues, TAILLE_PAGE).get_page(request.GET.get("page"))
    partage.tracer_liste(orientation_ids=[r.pk for r in page], par=acces)
    contexte = {
        "page": page,
        "lignes": [vue_recue(r, le) for r in page],
        "vivantes": sum(r.est_vivante for r in lues),
        "a_repondre": sum(r.statut == "envoyee" for r in lues),
        "en_retard": sum(r.statut == "envoyee" and r.avant_le < le for r in lues),
        "total": len(lues),
    }
    return render(request, "reseau_insertion/recues.html", contexte)


@exige(ACCES["recevoir"])
@ecrit("GET", "HEAD")
def recue(request: HttpRequest, pk: int) -> HttpResponse:
    """Une personne adressée : ce qu'elle accepte de dire, et la réponse. L'ouvrir s'écrit."""
    acces, lue = _lire(request, pk)
    partage.tracer_consultation(orientation_id=pk, par=acces)
    return _montrer(request, lue, formulaires.Reponse(gestes=lue.gestes))


@exige(ACCES["recevoir"])
@ecrit("POST")
@require_POST
def repondre_recue(request: HttpRequest, pk: int) -> HttpResponse:
    """Répondre : le Département le voit aussitôt."""
    acces, lue = _lire(request, pk)
    formulaire = formulaires.Reponse(request.POST, gestes=lue.gestes)
    if formulaire.is_valid():
        try:
            repondre(orientation_id=pk, lu=formulaire.cleaned_data, par=acces, le=date_de(request))
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "Merci : le Département a votre réponse.")
            return redirect("partenaire_recues")
    return _montrer(request, lue, formulaire)


def _acces(request: HttpRequest) -> Acces:
    return acces_de(request).parmi((Role.PARTENAIRE,))


def _lire(request: HttpRequest, pk: int) -> tuple[Acces, Recue]:
    """Ce qui n'est pas adressé à cette organisation, ou ne l'est plus, n'existe pas pour elle."""
    acces = _acces(request)
    try:
        return acces, partage.recue(orientation_id=pk, acces=acces)
    except Refus as refus:
        raise Http404(refus.message) from refus


def _montrer(request: HttpRequest, lue: Recue, formulaire: formulaires.Reponse) -> HttpResponse:
    contexte = {
        "vue": vue_recue(lue, date_de(request)),
        "recue": lue,
        "transmis": lignes_transmises(lue),
        "formulaire": formulaire,
    }
    statut = 422 if formulaire.is_bound and formulaire.errors else 200
    return render(request, "reseau_insertion/recue.html", contexte, status=statut)
