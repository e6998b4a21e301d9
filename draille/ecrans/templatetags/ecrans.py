"""Étiquettes et filtres des gabarits : mots des échéances, nombres, champs, graphiques."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from draille.ecrans import graphiques, mots
from draille.ecrans.graphiques import Legende, Ligne, Releve
from draille.socle import texte
from draille.socle.acces import Role

register = template.Library()
Nombre = int | float | Decimal


def _jours(valeur: object) -> int | None:
    # Un composant reçoit "" pour un attribut absent.
    return valeur if isinstance(valeur, int) else None


@register.filter
def echeance_mots(jours: object, est_tenu: object = False) -> str:
    """Jours restants (entier ou rien) en toutes lettres ; l'argument dit si elle est tenue."""
    return mots.echeance_mots(jours=_jours(jours), est_tenu=bool(est_tenu))


@register.filter
def echeance_etat(jours: object, est_tenu: object = False) -> str:
    """Classe de présentation de ce délai."""
    return mots.echeance_etat(jours=_jours(jours), est_tenu=bool(est_tenu))


@register.filter
def jours_restants(avant_le: date, jour: date) -> int:
    """Jours entre `jour` et le dernier jour à temps ; négatif en retard."""
    return mots.jours_restants(avant_le=avant_le, jour=jour)


@register.filter
def euros(valeur: Nombre | str | None) -> str:
    """Montant en euros à la française ; rien pour une valeur absente."""
    return "" if valeur is None or valeur == "" else texte.euros(Decimal(str(valeur)))


@register.filter
def entier(valeur: Nombre | str | None) -> str:
    """Entier groupé par milliers ; rien pour une valeur absente."""
    return "" if valeur is None or valeur == "" else texte.entier(int(valeur))


@register.filter
def pourcent(valeur: Nombre | None, decimales: int = 0) -> str:
    """Part entre 0 et 1 en pourcentage ; « sans objet » pour un taux qui n'existe pas."""
    taux = None if valeur is None else Decimal(str(valeur))
    return texte.pourcent(taux, decimales=decimales)


@register.filter
def date_courte(valeur: date | None) -> str:
    """Date en chiffres (31/10/2020) ; rien pour une date absente."""
    return texte.date_courte(valeur) if valeur else ""


@register.filter
def date_longue(valeur: date | None) -> str:
    """Date en lettres (samedi 31 octobre 2020) ; rien pour une date absente."""
    return texte.date_longue(valeur) if valeur else ""


@register.filter
def date_moyenne(valeur: date | None) -> str:
    """Date sans le jour de la semaine (31 octobre 2020) ; rien pour une date absente."""
    return texte.date_moyenne(valeur) if valeur else ""


@register.filter
def heure(valeur: datetime | time | None) -> str:
    """Heure de Paris (9 h 30, ou 9 h) ; rien pour une heure absente."""
    lue = localtime(valeur) if isinstance(valeur, datetime) else valeur
    return texte.heure(lue) if lue else ""


@register.filter
def mois_annee(valeur: date | None) -> str:
    """Mois en lettres (octobre 2020) ; rien pour une date absente."""
    return texte.mois_annee(valeur) if valeur else ""


