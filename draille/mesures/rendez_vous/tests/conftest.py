"""Ce que les essais d'écrans partagent : deux secteurs, deux bureaux, des agents connectés."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from draille.mesures.rendez_vous.models import Lieu
from draille.mesures.rendez_vous.tests.fabrique_ecrans import JOUR, commune, lieu, plage
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
Connecter = Callable[..., Client]


@dataclass(slots=True)
class Monde:
    """Deux communes, deux secteurs, deux bureaux, deux référents."""

    systeme: Acces
    instant: datetime
    puy: Commune
    brioude: Commune
    organisation: Organisation
    lieu: Lieu
    autre_lieu: Lieu
    referent: Agent
    collegue: Agent

    def ouvrir(self, jour: date = JOUR) -> None:
        """Rend à l'essai le contexte que les requêtes du client ont refermé."""
        instant = datetime(jour.year, jour.month, jour.day, 12, tzinfo=UTC)
        contexte.poser(acces=self.systeme, instant=instant)

    def acces_du_referent(self) -> Acces:
        """L'accès du référent, comme à la connexion."""
        return acces_de(agent=self.referent, le=JOUR)


@pytest.fixture
def a_la_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", JOUR.isoformat())


@pytest.fixture
def monde(systeme: Acces, a_la_date: None, settings) -> Monde:
    settings.DRAILLE_SMTP_HOTE = "courriel.exemple"
    instant = datetime(JOUR.year, JOUR.month, JOUR.day, 12, tzinfo=UTC)
    contexte.poser(acces=systeme, instant=instant)
    puy = commune("43157", "Le Puy-en-Velay", 45.043, 3.885)
    brioude = commune("43040", "Brioude", 45.294, 3.384)
    for nature, code, nom, dedans in (
        ("departement", "43", "Haute-Loire", (puy, brioude)),
        ("secteur", "S1", "Secteur du Puy", (puy,)),
        ("secteur", "S2", "Secteur de Brioude", (brioude,)),
    ):
        t = Territoire.objects.create(nature=nature, code=code, nom=nom, debut=date(2019, 1, 1))
        for une in dedans:
            TerritoireCommune.objects.create(
                territoire=t, commune=une, nature=nature, debut=date(2019, 1, 1)
            )
    organisation = Organisation.objects.create(code="d43", nom="Département", est_departement=True)
    referent, collegue = (
        Agent.objects.create(
            identifiant=f"essai.{nom.lower()}", nom=nom, prenom="Paule", organisation=organisation
        )
        for nom in ("Boyer", "Vidal")
    )
    un = lieu("Bureau du Puy", puy, organisation, systeme)
    deux = lieu("Bureau de Brioude", brioude, organisation, systeme)
    for ou in (un, deux):
        plage(ou, systeme)
    return Monde(systeme, instant, puy, brioude, organisation, un, deux, referent, collegue)


@pytest.fixture
def connecter(monde: Monde) -> Connecter:
    """`connecter(Role.CADRE, "S2")` : un client connecté ; `agent=` : un agent déjà connu."""

    def _connecter(role: Role, territoire: str = "43", agent: Agent | None = None) -> Client:
        agent = agent or Agent.objects.create(
            identifiant=f"essai.{role}.{territoire}",
            nom="Essai",
            prenom=role.libelle,
            organisation=monde.organisation,
        )
        administre = role is Role.ADMINISTRATEUR
        Habilitation.objects.create(
            agent=agent,
            compartiment=Compartiment.ADMINISTRATION if administre else Compartiment.INSERTION,
            territoire=Territoire.objects.get(code=territoire),
            role=role,
            debut=date(2020, 1, 1),
        )
        client = Client()
        client.force_login(agent, backend=MOTEUR)
        return client

    return _connecter
