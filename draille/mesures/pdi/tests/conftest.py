"""Des agents de chaque rôle, habilités pour de vrai, et le programme publié en base."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from draille.mesures.pdi import regles
from draille.mesures.pdi.actes import charger_pdi
from draille.mesures.pdi.models import Programme
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role

RACINE = Path(__file__).resolve().parents[4]
FICHIER = RACINE / "departements" / "07_ardeche" / "pdi.yaml"
OUVERTURE = date(2019, 1, 1)


@pytest.fixture(autouse=True)
def ardeche(settings, monkeypatch):
    """Le produit est celui de l'Ardèche, lu au 1er juin 2022."""
    settings.DRAILLE_DEPARTEMENT = "07"
    monkeypatch.setenv("DRAILLE_DATE", "2022-06-01")


@pytest.fixture
def publie() -> regles.Programme:
    """Le programme du fichier."""
    return regles.charger_fichier(chemin=FICHIER)


@pytest.fixture
def inscrit(systeme: Acces, publie: regles.Programme) -> Programme:
    """Le programme publié, inscrit le 4 janvier 2021."""
    charger_pdi(contenu=publie, par=systeme, le=date(2021, 1, 4))
    return Programme.objects.get()


@pytest.fixture
def connecter(systeme: Acces) -> Callable[..., Client]:
    """Ouvre une session : `connecter(Role.PILOTE)`."""
    commune = Commune.objects.create(code_insee="07186", nom="Privas")
    tout = Territoire.objects.create(
        nature="departement", code="07", nom="Ardèche", debut=OUVERTURE
    )
    TerritoireCommune.objects.create(
        territoire=tout, commune=commune, nature=tout.nature, debut=OUVERTURE
    )
    organisation = Organisation.objects.create(code="07", nom="Ardèche", est_departement=True)

    def ouvrir(role: Role) -> Client:
        agent = Agent.objects.create(
            identifiant=str(role),
            prenom="Agent",
            nom=role.libelle,
            organisation=organisation,
            password="!",
        )
        portee = Portee(compartiment=Compartiment.INSERTION, role=role, territoire=tout)
        habiliter(agent=agent, portee=portee, par=systeme, le=OUVERTURE)
        client = Client()
        client.force_login(agent)
        return client

    return ouvrir
