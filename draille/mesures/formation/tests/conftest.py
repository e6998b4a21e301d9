"""Ce que les essais d'écrans partagent : un jour, un Département, des agents connectés."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from draille.mesures.formation.tests import fabrique as f
from draille.noyau.organisation.models import Agent, Habilitation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces, Compartiment, Role

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
Connecter = Callable[..., Client]
_COMPARTIMENTS = {
    Role.ADMINISTRATEUR: Compartiment.ADMINISTRATION,
    Role.PARTENAIRE: Compartiment.PARTENAIRE,
}


@pytest.fixture
def ecran(systeme: Acces, monkeypatch: pytest.MonkeyPatch) -> Acces:
    """Le jour des essais d'écrans, et un Département."""
    monkeypatch.setenv("DRAILLE_DATE", f.LE.isoformat())
    f.au(f.LE, systeme)
    Territoire.objects.get_or_create(
        nature="departement",
        code="43",
        defaults={"nom": "Haute-Loire", "debut": date(2019, 1, 1)},
    )
    return systeme


@pytest.fixture
def connecter(ecran: Acces) -> Connecter:
    """`connecter(Role.CADRE)` : un client connecté ; `agent=` : un agent déjà connu."""

    def _connecter(role: Role, agent: Agent | None = None) -> Client:
        qui = agent or f.agent(f"de {role}")
        if role is Role.PARTENAIRE:
            qui.organisation = f.partenaire()
            qui.save()
        Habilitation.objects.create(
            agent=qui,
            compartiment=_COMPARTIMENTS.get(role, Compartiment.INSERTION),
            territoire=Territoire.objects.get(code="43"),
            role=role,
            debut=date(2020, 1, 1),
        )
        client = Client()
        client.force_login(qui, backend=MOTEUR)
        return client

    return _connecter
