"""Ce que toute vue lit de la requête que les intergiciels ont préparée : qui, quel jour."""

from datetime import date, datetime

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from draille.socle.acces import Acces


def acces_de(request: HttpRequest) -> Acces:
    """L'accès que l'intergiciel a posé : c'est lui qui agit."""
    acces: Acces = request.acces  # type: ignore[attr-defined]
    return acces


def date_de(request: HttpRequest) -> date:
    """La date du produit."""
    le: date = request.le  # type: ignore[attr-defined]
    return le


def instant_de(request: HttpRequest) -> datetime:
    """L'instant du produit : pour une page sans connexion, qui ouvre elle-même son contexte."""
    instant: datetime = request.instant  # type: ignore[attr-defined]
    return instant


def adresse(nom: str, *arguments: object) -> str:
    """L'adresse de ce nom ; vide si le site ne la donne pas : les mesures s'ignorent."""
    try:
        return reverse(nom, args=arguments)
    except NoReverseMatch:
        return ""


def url_personne(personne_id: int) -> str:
    """L'adresse du dossier de la personne ; vide si le portail ne la donne pas."""
    return adresse("personne", personne_id)
