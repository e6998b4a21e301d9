"""Qui lit, à quelle date, ce qui est nominatif, et comment un refus revient à l'écran."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import Http404, HttpRequest

from draille.ecrans.requete import acces_de
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

NOMINATIFS = (Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE)
# Ce que l'on ne montre pas à ce lecteur : la même page « introuvable » que pour ce qui n'est pas.
_INVISIBLES = ("introuvable",)
T = TypeVar("T")


def nominatif(request: HttpRequest) -> Acces:
    """L'accès réduit aux rôles qui ouvrent des dossiers : un pilote départemental, référent d'un
    seul secteur, ne lit que les noms de ce secteur.
    """
    return acces_de(request).parmi(NOMINATIFS)


def lire_ou_404(lecture: Callable[[], T]) -> T:
    """Ce que rend la lecture ; une page « introuvable » si elle refuse de le montrer."""
    try:
        return lecture()
    except Refus as refus:
        if refus.code.rpartition(".")[2] in _INVISIBLES:
            raise Http404(refus.message) from refus
        raise


def executer(
    acte: Callable[[], T], *, formulaire: forms.Form, champs: dict[str, str] | None = None
) -> T | None:
    """Ce que rend l'acte ; None s'il est refusé, et le refus se dit alors dans le formulaire.

    `champs` : d'un code de refus au champ où il se montre ; les autres se montrent en tête.
    """
    try:
        return acte()
    except Refus as refus:
        champ = (champs or {}).get(refus.code)
        formulaire.add_error(champ if champ in formulaire.fields else None, refus.message)
        return None
