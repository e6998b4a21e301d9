"""Ce que tout gabarit reçoit : le menu, l'agent, la bande de démonstration."""

from functools import lru_cache
from importlib.metadata import version
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from draille.ecrans.menu import entrees
from draille.portail.demonstration import comptes_demo
from draille.portail.requete import voit_des_personnes
from draille.socle import horloge
from draille.socle.acces import Acces, tout_agent
from draille.socle.texte import date_moyenne


def page(request: HttpRequest) -> dict[str, Any]:
    """Le contexte commun des pages."""
    acces: Acces | None = getattr(request, "acces", None)
    est_connecte = acces is not None and acces.agent_id is not None
    contexte: dict[str, Any] = {
        "acces": acces if est_connecte else None,
        "le": horloge.aujourdhui(),
        "reference": getattr(request, "reference", ""),
        "departement_nom": _departement(settings.DRAILLE_DEPARTEMENT),
        "version": version("draille"),
        "url_accueil": reverse("journee"),
        "url_accessibilite": reverse("accessibilite"),
    }
    if settings.DRAILLE_DEMONSTRATION:
        jour = date_moyenne(horloge.aujourdhui())
        contexte["bandeau_demo"] = f"Démonstration : personnes fictives, au {jour}"
        if not est_connecte:
            # Paresseux : seule la page de connexion les lit.
            contexte["comptes_demo"] = SimpleLazyObject(comptes_demo)
    if acces is not None and acces.roles:
        contexte |= _de_l_agent(request, acces)
    return contexte


def _de_l_agent(request: HttpRequest, acces: Acces) -> dict[str, Any]:
    menu = [
        {"libelle": e.libelle, "url": url, "est_actif": _est_actif(request.path, url)}
        for e in entrees(acces=acces)
        for url in (reverse(e.adresse),)
    ]
    est_au_departement = tout_agent(acces)
    return {
        "menu": menu,
        "url_recherche": reverse("recherche") if voit_des_personnes(acces) else "",
        "url_parametres": reverse("parametres") if est_au_departement else "",
        "url_journal": reverse("journal") if est_au_departement else "",
    }


def _est_actif(chemin: str, adresse: str) -> bool:
    return chemin == adresse or (adresse != "/" and chemin.startswith(adresse))


@lru_cache
def _departement(code: str) -> str:
    """Le nom du Département, lu de son dossier ; son numéro s'il n'en a pas."""
    for fichier in (settings.RACINE / "departements").glob(f"{code}_*/departement.yaml"):
        lu = yaml.safe_load(fichier.read_text(encoding="utf-8"))
        trouve = _nom(lu)
        if trouve:
            return trouve
    return f"Département {code}"


def _nom(lu: Any) -> str:
    bloc = lu.get("departement", lu) if isinstance(lu, dict) else {}
    return str(bloc.get("nom", "")) if isinstance(bloc, dict) else ""
