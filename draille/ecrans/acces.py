"""Qui peut ouvrir une page : un prédicat par vue, déclaré, visible de l'extérieur.

Le premier mur (les lignes visibles) et le second (la sécurité par ligne) restent dans le socle ;
ici se ferme la porte de la page elle-même.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from draille.socle.acces import Acces, Predicat

Vue = Callable[..., HttpResponse]
_MARQUE = "draille_acces"
PUBLIQUE = "publique"
MESSAGE = (
    "Cette page est réservée à d'autres fonctions que la vôtre. "
    "Si votre travail la demande, votre responsable peut demander une habilitation à "
    "l'administrateur."
)


def exige(predicat: Predicat, *, message: str = MESSAGE) -> Callable[[Vue], Vue]:
    """N'ouvre la vue qu'à l'agent dont `request.acces` satisfait le prédicat.

    Sans accès sur la requête (personne de connecté), ou si le prédicat est faux, lève
    PermissionDenied avec `message`, que la page 403 affiche.
    """

    def decorer(vue: Vue) -> Vue:
        @wraps(vue)
        def gardee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            acces = getattr(request, "acces", None)
            if not isinstance(acces, Acces) or not predicat(acces):
                raise PermissionDenied(message)
            return vue(request, *args, **kwargs)

        setattr(gardee, _MARQUE, predicat)
        return gardee

    return decorer


def publique(vue: Vue) -> Vue:
    """Déclare une vue ouverte à tous (connexion, sonde) : l'exception se voit et se relit."""
    setattr(vue, _MARQUE, PUBLIQUE)
    return vue


def acces_declare(vue: object) -> Predicat | str | None:
    """Prédicat déclaré par `@exige`, « publique », ou None si la vue ne déclare rien."""
    declare: Predicat | str | None = getattr(vue, _MARQUE, None)
    return declare


def adresses_sans_acces(resolveur: URLResolver | None = None) -> list[str]:
    """Adresses dont la vue ne porte ni `@exige` ni `@publique`, triées, pour l'essai du site.

    Sans `resolveur`, toutes les adresses du site.
    """
    racine = resolveur or get_resolver()
    return sorted(
        adresse for adresse, vue in adresses_et_vues(racine) if acces_declare(vue) is None
    )


def adresses_et_vues(resolveur: URLResolver, prefixe: str = "") -> Iterator[tuple[str, object]]:
    """Chaque adresse du résolveur et sa vue, en descendant dans les inclusions."""
    for motif in resolveur.url_patterns:
        adresse = prefixe + str(motif.pattern)
        if isinstance(motif, URLPattern):
            # Une vue de classe porte ses décorateurs sur la fonction de `as_view` ou sur la classe.
            yield adresse, motif.callback
        else:
            yield from adresses_et_vues(motif, adresse)