@register.filter
def part_de(fait: object, total: object) -> int:
    """Part entière de `fait` dans `total`, de 0 à 100 ; 0 quand le total est nul."""
    sur = int(str(total) or 0)
    return min(100, 100 * int(str(fait) or 0) // sur) if sur > 0 else 0


@register.filter
def en_mots(roles: Iterable[Role]) -> str:
    """Rôles d'un agent en toutes lettres, dans l'ordre où l'énumération les déclare."""
    detenus = frozenset(roles)
    return ", ".join(role.libelle for role in Role if role in detenus)


# --- champs de formulaire ----------------------------------------------------------------------


@register.filter
def est_groupe(champ: BoundField) -> bool:
    """Vrai si le champ est un groupe de cases ou de boutons, à nommer par une légende."""
    return isinstance(champ.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def est_case(champ: BoundField) -> bool:
    """Vrai si le champ est une seule case à cocher."""
    return isinstance(champ.field.widget, forms.CheckboxInput)


@register.filter
def decrit_par(champ: BoundField, aide: str = "") -> str:
    """Identifiants de l'aide et de l'erreur de ce champ, pour `aria-describedby`."""
    noms = [f"{champ.auto_id}_helptext"] if aide or champ.help_text else []
    return " ".join(noms + ([f"{champ.auto_id}_error"] if champ.errors else []))


@register.filter
def saisie(champ: BoundField, aide: str = "") -> SafeString:
    """La saisie d'un champ, reliée à son aide et à son erreur."""
    # Un texte fantôme s'efface à la frappe et contraste mal : le libellé et l'aide suffisent.
    attributs: dict[str, str | bool] = {"placeholder": False}
    decrit = "" if est_groupe(champ) else decrit_par(champ, aide)
    if decrit:
        attributs["aria-describedby"] = decrit
    return champ.as_widget(attrs=attributs)


# --- listes ------------------------------------------------------------------------------------


@register.filter
def numeros(page: Page[Any]) -> list[int | None]:
    """Numéros à montrer autour de la page courante ; None pour une coupure."""
    return [
        n if isinstance(n, int) else None
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]


@register.simple_tag(takes_context=True)
def lien_page(context: Context, nom: str, valeur: object) -> str:
    """Adresse de la page courante où le paramètre `nom` vaut `valeur`, les autres gardés."""
    requete = context.get("request")
    parametres = requete.GET.copy() if requete else QueryDict(mutable=True)
    parametres[nom] = str(valeur)
    return f"?{parametres.urlencode()}"


@register.simple_tag(takes_context=True)
def lien_tri(context: Context, colonne: str, nom: str = "tri") -> str:
    """Adresse qui trie par cette colonne, ou l'inverse si elle trie déjà ; revient à la page 1."""
    requete = context.get("request")
    parametres = requete.GET.copy() if requete else QueryDict(mutable=True)
    parametres.pop("page", None)
    parametres[nom] = f"-{colonne}" if parametres.get(nom) == colonne else colonne
    return f"?{parametres.urlencode()}"


@register.simple_tag(takes_context=True)
def sens_tri(context: Context, colonne: str, nom: str = "tri") -> str:
    """Valeur de `aria-sort` pour cette colonne."""
    requete = context.get("request")
    tri = requete.GET.get(nom, "") if requete else ""
    return {colonne: "ascending", f"-{colonne}": "descending"}.get(tri, "none")


# --- graphiques --------------------------------------------------------------------------------


def _ligne(brute: Ligne | Mapping[str, Any] | Sequence[Any]) -> Ligne:
    if isinstance(brute, Ligne):
        return brute
    return Ligne(**brute) if isinstance(brute, Mapping) else Ligne(*brute)


def _releve(brut: Releve | Mapping[str, Any] | Sequence[Any]) -> Releve:
    if isinstance(brut, Releve):
        return brut
    return Releve(**brut) if isinstance(brut, Mapping) else Releve(*brut)


def _legende(options: dict[str, Any]) -> Legende:
    series = options.get("series", ("Nombre",))
    # Dans un gabarit, « CAF|MSA » s'écrit plus simplement qu'une liste.
    options["series"] = tuple(series.split("|")) if isinstance(series, str) else tuple(series)
    return Legende(**options)


@register.simple_tag
def barres(lignes: Sequence[Any], **options: Any) -> SafeString:
    """Barres empilées ; les options sont les champs de `Legende`."""
    dessin = graphiques.barres([_ligne(b) for b in lignes], legende=_legende(options))
    return mark_safe(dessin)


@register.simple_tag
def serie(releves: Sequence[Any], **options: Any) -> SafeString:
    """Colonnes par période et ligne d'un taux ; les options sont les champs de `Legende`."""
    dessin = graphiques.serie([_releve(b) for b in releves], legende=_legende(options))
    return mark_safe(dessin)


@register.simple_tag
def tendance(valeurs: Sequence[Nombre], titre: str) -> SafeString:
    """Petite ligne à côté d'un chiffre."""
    return mark_safe(graphiques.tendance(valeurs, titre=titre))


@register.simple_tag
def jauge(valeur: Nombre, maximum: Nombre, **options: Any) -> SafeString:
    """Barre de 0 au maximum, avec un repère à `cible` ; les options sont celles de `Legende`."""
    return mark_safe(graphiques.jauge(valeur, maximum=maximum, legende=_legende(options)))


@cache
def _icone_delai(etat: str) -> SafeString:
    """Le pictogramme d'un état : cinq en tout, rendus une fois."""
    return mark_safe(render_to_string("ecrans/_icone_delai.html", {"etat": etat}).strip())


@register.simple_tag
def delai(jours: object, limite: object = "", est_tenu: object = False) -> SafeString:
    """L'étiquette d'un délai (`<c-delai>`), écrite d'un trait : une liste en montre cent.

    `limite` : le dernier jour à temps, dit aux lecteurs d'écran ; vide, il ne se dit pas.
    """
    restants, tenu = _jours(jours), bool(est_tenu)
    etat = mots.echeance_etat(jours=restants, est_tenu=tenu)
    dit = ""
    if isinstance(limite, date):
        jour = texte.date_courte(limite)
        dit = format_html('<span class="visually-hidden">, limite le {}</span>', jour)
    return format_html(
        '<span class="delai delai--{}">{}<span>{}{}</span></span>',
        etat,
        _icone_delai(etat),
        mots.echeance_mots(jours=restants, est_tenu=tenu),
        dit,
    )
