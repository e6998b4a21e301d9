"""Entrer dans la démonstration par une fonction, sans mot de passe, sur des personnes fictives."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from draille.ecrans.acces import publique
from draille.noyau.organisation.models import Agent, Habilitation
from draille.socle.acces import Role

PREFIXE = "demo."
_MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class CompteDemo:
    """Un compte à choisir : qui, quelle fonction, où."""

    identifiant: str
    nom: str
    role: str
    precision: str


def comptes_demo() -> list[CompteDemo]:
    """Les comptes de démonstration actifs et habilités, dans l'ordre des rôles."""
    habilitations = Habilitation.objects.filter(fin__isnull=True).select_related("territoire")
    agents = Agent.objects.filter(identifiant__startswith=PREFIXE, is_active=True).prefetch_related(
        Prefetch("habilitations", habilitations)
    )
    rangs = list(Role)
    comptes = []
    for agent in agents:
        detenues = sorted(
            agent.habilitations.all(), key=lambda h: (rangs.index(Role(h.role)), h.pk)
        )
        if detenues:
            role = Role(detenues[0].role)
            lieux = list(dict.fromkeys(h.territoire.nom for h in detenues if h.role == role))
            precision = agent.fonction or ", ".join(lieux[:2])
            compte = CompteDemo(agent.identifiant, str(agent), role.libelle, precision)
            comptes.append((rangs.index(role), agent.identifiant, compte))
    return [compte for _, _, compte in sorted(comptes, key=lambda c: c[:2])]


@publique
@require_POST
def connexion_demo(request: HttpRequest) -> HttpResponse:
    """Ouvre une session sous un compte de démonstration ; n'existe pas hors démonstration."""
    if not settings.DRAILLE_DEMONSTRATION:
        raise Http404
    identifiant = request.POST.get("identifiant", "")
    agent = Agent.objects.filter(identifiant=identifiant, is_active=True).first()
    if agent is None or not identifiant.startswith(PREFIXE):
        raise PermissionDenied(
            "Ce compte n'est pas un compte de démonstration : connectez-vous avec son mot de passe."
        )
    login(request, agent, backend=_MOTEUR)
    suite = request.POST.get(REDIRECT_FIELD_NAME, "")
    permise = url_has_allowed_host_and_scheme(
        suite, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(suite if permise else settings.LOGIN_REDIRECT_URL)
