"""Des agents de chaque rôle, habilités pour de vrai, et la convention publiée en base."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.regles import charger_fichier, dossier_du_departement
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role

RACINE = Path(__file__).resolve().parents[4]
OUVERTURE = date(2019, 1, 1)


@pytest.fixture(autouse=True)
def date_du_produit(monkeypatch):
    """Le produit est lu au 31 octobre 2020."""
    monkeypatch.setenv("DRAILLE_DATE", "2020-10-31")


@pytest.fixture
def inscrite(systeme, settings) -> Callable[[str], None]:
    """Inscrit la convention d'un Département et lit le produit de ce Département."""

    def inscrire(code: str = "43", le: date = date(2020, 10, 31)) -> None:
        settings.DRAILLE_DEPARTEMENT = code
        dossier = dossier_du_departement(racine=RACINE, code=code)
        contenu = charger_fichier(chemin=dossier / "convention.yaml")
        charger_convention(contenu=contenu, par=systeme, le=le)

    return inscrire


@pytest.fixture
def communes(systeme) -> list[Commune]:
    """Deux communes, un secteur chacune, dans un Département."""
    trouvees = [
        Commune.objects.create(code_insee=f"4300{i}", nom=nom)
        for i, nom in ((1, "Agnat"), (2, "Aiguilhe"))
    ]
    tout = Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=OUVERTURE
    )
    for i, commune in enumerate(trouvees):
        secteur = Territoire.objects.create(
            nature="secteur", code=f"S{i}", nom=f"Secteur {i}", debut=OUVERTURE
        )
        for territoire in (tout, secteur):
            TerritoireCommune.objects.create(
                territoire=territoire,
                commune=commune,
                nature=territoire.nature,
                debut=OUVERTURE,
            )
    return trouvees


@pytest.fixture
def connecter(systeme: Acces, communes) -> Callable[..., Client]:
    """Ouvre une session : `connecter(Role.CADRE, territoire="S0", est_departement=False)`."""

    def ouvrir(
        role: Role,
        territoire: str = "43",
        compartiment: Compartiment = Compartiment.INSERTION,
        est_departement: bool = True,
    ) -> Client:
        organisation, _ = Organisation.objects.get_or_create(
            code=f"org-{est_departement}",
            defaults={"nom": "Organisation", "est_departement": est_departement},
        )
        agent = Agent.objects.create(
            identifiant=f"{role}.{territoire}.{int(compartiment)}.{est_departement}",
            prenom="Agent",
            nom=role.libelle,
            organisation=organisation,
            password="!",
        )
        portee = Portee(
            compartiment=compartiment,
            role=role,
            territoire=Territoire.objects.get(code=territoire),
        )
        habiliter(agent=agent, portee=portee, par=systeme, le=OUVERTURE)
        client = Client()
        client.force_login(agent)
        return client

    return ouvrir
