"""Le lien de réponse, sans connexion : une orientation, un formulaire, chaque ouverture tracée.

La page ouvre elle-même son contexte, sous la seule clé du partenaire que le jeton désigne. Un jeton
inconnu, expiré, fermé ou sans accord rend la même page : elle ne dit pas lequel.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from draille.ecrans.acces import publique
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import date_de, instant_de
from draille.mesures.reseau_insertion import forms as formulaires
from draille.mesures.reseau_insertion.views_commun import (
    lignes_transmises,
    repondre,
    vue_recue,
)
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.adaptateur import LienOuvert, Recue
from draille.socle import contexte
from draille.socle.refus import Refus


@publique
@never_cache
@require_http_methods(["GET", "POST"])
@ecrit("GET", "POST")
def lien(request: HttpRequest, jeton: str) -> HttpResponse:
    """Ce que le jeton ouvre : ce que la personne accepte de dire, et la réponse."""
    ouvert = partage.resoudre(jeton=jeton, le=date_de(request))
    if ouvert is None:
        return _ferme(request)
    try:
        with contexte.ouvrir(acces=ouvert.acces, instant=instant_de(request)):
            return _servir(request, ouvert)
    except Refus:
        # L'accord a pu être retiré entre la résolution et la lecture.
        return _ferme(request)


def _servir(request: HttpRequest, ouvert: LienOuvert) -> HttpResponse:
    lue = partage.recue(orientation_id=ouvert.orientation_id, acces=ouvert.acces)
    if request.method == "POST":
        return _repondre(request, ouvert, lue)
    partage.tracer_ouverture(lien=ouvert, le=date_de(request))
    return _montrer(request, lue, formulaires.Reponse(gestes=lue.gestes))


def _repondre(request: HttpRequest, ouvert: LienOuvert, lue: Recue) -> HttpResponse:
    formulaire = formulaires.Reponse(request.POST, gestes=lue.gestes)
    if formulaire.is_valid():
        try:
            repondre(
                orientation_id=lue.pk,
                lu=formulaire.cleaned_data,
                par=ouvert.acces,
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            return render(request, "reseau_insertion/lien_merci.html")
    return _montrer(request, lue, formulaire)


def _montrer(request: HttpRequest, lue: Recue, formulaire: formulaires.Reponse) -> HttpResponse:
    donnees = {
        "vue": vue_recue(lue, date_de(request)),
        "recue": lue,
        "transmis": lignes_transmises(lue),
        "formulaire": formulaire,
    }
    statut = 422 if formulaire.is_bound and formulaire.errors else 200
    return render(request, "reseau_insertion/lien.html", donnees, status=statut)


def _ferme(request: HttpRequest) -> HttpResponse:
    return render(request, "reseau_insertion/lien_ferme.html", status=410)
