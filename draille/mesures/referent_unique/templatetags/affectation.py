"""Filtres des pages du référent unique : minutes en mots, barres de charge."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.safestring import SafeString, mark_safe

from draille.mesures.referent_unique.views_dessin import barre_de_charge, motifs_de_charge
from draille.socle.texte import INSECABLE, decimal, entier, pluriel

register = template.Library()


@register.filter
def minutes(dixiemes: int | str | None) -> str:
    """Des dixièmes de minute en minutes entières : « 24 min » ; « inconnu » sans valeur."""
    if not isinstance(dixiemes, int):
        return "inconnu"
    return f"{entier(entieres(dixiemes))}{INSECABLE}min"


@register.filter
def ecart_minutes(dixiemes: int | str | None) -> str:
    """Un écart signé : « 6 min de plus », « 4 min de moins », « autant »."""
    if not isinstance(dixiemes, int):
        return "inconnu"
    nombre = entieres(dixiemes)
    if nombre == 0:
        return "autant"
    return f"{entier(abs(nombre))}{INSECABLE}min de {'plus' if nombre > 0 else 'moins'}"


@register.filter
def surcout(dixiemes: int) -> str:
    """Ce que coûterait ce choix au Département entier : « 12 min de trajet et d'équilibre »."""
    return f"surcoût {minutes(dixiemes)}"


@register.filter
def places_libres(nombre: int) -> str:
    """« 3 places libres », « complet »."""
    return pluriel(nombre, "place libre", "places libres") if nombre > 0 else "complet"


@register.filter
def bande(libelle: str) -> str:
    """La parenthèse d'un trajet : « estimation, entre 19 et 31 » ; rien s'il n'y en a pas."""
    return libelle.partition("(")[2].rstrip(")") if libelle else ""


def entieres(dixiemes: int) -> int:
    """La minute la plus proche ; la moitié s'éloigne de zéro, comme partout dans les textes."""
    return int((Decimal(dixiemes) / 10).to_integral_value(rounding=ROUND_HALF_UP))


@register.simple_tag
def motifs_charge() -> SafeString:
    """Les remplissages communs à toutes les barres de la page, écrits une fois."""
    return mark_safe(motifs_de_charge())


@register.simple_tag
def barre_charge(avant: int, apres: int, places: int, maximum: int) -> SafeString:
    """La barre d'un référent : ce qu'il suit, ce que la proposition ajoute, ses places."""
    return mark_safe(barre_de_charge(avant=avant, apres=apres, places=places, maximum=maximum))


@register.filter
def unites(unite: str, nombre: int) -> str:
    """Le nom accordé de ce qui occupe une place : « foyers », « personne »."""
    return f"{unite or 'dossier'}{'s' if nombre > 1 else ''}"


@register.filter
def decimale(nombre: float | None) -> str:
    """Un nombre à une décimale ; « sans objet » quand il n'existe pas."""
    return "sans objet" if nombre is None else decimal(Decimal(str(nombre)), decimales=1)
