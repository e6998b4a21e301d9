"""Ce qui entoure chaque page : une référence d'erreur, un contexte d'accès, une transaction."""

import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from draille.ecrans.acces import PUBLIQUE, acces_declare
from draille.noyau.organisation.lectures import acces_de
from draille.socle import contexte, horloge
from draille.socle.acces import Acces
from draille.socle.refus import Refus

Suite = Callable[[HttpRequest], HttpResponse]
SANTE = "/sante"
COMPTE = "/compte/"
_SANS_AGENT = Acces(agent_id=None, organisation_id=None, nom="visiteur")
journal = structlog.get_logger("draille.requete")


class ReferenceErreur:
    """Donne à chaque requête une référence, écrite au journal technique et sur la page d'erreur."""

    def __init__(self, suite: Suite) -> None:
        """Garde la suite de la chaîne."""
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pose la référence avant, l'en-tête et la ligne technique après."""
        reference = uuid.uuid4().hex[:10].upper()
        request.reference = reference  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(reference=reference)
        debut = time.perf_counter()
        reponse = self.suite(request)
        reponse.headers["X-Reference"] = reference
        if request.path != SANTE:
            # L'adresse porte l'identifiant d'un dossier, ou le nom cherché : on n'écrit que la vue.
            adresse = request.resolver_match
            journal.info(
                "requete",
                vue=(adresse.view_name or adresse.route) if adresse else "inconnue",
                methode=request.method,
                statut=reponse.status_code,
                duree_ms=round((time.perf_counter() - debut) * 1000, 1),
            )
        return reponse


class ContexteAcces:
    """Ouvre une transaction par page, sous les clés de l'agent connecté, à la date du produit."""

    def __init__(self, suite: Suite) -> None:
        """Garde la suite de la chaîne."""
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pose `request.acces` et `request.le` ; sans agent, aucune clé."""
        le = horloge.aujourdhui()
        request.le = le  # type: ignore[attr-defined]
        request.instant = horloge.maintenant()  # type: ignore[attr-defined]
        request.acces = _SANS_AGENT  # type: ignore[attr-defined]
        if request.path == SANTE or isinstance(request.user, AnonymousUser):
            return self.suite(request)
        if self._doit_activer_totp(request):
            return redirect("mfa_activate_totp")
        acces = acces_de(agent=request.user, le=le)
        request.acces = acces  # type: ignore[attr-defined]
        with transaction.atomic():
            contexte.poser(acces=acces, instant=horloge.maintenant())
            reponse = self.suite(request)
            if hasattr(reponse, "render") and not getattr(reponse, "is_rendered", True):
                reponse = reponse.render()
            if reponse.status_code >= 400:
                transaction.set_rollback(True)
        # Sur un poste partagé, le bouton « précédent » ne doit pas rouvrir un dossier. Seule une
        # vue sans rien de personnel dit elle-même ce qui se garde.
        if not reponse.has_header("Cache-Control"):
            add_never_cache_headers(reponse)
        return reponse

    def process_view(
        self, request: HttpRequest, vue: Any, _args: Any, _nommes: Any
    ) -> HttpResponse | None:
        """Envoie se connecter qui ne l'est pas, puis ramène à la page demandée."""
        connecte = request.acces is not _SANS_AGENT  # type: ignore[attr-defined]
        if connecte or request.path.startswith(COMPTE) or acces_declare(vue) == PUBLIQUE:
            return None
        reponse = redirect_to_login(_retour(request))
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(reponse.url)
        return reponse

    def process_exception(self, request: HttpRequest, erreur: Exception) -> HttpResponse | None:
        """Un acte refusé devient une page qui dit pourquoi ; rien n'est écrit."""
        if not isinstance(erreur, Refus):
            return None
        journal.info("refus", code=erreur.code)
        statut = 403 if erreur.code.startswith("acces.") else 409
        return render(request, "portail/refus.html", {"refus": erreur}, status=statut)

    @staticmethod
    def _doit_activer_totp(request: HttpRequest) -> bool:
        if not settings.DRAILLE_TOTP_OBLIGATOIRE or request.path.startswith(COMPTE):
            return False
        from allauth.mfa.utils import is_mfa_enabled

        return not is_mfa_enabled(request.user, ["totp"])


def _retour(request: HttpRequest) -> str:
    """La page où revenir : celle qui était demandée, ou celle d'où partait l'envoi perdu."""
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return request.get_full_path()
    venue = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if venue.netloc != request.get_host() or not venue.path:
        return "/"
    return f"{venue.path}?{venue.query}" if venue.query else venue.path
