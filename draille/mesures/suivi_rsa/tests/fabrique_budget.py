"""De quoi faire vivre le budget dans un essai : accès, votes, mois passés, demandes d'acompte."""

import csv
import io
from datetime import date
from decimal import Decimal
from math import sin
from typing import Any

from django.test import Client

from draille.mesures.suivi_rsa.regles.budget import JOUR, PRIMITIF, Vote
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces, Compartiment, Role, cle_generale

LE = date(2020, 10, 31)
PUBLIES = ("budget_initial", "rajout_de_juin", "decision_modificative")


def acces(role: Role, *, cles: frozenset[int] | None = None) -> Acces:
    """Un agent du Département, de tout l'insertion sauf `cles`."""
    detenues = cles or frozenset({cle_generale(compartiment=Compartiment.INSERTION)})
    return Acces(agent_id=1, organisation_id=1, nom="essai", cles_par_role={role: detenues})


def client(role: Role, *, compartiment: int = Compartiment.INSERTION) -> Client:
    """Un agent connecté, habilité sur tout le Département."""
    organisation, _ = Organisation.objects.get_or_create(
        code="d43", defaults={"nom": "Département", "est_departement": True}
    )
    territoire, _ = Territoire.objects.get_or_create(
        nature="departement", code="43", defaults={"nom": "Haute-Loire", "debut": date(2019, 1, 1)}
    )
    agent = Agent.objects.create(
        identifiant=f"budget.{role}.{compartiment}",
        nom="Essai",
        prenom="Un",
        organisation=organisation,
    )
    Habilitation.objects.create(
        agent=agent,
        compartiment=compartiment,
        territoire=territoire,
        role=role,
        debut=date(2020, 1, 1),
    )
    connecte = Client()
    connecte.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return connecte


def vote(montant: str, *, annee: int = 2020, nature: str = PRIMITIF, **champs: Any) -> Vote:
    """Un vote ; par défaut le budget primitif, voté en janvier."""
    defauts: dict[str, Any] = {
        "code": nature,
        "nature": nature,
        "libelle": nature,
        "annee": annee,
        "montant": Decimal(montant),
        "precision": JOUR,
        "vote_le": date(annee, 1, 10),
        "compte_le": date(annee, 1, 10),
    }
    return Vote(**(defauts | champs))


def tableur(lignes: list[tuple[Any, ...]], *entetes: str) -> bytes:
    """Un CSV à point-virgule."""
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, delimiter=";")
    ecrivain.writerow(entetes)
    ecrivain.writerows(lignes)
    return sortie.getvalue().encode()


def historique(debut: date, nombre: int) -> bytes:
    """Des mois plausibles : une pente, une saison, un barème sans effet."""
    lignes = []
    for rang in range(nombre):
        annee, mois = divmod(debut.year * 12 + debut.month - 1 + rang, 12)
        foyers = 2400 + 3 * rang + round(30 * sin(mois * 0.52))
        montant = f"{foyers * 480},00"
        lignes.append((f"{annee}-{mois + 1:02}", foyers, round(foyers * 1.12), montant))
    return tableur(lignes, "Mois", "Foyers payés", "Bénéficiaires", "Dépense")
