"""Des agents de chaque rôle, habilités pour de vrai, et le schéma publié en base."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from draille.mesures.schema_solidarites import regles
from draille.mesures.schema_solidarites.actes import charger_schema
from draille.mesures.schema_solidarites.models import Schema
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role

RACINE = Path(__file__).resolve().parents[4]
FICHIER = RACINE / "departements" / "07_ardeche" / "schema.yaml"
OUVERTURE = date(2019, 1, 1)


@pytest.fixture(autouse=True)
def ardeche(settings, monkeypatch):
    """Le produit est celui de l'Ardèche, lu au 1er juin 2021."""
    settings.DRAILLE_DEPARTEMENT = "07"
    monkeypatch.setenv("DRAILLE_DATE", "2021-06-01")


@pytest.fixture
def publie() -> regles.Schema:
    """Le schéma du fichier."""
    return regles.charger_fichier(chemin=FICHIER)


@pytest.fixture
def inscrit(systeme: Acces, publie: regles.Schema) -> Schema:
    """Le schéma publié, inscrit."""
    charger_schema(contenu=publie, par=systeme, le=date(2021, 1, 4))
    return Schema.objects.get()


@pytest.fixture
def commune(systeme) -> Commune:
    """Une commune de l'Ardèche, et son Département."""
    commune = Commune.objects.create(code_insee="07186", nom="Privas")
    tout = Territoire.objects.create(
        nature="departement", code="07", nom="Ardèche", debut=OUVERTURE
    )
    TerritoireCommune.objects.create(
        territoire=tout, commune=commune, nature=tout.nature, debut=OUVERTURE
    )
    return commune


@pytest.fixture
def connecter(systeme: Acces, commune) -> Callable[..., Client]:
    """Ouvre une session : `connecter(Role.PILOTE)`."""

    def ouvrir(role: Role, est_departement: bool = True) -> Client:
        organisation, _ = Organisation.objects.get_or_create(
            code=f"org-{est_departement}",
            defaults={"nom": "Organisation", "est_departement": est_departement},
        )
        agent = Agent.objects.create(
            identifiant=f"{role}.{est_departement}",
            prenom="Agent",
            nom=role.libelle,
            organisation=organisation,
            password="!",
        )
        portee = Portee(
            compartiment=Compartiment.INSERTION,
            role=role,
            territoire=Territoire.objects.get(code="07"),
        )
        habiliter(agent=agent, portee=portee, par=systeme, le=OUVERTURE)
        client = Client()
        client.force_login(agent)
        return client

    return ouvrir
