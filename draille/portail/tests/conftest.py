"""Un petit Département : deux secteurs, cinq fonctions, une personne et son échéance."""

from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import ROLES_NOMINATIFS, Compartiment, Role, acces_systeme

LE = date(2020, 10, 31)
DEBUT = date(2020, 1, 1)
ROLES = [r for r in Role if r is not Role.SYSTEME]
NOMINATIFS = tuple(ROLES_NOMINATIFS)
NIR = "2730143990078"


@pytest.fixture(autouse=True)
def _date_du_produit(monkeypatch):
    monkeypatch.setenv("DRAILLE_DATE", LE.isoformat())
    cache.clear()


class Departement:
    """Le décor, et de quoi y ajouter."""

    def __init__(self, par):
        self.par = par
        self.organisation = Organisation.objects.create(
            code="cd43", nom="Département de la Haute-Loire", est_departement=True
        )
        self.entier = Territoire.objects.create(
            nature="departement", code="43", nom="Haute-Loire", debut=DEBUT
        )
        self.nord, self.brioude = self._secteur("nord", "Secteur de Brioude", "43040", "Brioude")
        self.sud, self.puy = self._secteur("sud", "Secteur du Puy", "43157", "Le Puy-en-Velay")

    @staticmethod
    def _secteur(code, nom, insee, commune):
        commune = Commune.objects.create(code_insee=insee, nom=commune, population=1000)
        secteur = Territoire.objects.create(nature="secteur", code=code, nom=nom, debut=DEBUT)
        TerritoireCommune.objects.create(
            territoire=secteur, commune=commune, nature="secteur", debut=DEBUT
        )
        return secteur, commune

    def agent(self, role, *, territoire=None, identifiant=None, mot_de_passe=None):
        """Un agent et son habilitation, en insertion ou en administration."""
        administre = role is Role.ADMINISTRATEUR
        agent = Agent(
            identifiant=identifiant or f"demo.{role}",
            nom=role.value.upper(),
            prenom="Camille",
            organisation=self.organisation,
        )
        agent.set_password(mot_de_passe)
        agent.save()
        Habilitation.objects.create(
            agent=agent,
            compartiment=Compartiment.ADMINISTRATION if administre else Compartiment.INSERTION,
            role=role,
            territoire=territoire or self.entier,
            debut=DEBUT,
        )
        return agent

    def personne(self, nom="Bœuf", prenom="Éléonore", *, commune=None, **etat_civil):
        """Une personne de l'insertion, au Puy sauf mention contraire."""
        return inscrire(
            identite=Identite(nom_naissance=nom, prenom=prenom, **etat_civil),
            compartiment=Compartiment.INSERTION,
            commune_id=(commune or self.puy).pk,
            par=self.par,
            le=date(2020, 10, 1),
        )

    def echeance(self, personne, avant_le, *, ligne=1, **champs):
        """Une échéance ouverte de cette personne."""
        return Echeance.objects.create(
            code="essai.delai",
            personne=personne,
            ouverte_le=date(2020, 10, 1),
            avant_le=avant_le,
            ligne_ouverture_id=ligne,
            cle_acces=200_000 + personne.commune_id,
            **champs,
        )

    def foyer(self, personne, *, matricule="0012345", role="DEM"):
        """Un foyer dont cette personne est membre."""
        foyer, _ = Foyer.objects.get_or_create(
            reference=f"CAF:431:{matricule}",
            defaults={
                "matricule": matricule,
                "commune_id": personne.commune_id,
                "adresse": "3 rue des Tables",
                "cle_acces": 200_000 + personne.commune_id,
            },
        )
        MembreFoyer.objects.create(
            foyer=foyer, personne=personne, role=role, debut=DEBUT, cle_acces=foyer.cle_acces
        )
        return foyer

    def client(self, agent):
        """Un navigateur connecté sous cet agent."""
        client = Client()
        client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


@pytest.fixture
def departement(systeme):
    return Departement(systeme)


@pytest.fixture
def agents(departement):
    return {role: departement.agent(role) for role in ROLES}


@pytest.fixture
def clients(departement, agents):
    return {role: departement.client(agent) for role, agent in agents.items()}


@pytest.fixture
def personne(departement):
    """Éléonore Bœuf, du Puy, née le 12 mars 1984, son NIR, son foyer, une échéance dépassée."""
    creee = departement.personne(naissance_le=date(1984, 3, 12), sexe="2", nir=NIR)
    departement.foyer(creee)
    departement.echeance(creee, date(2020, 10, 28), ligne=creee.pk)
    return creee


@pytest.fixture
def tout_voir(systeme):
    """Rend au test un contexte qui voit tout, après qu'une page a posé celui d'un agent."""
    from draille.socle import horloge

    def rendre():
        contexte.poser(acces=acces_systeme(nom="essais"), instant=horloge.maintenant())

    return rendre
