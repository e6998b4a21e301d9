"""Ouvrir un parcours : le précédent de même nature s'arrête, le rang suit."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.parcours.models import Parcours
from draille.noyau.personne.models import Personne
from draille.socle.acces import PAS, Acces, Role
from draille.socle.refus import Refus


@dataclass(frozen=True)
class Ouvrir:
    """Charge : la nature, le type, le rang."""

    nature: str
    type_parcours: str
    rang: int


ACTES = (ActeDeclare("parcours.ouvrir", 1, "Parcours ouvert", Ouvrir),)
ROLES_OUVRIR = (Role.CHARGE_ORIENTATION, Role.CADRE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choix:
    """La nature (« rsa ») et le type de parcours choisi."""

    nature: str
    type_parcours: str


@transaction.atomic
def ouvrir(*, personne: Personne, choix: Choix, cle_acces: int, par: Acces, le: date) -> Parcours:
    """Ouvre un parcours et clôt celui de même nature.

    Lève `Refus('parcours.date')` s'il commence ce même jour ou après.
    """
    par.exiger(ROLES_OUVRIR, cle_ligne=cle_acces, action="ouvrir un parcours")
    dernier = (
        Parcours.objects.filter(personne=personne, nature=choix.nature).order_by("-rang").first()
    )
    if dernier is not None and dernier.fin is None:
        if dernier.debut >= le:
            raise Refus(
                code="parcours.date",
                message=f"Un parcours est déjà ouvert à compter du {dernier.debut:%d/%m/%Y}.",
            )
        dernier.fin = le
        dernier.save(update_fields=["fin"])
    parcours = Parcours.objects.create(
        personne=personne,
        nature=choix.nature,
        type_parcours=choix.type_parcours,
        rang=dernier.rang + 1 if dernier else 1,
        debut=le,
        cle_acces=cle_acces,
    )
    consigner(
        charge=Ouvrir(choix.nature, choix.type_parcours, parcours.rang),
        par=par,
        le=le,
        sujet=Sujet(
            compartiment=cle_acces // PAS,
            personne_id=personne.pk,
            commune_id=personne.commune_id,
            objet_id=parcours.pk,
        ),
    )
    return parcours
