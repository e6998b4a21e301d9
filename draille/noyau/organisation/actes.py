"""Créer un agent, l'habiliter, retirer une habilitation."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.organisation.models import Agent, Habilitation
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


ACTES = (
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
    """Habilite un agent à compter de `le`. Lève `Refus('acces.refuse')` hors administrateur."""
    par.exiger(_ROLES, cle_ligne=None, action="habiliter un agent")
    if portee.role is Role.SYSTEME:
        raise Refus(
            code="habilitation.role", message="Le rôle « traitement automatique » ne se donne pas."
        )
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


@transaction.atomic
def retirer_habilitation(*, habilitation: Habilitation, par: Acces, le: date) -> Habilitation:
    """Met fin à une habilitation (dernier jour : la veille de `le`)."""
    par.exiger(_ROLES, cle_ligne=None, action="retirer une habilitation")
    if habilitation.fin is not None or le <= habilitation.debut:
        raise Refus(
            code="habilitation.close",
            message="Cette habilitation est déjà close, ou commence ce jour même.",
        )
    habilitation.fin = le
    habilitation.save(update_fields=["fin"])
    consigner(
        charge=RetirerHabilitation(habilitation.pk),
        par=par,
        le=le,
        sujet=Sujet(objet_id=habilitation.pk),
    )
    return habilitation
