"""Tenir la fiche d'un lieu : l'inscrire, la modifier, fixer ses heures, la fermer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_annuaire import Fiche, Horaires
from draille.mesures.accueil_social.views_annuaire import lire_point
from draille.moteurs.annuaire import adaptateur as actes
from draille.moteurs.annuaire.adaptateur_lectures import plages_de
from draille.socle.refus import Refus

_CHAMPS = {
    "annuaire.nom_absent": "nom",
    "annuaire.position": "latitude",
    "annuaire.courriel": "courriel",
    "annuaire.besoin_inconnu": "besoins",
}


@exige(ACCES["tenir_annuaire"])
@ecrit("POST")
def nouveau(request: HttpRequest) -> HttpResponse:
    """Inscrire un lieu, puis ses heures."""
    le = date_de(request)
    formulaire = Fiche(request.POST if request.method == "POST" else None, le=le)
    if formulaire.is_valid():
        try:
            inscrit = actes.inscrire_point(fiche=formulaire.fiche, par=acces_de(request), le=le)
        except Refus as refus:
            formulaire.add_error(_CHAMPS.get(refus.code), refus.message)
        else:
            messages.success(request, "Le lieu est dans l'annuaire. Dites maintenant ses heures.")
            return redirect("annuaire_horaires", pk=inscrit.pk)
    return render(request, "accueil_social/annuaire_fiche.html", {"formulaire": formulaire})


@exige(ACCES["tenir_annuaire"])
@ecrit("POST")
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Corriger la fiche ; l'avoir relue la confirme."""
    le, point = date_de(request), lire_point(pk, request)
    formulaire = Fiche(request.POST if request.method == "POST" else None, le=le, point=point)
    if formulaire.is_valid():
        try:
            actes.modifier_point(point_id=pk, fiche=formulaire.fiche, par=acces_de(request), le=le)
        except Refus as refus:
            formulaire.add_error(_CHAMPS.get(refus.code), refus.message)
        else:
            messages.success(request, "La fiche est à jour, et confirmée à ce jour.")
            return redirect("annuaire_point", pk=pk)
    contexte = {"formulaire": formulaire, "point": point}
    return render(request, "accueil_social/annuaire_fiche.html", contexte)


@exige(ACCES["tenir_annuaire"])
@ecrit("POST")
def horaires(request: HttpRequest, pk: int) -> HttpResponse:
    """Fixer la semaine et les jours à part, à compter de ce jour."""
    le, point = date_de(request), lire_point(pk, request)
    envoi = request.POST if request.method == "POST" else None
    formulaire = Horaires(envoi, plages=plages_de(point), le=le)
    if formulaire.is_valid():
        try:
            actes.fixer_horaires(
                point_id=pk,
                plages=formulaire.cleaned_data["plages"],
                par=acces_de(request),
                le=le,
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "Les heures sont à jour, et confirmées à ce jour.")
            return redirect("annuaire_point", pk=pk)
    contexte = {"formulaire": formulaire, "point": point}
    return render(request, "accueil_social/annuaire_horaires.html", contexte)


@exige(ACCES["tenir_annuaire"])
@ecrit("POST")
@require_POST
def fermer(request: HttpRequest, pk: int) -> HttpResponse:
    """Fermer le lieu dès ce jour ; son passé reste."""
    lire_point(pk, request)
    try:
        actes.fermer_point(point_id=pk, par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, "Le lieu est fermé ; il n'est plus proposé.")
    return redirect("annuaire_point", pk=pk)
