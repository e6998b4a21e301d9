"""Les pages sans connexion : la sonde, la déclaration d'accessibilité, la page d'erreur."""

import logging
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from draille.ecrans.acces import publique
from draille.noyau.journal.lectures import etat_scellement
from draille.socle import horloge

journal = logging.getLogger("draille.sante")


@publique
def sante(request: HttpRequest) -> HttpResponse:
    """L'état du service pour une sonde : 200 s'il peut servir, 503 sinon. Rien de personnel."""
    try:
        etat = _etat()
    except DatabaseError as erreur:
        journal.error("base injoignable", exc_info=erreur)
        etat = {"etat": "en panne", "base": "injoignable"}
    reponse = JsonResponse(etat, status=200 if etat["etat"] == "en service" else 503)
    reponse.headers["Cache-Control"] = "no-store"
    return reponse


def _etat() -> dict[str, Any]:
    appliquees = set(MigrationRecorder(connection).applied_migrations())
    manquantes = len(_migrations_attendues() - appliquees)
    age: int | None = None
    maintenant = horloge.maintenant()
    if not manquantes:
        scelle_le = etat_scellement().scelle_le
        age = max(0, int((maintenant - scelle_le).total_seconds())) if scelle_le else None
    return {
        "etat": "à migrer" if manquantes else "en service",
        "base": "joignable",
        "migrations_manquantes": manquantes,
        "dernier_scellement_s": age,
    }


@lru_cache(maxsize=1)
def _migrations_attendues() -> frozenset[tuple[str, str]]:
    chargees = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(chargees.graph.nodes)


@publique
def accessibilite(request: HttpRequest) -> HttpResponse:
    """La déclaration d'accessibilité."""
    return render(request, "portail/accessibilite.html")


def erreur_500(request: HttpRequest) -> HttpResponse:
    """La page d'erreur et sa référence ; nue si le gabarit lui-même ne peut se rendre."""
    reference = getattr(request, "reference", "")
    try:
        corps: str = render_to_string("500.html", {"reference": reference}, request=request)
    except Exception as erreur:
        journal.error("page d'erreur", exc_info=erreur)
        corps = (
            '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
            "<title>Erreur</title></head>"
            "<body><h1>Une erreur est survenue</h1><p>Réessayez dans quelques minutes.</p>"
            f"<p>Référence à citer : {reference}</p></body></html>"
        )
    return HttpResponse(corps, status=500)
