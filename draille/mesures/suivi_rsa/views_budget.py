"""Le budget du RSA : votes, exécution, ce qui reste, la décision modificative que cela implique."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.suivi_rsa import actes_budget as actes
from draille.mesures.suivi_rsa import forms, lectures_budget
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.views_budget_dessin import cumul
from draille.mesures.suivi_rsa.views_commun import jour_lu, onglets
from draille.socle.refus import Refus
from draille.socle.texte import pluriel


@exige(ACCES["voir_budget"])
@ecrit()
def budget(request: HttpRequest) -> HttpResponse:
    """Une année (`?annee=`), telle que connue à un jour (`?le=`)."""
    acces, le = acces_de(request), jour_lu(request)
    demandee = request.GET.get("annee", "")
    annee = int(demandee) if demandee.isdecimal() and len(demandee) == 4 else None
    lu = lectures_budget.page(annee=annee, acces=acces, le=le)
    peut_tenir = ACCES["tenir_budget"](acces)
    contexte = {
        "onglets": onglets(acces=acces, actif="rsa_budget"),
        "lu": lu,
        "le": le,
        "aujourd_hui": date_de(request),
        "dessin": mark_safe(cumul(lu.execution)) if _a_dessiner(lu) else "",
        "peut_tenir": peut_tenir,
        "publies": actes.a_inscrire(connus=lu.inscrits, le=le) if peut_tenir else [],
        "a_des_mandats": any(m.mandate is not None for m in lu.execution.mois),
    }
    return render(request, "suivi_rsa/budget.html", contexte)


def _a_dessiner(lu: lectures_budget.PageBudget) -> bool:
    return bool(lu.execution.versions) or any(m.cumul for m in lu.execution.mois)


@exige(ACCES["tenir_budget"])
@ecrit("POST")
@require_POST
def votes_publies(request: HttpRequest) -> HttpResponse:
    """Inscrit les votes que le Département a publiés et qui manquent."""
    try:
        nombre = actes.inscrire_publies(par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, f"{pluriel(nombre, 'vote inscrit', 'votes inscrits')}.")
    return redirect("rsa_budget")


@exige(ACCES["tenir_budget"])
@ecrit("POST")
def voter(request: HttpRequest) -> HttpResponse:
    """Inscrire un vote."""
    formulaire = forms.VoteSaisi(_donnees(request), jour=date_de(request))

    def faire() -> str:
        vote = formulaire.vote
        actes.voter(vote=vote, par=acces_de(request), le=date_de(request))
        return f"« {vote.libelle} » est inscrit au budget {vote.annee}."

    return _saisir(request, formulaire, faire, "Inscrire un vote")


@exige(ACCES["tenir_budget"])
@ecrit("POST")
def mandater(request: HttpRequest) -> HttpResponse:
    """Constater un mandat."""
    formulaire = forms.Mandat(_donnees(request), jour=date_de(request))

    def faire() -> str:
        mandat = formulaire.mandat
        actes.constater_mandat(mandat=mandat, par=acces_de(request), le=date_de(request))
        return f"Le mandat {mandat.numero} est constaté."

    return _saisir(request, formulaire, faire, "Constater un mandat")


def _donnees(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _saisir(
    request: HttpRequest, formulaire: django_forms.Form, faire: Callable[[], str], titre: str
) -> HttpResponse:
    if request.method == "POST" and formulaire.is_valid():
        try:
            messages.success(request, faire())
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            return redirect("rsa_budget")
    contexte = {"formulaire": formulaire, "titre": titre}
    return render(request, "suivi_rsa/saisie.html", contexte)
