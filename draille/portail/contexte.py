"""Ce que tout gabarit reçoit : le menu, l'agent, la bande de démonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from draille.ecrans.menu import entrees
from draille.socle import horloge
from draille.socle.acces import Acces
from draille.socle.texte import date_longue


def page(request: HttpRequest) -> dict[str, Any]:
    """Le contexte commun des pages."""
    acces: Acces | None = getattr(request, "acces", None)
    contexte: dict[str, Any] = {"acces": acces, "le": horloge.aujourdhui()}
    if settings.DRAILLE_DEMONSTRATION:
        jour = date_longue(horloge.aujourdhui())
        contexte["bandeau_demo"] = f"Démonstration : personnes fictives, au {jour}"
    if acces is not None and acces.roles:
        contexte["menu"] = [
            {
                "libelle": e.libelle,
                "url": reverse(e.adresse),
                "est_actif": _est_actif(request.path, reverse(e.adresse)),
            }
            for e in entrees(acces=acces)
        ]
        try:
            contexte["url_recherche"] = reverse("recherche")
        except NoReverseMatch:
            contexte["url_recherche"] = ""
    return contexte


def _est_actif(chemin: str, adresse: str) -> bool:
    return chemin == adresse or (adresse != "/" and chemin.startswith(adresse))
