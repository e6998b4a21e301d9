"""Une personne, deux partenaires, une travailleuse sociale, un agent chez chaque partenaire."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.db import connection

from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Consentement, Orientation, Partenaire
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune, Territoire
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role

JOUR = datetime(2020, 10, 15, 10, tzinfo=UTC)
LE = JOUR.date()
TOUT = ("nom", "telephone", "courriel", "commune", "besoins", "message")


@dataclass(slots=True)
class Monde:
    """Ce qu'il faut pour adresser quelqu'un ; `sous` change de regard, murs compris."""

    systeme: Acces
    personne: Personne
    organisation: Organisation
    partenaire: Partenaire
    autre: Partenaire
    territoire: Territoire
    agents: dict[str, Agent] = field(default_factory=dict)

    def sous(self, acces: Acces) -> Acces:
        """Pose les clés de cet accès pour la suite : le second mur regarde avec ses yeux."""
        contexte.poser(acces=acces, instant=JOUR)
        return acces

    def agent(self, role: Role, organisation: Organisation | None = None) -> Acces:
        """L'accès d'un agent, comme à la connexion."""
        ou = organisation or self.organisation
        nom = f"{role}-{ou.code}"
        if nom not in self.agents:
            self.agents[nom] = Agent.objects.create(
                identifiant=nom, nom="Essai", prenom=role.libelle, organisation=ou
            )
            Habilitation.objects.create(
                agent=self.agents[nom],
                role=role,
                compartiment=Compartiment.PARTENAIRE
                if role is Role.PARTENAIRE
                else Compartiment.SOCIAL,
                territoire=self.territoire,
                debut=LE,
            )
        return acces_de(agent=self.agents[nom], le=LE)

    @property
    def social(self) -> Acces:
        """La travailleuse sociale du Département."""
        return self.agent(Role.TRAVAILLEUR_SOCIAL)

    @property
    def chez_le_partenaire(self) -> Acces:
        """L'agent du partenaire."""
        return self.agent(Role.PARTENAIRE, self.partenaire.organisation)

    def consentir(self, portee: tuple[str, ...] = TOUT, forme: str = "oral") -> Consentement:
        """L'accord de la personne pour le premier partenaire."""
        return partage.consentir(
            personne=self.personne,
            partenaire_id=self.partenaire.pk,
            portee=portee,
            forme=forme,
            par=self.sous(self.social),
            le=LE,
        )

    def orienter(self, consentement: Consentement | None, **champs: object) -> Orientation:
        """Une orientation vers le premier partenaire, sous cet accord."""
        demande = partage.DemandeOrientation(
            **{
                "personne": self.personne,
                "destination": "",
                "partenaire_id": self.partenaire.pk,
                "besoins": ("logement",),
                "consentement_id": consentement.pk if consentement else None,
                **champs,
            }
        )
        return partage.orienter(demande=demande, par=self.sous(self.social), le=LE)

    def sql(self, requete: str, *parametres: object) -> list[tuple[object, ...]]:
        """Ce que la base rend sous les clés du moment."""
        with connection.cursor() as curseur:
            curseur.execute(requete, parametres)
            return curseur.fetchall()


@pytest.fixture
def monde(systeme: Acces) -> Monde:
    contexte.poser(acces=systeme, instant=JOUR)
    puy = Commune.objects.create(code_insee="43157", nom="Le Puy-en-Velay", population=18_000)
    territoire = Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=LE.replace(year=2019)
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
        for nom, courriel in (("Le Relais", ""), ("La Halte", ""))
    )
    return Monde(systeme, personne, departement, un, deux, territoire)
