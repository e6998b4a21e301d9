"""Ce qui entoure chaque page : une référence d'erreur, un contexte d'accès, une transaction."""

import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from draille.noyau.organisation.lectures import acces_de
from draille.socle import contexte, horloge
from draille.socle.acces import Acces

Suite = Callable[[HttpRequest], HttpResponse]
_SANS_AGENT = Acces(agent_id=None, organisation_id=None, nom="visiteur")
journal = structlog.get_logger("draille.requete")


class ReferenceErreur:
    """Donne à chaque requête une référence, écrite au journal technique et sur la page d'erreur."""

    def __init__(self, suite: Suite) -> None:
        """Garde la suite de la chaîne."""
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pose la référence avant, l'en-tête après."""
        reference = uuid.uuid4().hex[:10].upper()
        request.reference = reference  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(reference=reference)
        reponse = self.suite(request)
        reponse.headers["X-Reference"] = reference
        return reponse


class ContexteAcces:
    """Ouvre une transaction par page, sous les clés de l'agent connecté, à la date du produit."""

    def __init__(self, suite: Suite) -> None:
        """Garde la suite de la chaîne."""
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pose `request.acces` et `request.le` ; sans agent, aucune clé."""
        le = horloge.aujourdhui()
        agent = request.user
        request.le = le  # type: ignore[attr-defined]
        if isinstance(agent, AnonymousUser):
            request.acces = _SANS_AGENT  # type: ignore[attr-defined]
            return self.suite(request)
        if self._doit_activer_totp(request):
            request.acces = _SANS_AGENT  # type: ignore[attr-defined]
            return redirect("mfa_activate_totp")
        acces = acces_de(agent=agent, le=le)
        request.acces = acces  # type: ignore[attr-defined]
        with transaction.atomic():
            contexte.poser(acces=acces, instant=horloge.maintenant())
            reponse = self.suite(request)
            if reponse.status_code >= 500:
                transaction.set_rollback(True)
            if hasattr(reponse, "render") and not getattr(reponse, "is_rendered", True):
                reponse = reponse.render()
        return reponse

    @staticmethod
    def _doit_activer_totp(request: HttpRequest) -> bool:
        if not settings.DRAILLE_TOTP_OBLIGATOIRE:
            return False
        from allauth.mfa.utils import is_mfa_enabled

        permis = ("/compte/", "/static/", "/sante")
        return not request.path.startswith(permis) and not is_mfa_enabled(request.user, ["totp"])
