"""Des agents de chaque rôle, habilités pour de vrai, et la convention publiée en base."""

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import get_type_hints

import pytest
from django.test import Client

from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.regles import charger_fichier, dossier_du_departement
from draille.noyau.journal import registre
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.personne.actes import Identite, inscrire
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


def _consigner(code: str, valeurs: dict, par: Acces, le: date, sujet: Sujet) -> None:
    """Écrit la ligne d'un acte d'une autre mesure, par sa charge déclarée, sans la connaître."""
    declare = next(a for a in registre.actes() if a.code == code)
    attendus = get_type_hints(declare.charge)
    defauts = {str: "", int: 1, bool: False, date: le}
    charge = {
        nom: valeurs.get(nom, next((d for t, d in defauts.items() if t == attendu), None))
        for nom, attendu in attendus.items()
    }
    consigner(charge=declare.charge(**charge), par=par, le=le, sujet=sujet)


@pytest.fixture
def entrer(systeme: Acces, communes) -> Callable[..., int]:
    """Une entrée au RSA, et la suite : `entrer("2020-09-05", commune=0, orientee="2020-10-01")`."""
    numeros = itertools.count(900_000)

    def ecrire(
        le: str,
        commune: int | None = 0,
        orientee: str = "",
        rencontree: str = "",
        **nom: str,
    ) -> int:
        objet = next(numeros)
        commune_id = None if commune is None else communes[commune].pk
        identite = Identite(**{"nom_naissance": "Bœuf", "prenom": f"Léa{objet}", **nom})
        personne = inscrire(
            identite=identite,
            compartiment=Compartiment.INSERTION,
            commune_id=commune_id,
            par=systeme,
            le=date.fromisoformat(le),
        )
        sujet = Sujet(
            compartiment=int(Compartiment.INSERTION),
            personne_id=personne.pk,
            commune_id=commune_id,
            objet_id=objet,
        )
        suite = {
            "suivi_rsa.entrer": le,
            "orientation_rsa.ouvrir": le,
            "orientation_rsa.rencontrer": rencontree,
            "orientation_rsa.orienter": orientee,
        }
        for code, jour in suite.items():
            if jour:
                _consigner(code, {}, systeme, date.fromisoformat(jour), sujet)
        return personne.pk

    return ecrire
