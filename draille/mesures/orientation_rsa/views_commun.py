"""Qui lit, à quelle date, et ce qu'il peut lire de nominatif."""

from dataclasses import replace
from datetime import date

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from draille.mesures.orientation_rsa.acces import RENCONTRER
from draille.socle.acces import Acces


def acces_de(request: HttpRequest) -> Acces:
    """L'accès que l'intergiciel a posé : c'est lui qui agit."""
    acces: Acces = request.acces  # type: ignore[attr-defined]
    return acces


def date_de(request: HttpRequest) -> date:
    """La date du produit."""
    le: date = request.le  # type: ignore[attr-defined]
    return le


def acces_nominatif(acces: Acces) -> Acces:
    """L'accès réduit aux rôles qui ouvrent des dossiers : un pilote départemental, référent d'un
    seul secteur, ne lit que les noms de ce secteur.
    """
    ouverts = {r: c for r, c in acces.cles_par_role.items() if r in RENCONTRER}
    return replace(acces, cles_par_role=ouverts)


def url_personne(personne_id: int) -> str:
    """L'adresse du dossier de la personne ; vide si le portail ne la donne pas."""
    try:
        return reverse("personne", args=[personne_id])
    except NoReverseMatch:
        return ""
