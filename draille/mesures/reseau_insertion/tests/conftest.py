"""Un Département, deux partenaires, une personne, et de quoi se connecter comme chacun."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Consentement, Orientation, Partenaire
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune, Territoire
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
LE = date(2020, 10, 15)
INSTANT = datetime(2020, 10, 15, 10, tzinfo=UTC)
TOUT = ("nom", "telephone", "courriel", "commune", "besoins", "message")
SECRETS = ("Testot", "06 39 98 01 23", "aline@exemple.org", "le matin", "Le Puy-en-Velay")


@dataclass(slots=True)
class Monde:
    """Le décor ; `ouvrir` rend à l'essai le contexte que les requêtes du client ont refermé."""

    systeme: Acces
    departement: Organisation
    territoire: Territoire
    personne: Personne
    partenaire: Partenaire
    autre: Partenaire

    def ouvrir(self, acces: Acces | None = None) -> None:
        """Sous l'accès qui voit tout, ou sous celui-ci."""
        contexte.poser(acces=acces or self.systeme, instant=INSTANT)

    def agent(self, role: Role, organisation: Organisation | None = None) -> Agent:
        """Un agent habilité au social, à l'administration, ou chez un partenaire."""
        self.ouvrir()
        ou = organisation or self.departement
        agent, est_neuf = Agent.objects.get_or_create(
            identifiant=f"essai.{role}.{ou.pk}",
            defaults={"nom": "Essai", "prenom": role.libelle, "organisation": ou},
        )
        compartiments = {
            Role.PARTENAIRE: Compartiment.PARTENAIRE,
            Role.ADMINISTRATEUR: Compartiment.ADMINISTRATION,
        }
        if est_neuf:
            Habilitation.objects.create(
                agent=agent,
                role=role,
                compartiment=compartiments.get(role, Compartiment.SOCIAL),
                territoire=self.territoire,
                debut=date(2020, 1, 1),
            )
        return agent

    def consentir(self, portee: tuple[str, ...] = TOUT) -> Consentement:
        """L'accord de la personne pour le premier partenaire."""
        self.ouvrir()
        return partage.consentir(
            personne=self.personne,
            partenaire_id=self.partenaire.pk,
            portee=portee,
            forme="oral",
            par=self.systeme,
            le=LE,
        )

    def orienter(self, accord: Consentement | None, message: str = "") -> Orientation:
        """Une orientation vers le premier partenaire."""
        self.ouvrir()
        demande = partage.DemandeOrientation(
            personne=self.personne,
            destination="",
            partenaire_id=self.partenaire.pk,
            besoins=("logement",),
            consentement_id=accord.pk if accord else None,
            message=message,
        )
        return partage.orienter(demande=demande, par=self.systeme, le=LE)


@pytest.fixture
def monde(systeme: Acces, monkeypatch: pytest.MonkeyPatch, tmp_path, settings) -> Monde:
    monkeypatch.setenv("DRAILLE_DATE", LE.isoformat())
    settings.DRAILLE_MESSAGES_DOSSIER = tmp_path
    contexte.poser(acces=systeme, instant=INSTANT)
    puy = Commune.objects.create(code_insee="43157", nom="Le Puy-en-Velay", population=18_000)
    territoire = Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=date(2019, 1, 1)
    )
    departement = Organisation.objects.create(code="d43", nom="Département", est_departement=True)
    personne = inscrire(
        identite=Identite(nom_naissance="Testot", prenom="Aline"),
        compartiment=Compartiment.SOCIAL,
        commune_id=puy.pk,
        par=systeme,
        le=LE,
    )
    personne.telephone, personne.courriel = "06 39 98 01 23", "aline@exemple.org"
    personne.save(update_fields=["telephone", "courriel"])
    un, deux = (
        partage.inscrire_partenaire(
            fiche=partage.FichePartenaire(nom=nom, courriel=courriel), par=systeme, le=LE
        )
        for nom, courriel in (("Le Relais", "relais@exemple.org"), ("La Halte", ""))
    )
    return Monde(systeme, departement, territoire, personne, un, deux)


@pytest.fixture
def connecter(monde: Monde) -> Callable[..., Client]:
    """`connecter(Role.CADRE)`, ou chez un partenaire : `connecter(Role.PARTENAIRE, orga)`."""

    def _connecter(role: Role, organisation: Organisation | None = None) -> Client:
        client = Client()
        client.force_login(monde.agent(role, organisation), backend=MOTEUR)
        return client

    return _connecter
