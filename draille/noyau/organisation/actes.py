"""Inscrire un agent, l'habiliter, retirer une habilitation, fermer un compte."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces, Compartiment, Role
from draille.socle.refus import Refus


@dataclass(frozen=True)
class Habiliter:
    """Charge : qui, quoi, où."""

    agent_id: int
    compartiment: int
    role: str
    territoire_id: int


@dataclass(frozen=True)
class RetirerHabilitation:
    """Charge : l'habilitation qui prend fin."""

    habilitation_id: int


@dataclass(frozen=True)
class InscrireAgent:
    """Charge : l'agent inscrit et son organisation."""

    agent_id: int
    organisation_id: int


@dataclass(frozen=True)
class FermerCompte:
    """Charge : l'agent qui ne se connecte plus."""

    agent_id: int


ACTES = (
    ActeDeclare("organisation.inscrire_agent", 1, "Agent inscrit", InscrireAgent),
    ActeDeclare("organisation.fermer_compte", 1, "Compte d'agent fermé", FermerCompte),
    ActeDeclare("organisation.habiliter", 1, "Habilitation donnée", Habiliter),
    ActeDeclare(
        "organisation.retirer_habilitation", 1, "Habilitation retirée", RetirerHabilitation
    ),
)
_ROLES = (Role.ADMINISTRATEUR,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portee:
    """Ce qu'ouvre une habilitation."""

    compartiment: Compartiment
    role: Role
    territoire: Territoire


@transaction.atomic
def habiliter(*, agent: Agent, portee: Portee, par: Acces, le: date) -> Habilitation:
    """Habilite un agent à compter de `le`. Lève `Refus('acces.refuse')` hors administrateur,
    `Refus('habilitation.role')` si le rôle ne se donne pas, `Refus('habilitation.partenaire')` si
    le rôle et le compartiment « partenaire » ne vont pas ensemble, hors du Département.
    """
    par.exiger(_ROLES, cle_ligne=None, action="habiliter un agent")
    if portee.role is Role.SYSTEME:
        raise Refus(
            code="habilitation.role", message="Le rôle « traitement automatique » ne se donne pas."
        )
    _exiger_partenaire(agent, portee)
    habilitation = Habilitation.objects.create(
        agent=agent,
        compartiment=portee.compartiment,
        role=portee.role,
        territoire=portee.territoire,
        debut=le,
    )
    consigner(
        charge=Habiliter(
            agent.pk, int(portee.compartiment), str(portee.role), portee.territoire.pk
        ),
        par=par,
        le=le,
        sujet=Sujet(objet_id=habilitation.pk),
    )
    return habilitation


def _exiger_partenaire(agent: Agent, portee: Portee) -> None:
    """Un partenaire n'a que ce qu'on lui adresse : ni territoire, ni dossier du Département."""
    est_role = portee.role is Role.PARTENAIRE
    if est_role != (portee.compartiment is Compartiment.PARTENAIRE):
        raise Refus(
            code="habilitation.partenaire",
            message="Le rôle « partenaire » va avec le compartiment « partenaire », et lui seul.",
        )
    if est_role and agent.organisation.est_departement:
        raise Refus(
            code="habilitation.partenaire",
            message=f"{agent} travaille au Département : ce rôle est celui des partenaires.",
        )


@transaction.atomic
def retirer_habilitation(*, habilitation: Habilitation, par: Acces, le: date) -> Habilitation:
    """Met fin à une habilitation, dès `le` : son dernier jour est la veille.

    Donnée ce jour même, elle est annulée : l'erreur ne dure pas jusqu'au lendemain, et le journal
    garde les deux actes. Lève `Refus('habilitation.close')` si elle est déjà close.
    """
    par.exiger(_ROLES, cle_ligne=None, action="retirer une habilitation")
    if habilitation.fin is not None:
        raise Refus(code="habilitation.close", message="Cette habilitation est déjà close.")
    identifiant = habilitation.pk
    if le <= habilitation.debut:
        habilitation.delete()
    else:
        habilitation.fin = le
        habilitation.save(update_fields=["fin"])
    consigner(
        charge=RetirerHabilitation(identifiant),
        par=par,
        le=le,
        sujet=Sujet(objet_id=identifiant),
    )
    return habilitation


@dataclass(frozen=True, slots=True, kw_only=True)
class FicheAgent:
    """Qui est l'agent, et sous quel identifiant il se connecte."""

    identifiant: str
    prenom: str
    nom: str
    courriel: str = ""
    fonction: str = ""


@transaction.atomic
def inscrire_agent(
    *, fiche: FicheAgent, organisation: Organisation, mot_de_passe: str, par: Acces, le: date
) -> Agent:
    """Inscrit un agent, sans habilitation. Lève `Refus('agent.identifiant')` s'il est pris."""
    par.exiger(_ROLES, cle_ligne=None, action="inscrire un agent")
    if Agent.objects.filter(identifiant__iexact=fiche.identifiant).exists():
        raise Refus(
            code="agent.identifiant",
            message=f"L'identifiant « {fiche.identifiant} » est déjà pris. Choisissez-en un autre.",
        )
    agent = Agent(
        identifiant=fiche.identifiant,
        prenom=fiche.prenom,
        nom=fiche.nom,
        email=fiche.courriel,
        fonction=fiche.fonction,
        organisation=organisation,
    )
    agent.set_password(mot_de_passe)
    agent.save(force_insert=True)
    consigner(
        charge=InscrireAgent(agent.pk, organisation.pk),
        par=par,
        le=le,
        sujet=Sujet(objet_id=agent.pk),
    )
    return agent


@transaction.atomic
def fermer_compte(*, agent: Agent, par: Acces, le: date) -> Agent:
    """Ferme le compte : plus de connexion, habilitations closes à `le`, histoire gardée.

    Lève `Refus('agent.soi_meme')` si l'on ferme le sien, `Refus('agent.ferme')` s'il l'est déjà.
    """
    par.exiger(_ROLES, cle_ligne=None, action="fermer un compte")
    if agent.pk == par.agent_id:
        raise Refus(code="agent.soi_meme", message="On ne ferme pas son propre compte.")
    if not agent.is_active:
        raise Refus(code="agent.ferme", message="Ce compte est déjà fermé.")
    agent.is_active = False
    agent.save(update_fields=["is_active"])
    en_cours = Habilitation.objects.filter(agent=agent, fin__isnull=True)
    en_cours.filter(debut__gte=le).delete()
    en_cours.update(fin=le)
    consigner(charge=FermerCompte(agent.pk), par=par, le=le, sujet=Sujet(objet_id=agent.pk))
    return agent
