"""Un petit Département pour les écrans : quatre communes, trois référents, des personnes orientées.

Tout passe par les vrais actes : portefeuilles, calcul, désignations.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.test import Client

from draille.mesures.referent_unique import actes
from draille.mesures.referent_unique.models import Calcul, Demande
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
JOUR = date(2020, 10, 15)
ORIENTEE_LE = date(2020, 10, 8)
DEBUT = date(2020, 1, 1)
SOCIAL = "social:departement"
PRO = "professionnel:pole_emploi"
_COMMUNES = (
    ("43157", "Le Puy-en-Velay", 45.0436, 3.8853, 16.8, 19_000),
    ("43040", "Brioude", 45.2942, 3.3847, 13.5, 6_700),
    ("43268", "Yssingeaux", 45.1428, 4.1239, 80.9, 7_300),
    ("43112", "Langeac", 45.1006, 3.4942, 33.4, 3_700),
)
_numeros = count(1)


class Navigateur(Client):
    """Un client d'essai qui rend la main à l'accès du système après chaque page.

    La page pose les clés de l'agent pour la transaction, que l'essai partage avec elle.
    """

    def __init__(self, systeme: Acces) -> None:
        super().__init__()
        self.systeme = systeme

    def request(self, **requete: Any) -> Any:
        """La réponse de la page."""
        reponse = super().request(**requete)
        instant = datetime(JOUR.year, JOUR.month, JOUR.day, 12, tzinfo=UTC)
        contexte.poser(acces=self.systeme, instant=instant)
        return reponse


@dataclass
class Monde:
    """Le décor, et de quoi y ajouter. `systeme` : l'accès sous lequel il se construit."""

    systeme: Acces
    organisation: Organisation
    communes: dict[str, Commune]

    def agent(
        self, role: Role, territoire: str = "43", *, prenom: str = "", nom: str = "Essai"
    ) -> Agent:
        """Un agent et son habilitation."""
        agent = Agent.objects.create(
            identifiant=f"essai.{role}.{territoire}.{next(_numeros)}",
            nom=nom,
            prenom=prenom or role.libelle,
            organisation=self.organisation,
        )
        administre = role is Role.ADMINISTRATEUR
        Habilitation.objects.create(
            agent=agent,
            compartiment=Compartiment.ADMINISTRATION if administre else Compartiment.INSERTION,
            territoire=Territoire.objects.get(code=territoire),
            role=role,
            debut=DEBUT,
        )
        return agent

    def connecter(self, role: Role, territoire: str = "43") -> Client:
        """Un navigateur connecté sous un agent neuf."""
        return self.connecter_agent(self.agent(role, territoire))

    def connecter_agent(self, agent: Agent) -> Client:
        """Un navigateur connecté sous cet agent."""
        client = Navigateur(self.systeme)
        client.force_login(agent, backend=MOTEUR)
        return client

    def referent(
        self,
        nom: str,
        commune: str,
        *,
        places: int = 3,
        orientations: tuple[str, ...] = (SOCIAL,),
        territoire: str = "43",
        secteur: str = "",
    ) -> Agent:
        """Un référent habilité, et son portefeuille."""
        agent = self.agent(Role.REFERENT, territoire, prenom="Réf", nom=nom)
        actes.ouvrir_portefeuille(
            agent_id=agent.pk,
            termes=actes.TermesPortefeuille(
                places=places,
                orientations=orientations,
                commune_id=self.communes[commune].pk,
                bureau=f"Bureau de {commune}",
                secteur_id=Territoire.objects.get(code=secteur).pk if secteur else None,
            ),
            par=self.systeme,
            le=DEBUT,
        )
        return agent

    def personne(self, nom: str, commune: str = "Le Puy-en-Velay", **champs: object) -> Personne:
        """Une personne de l'insertion, joignable par courriel."""
        return Personne.objects.create(
            nom_naissance=nom,
            prenom="Élise",
            commune=self.communes[commune],
            compartiments=[int(Compartiment.INSERTION)],
            **{"courriel": "elise@exemple.fr", **champs},
        )

    def demande(
        self,
        nom: str,
        commune: str = "Le Puy-en-Velay",
        *,
        orientation: str = SOCIAL,
        **champs: object,
    ) -> Demande:
        """Une personne orientée, à confier."""
        personne = self.personne(nom, commune, **champs)
        return Demande.objects.create(
            personne=personne,
            entree_id=personne.pk,
            ligne_orientation_id=personne.pk,
            orientation=orientation,
            orientee_le=ORIENTEE_LE,
            unite_id=-personne.pk,
            cle_acces=cle(compartiment=Compartiment.INSERTION, commune_id=personne.commune_id),
        )

    def proposer(self) -> Calcul:
        """La proposition du jour."""
        return actes.calculer_proposition(par=self.systeme, le=JOUR)


def batir(systeme: Acces) -> Monde:
    """Les communes et leurs territoires : le Département (43), S1 (l'est), S2 (l'ouest)."""
    communes = {
        nom: Commune.objects.create(
            code_insee=code,
            nom=nom,
            latitude=latitude,
            longitude=longitude,
            surface_km2=surface,
            population=population,
        )
        for code, nom, latitude, longitude, surface, population in _COMMUNES
    }
    for nature, code, nom, dedans in (
        ("departement", "43", "Haute-Loire", tuple(communes)),
        ("secteur", "S1", "Secteur du Puy", ("Le Puy-en-Velay", "Yssingeaux")),
        ("secteur", "S2", "Secteur de Brioude", ("Brioude", "Langeac")),
    ):
        territoire = Territoire.objects.create(nature=nature, code=code, nom=nom, debut=DEBUT)
        for commune in dedans:
            TerritoireCommune.objects.create(
                territoire=territoire, commune=communes[commune], nature=nature, debut=DEBUT
            )
    organisation = Organisation.objects.create(
        code="d43", nom="Département de la Haute-Loire", est_departement=True
    )
    return Monde(systeme=systeme, organisation=organisation, communes=communes)
