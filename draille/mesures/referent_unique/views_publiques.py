"""La page publique sur l'algorithme, sans connexion : tirée des paramètres en vigueur ce jour."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import publique
from draille.ecrans.requete import date_de
from draille.mesures.referent_unique import lectures


@publique
def algorithme(request: HttpRequest) -> HttpResponse:
    """Les règles qui définissent le traitement (CRPA L312-1-3), lisibles par tous."""
    lue = lectures.page_algorithme(le=date_de(request))
    return render(request, "referent_unique/algorithme.html", {"algorithme": lue})
