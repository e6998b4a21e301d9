"""Étiquettes des gabarits du portail : encarts des mesures, naissance, mots du journal."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template

from draille.ecrans import panneaux
from draille.ecrans.panneaux import Encart
from draille.noyau.personne.models import Personne
from draille.portail.charge import MOTS
from draille.socle import texte

register = template.Library()


@register.simple_tag(takes_context=True)
def encart(context: Context, prepare: Encart) -> str:
    """Rend le gabarit d'un encart sous les variables de la page et celles de la mesure."""
    with context.push(**prepare.donnees):
        gabarit: Any = get_template(prepare.gabarit)
        rendu: str = gabarit.template.render(context)
    return rendu


@register.filter
def naissance(personne: Personne) -> str:
    """« née le 12 mars 1984 », « né en mars 1984 (jour inconnu) », ou rien."""
    le = personne.naissance_le
    if le is None:
        return ""
    ne = {Personne.Sexe.HOMME: "né", Personne.Sexe.FEMME: "née"}.get(
        Personne.Sexe(personne.sexe), "né(e)"
    )
    if personne.naissance_precision == Personne.Precision.ANNEE:
        return f"{ne} en {le.year} (jour et mois inconnus)"
    if personne.naissance_precision == Personne.Precision.MOIS:
        return f"{ne} en {texte.mois_annee(le)} (jour inconnu)"
    return f"{ne} le {texte.date_moyenne(le)}"


@register.filter
def annee_de_naissance(personne: Personne) -> str:
    """L'année, en disant si la date est partielle : une liste n'en montre pas plus."""
    if personne.naissance_le is None:
        return "inconnue"
    est_partielle = personne.naissance_precision != Personne.Precision.JOUR
    return f"{personne.naissance_le.year}{' (date partielle)' if est_partielle else ''}"


@register.filter
def nir_lisible(nir: str) -> str:
    """Un NIR en groupes : 2 73 01 43 990 078."""
    bornes = (0, 1, 3, 5, 7, 10, 13)
    groupes = zip(bornes, bornes[1:], strict=False)
    return " ".join(nir[debut:fin] for debut, fin in groupes)


@register.filter
def mot(code: str) -> str:
    """Un code du journal en français."""
    return panneaux.mot(code, communs=MOTS)


@register.filter
def cle(table: Mapping[Any, Any], nom: Any) -> Any:
    """La valeur d'une table à cette clé, ou rien."""
    return table.get(nom, "")
