"""Désigner un référent, mettre fin à une désignation."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces, Compartiment, Role, cle
from draille.socle.refus import Refus


@dataclass(frozen=True)
class Designer:
    """Charge : qui accompagne, à quel titre."""

    nature: str
    organisation_id: int
    agent_id: int | None


ACTES = (ActeDeclare("referent.designer", 1, "Référent désigné", Designer),)
ROLES_DESIGNER = (Role.CHARGE_ORIENTATION, Role.CADRE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """À qui la personne est confiée."""

    nature: Referent.Nature
    organisation_id: int
    agent_id: int | None = None


@transaction.atomic
def designer(
    *,
    personne: Personne,
    designation: Designation,
    compartiment: Compartiment,
    par: Acces,
    le: date,
) -> Referent:
    """Désigne un référent ; le précédent de même nature s'arrête ce jour (CASF L262-27).

    Lève `Refus('acces.refuse')` sans habilitation, `Refus('referent.date')` si le précédent
    commence ce jour ou après.
    """
    cle_acces = cle(compartiment=compartiment, commune_id=personne.commune_id)
    par.exiger(ROLES_DESIGNER, cle_ligne=cle_acces, action="désigner un référent")
    en_cours = Referent.objects.filter(
        personne=personne, nature=designation.nature, fin__isnull=True
    ).first()
    if en_cours is not None:
        if en_cours.debut >= le:
            raise Refus(
                code="referent.date",
                message=f"Un référent est déjà désigné à compter du {en_cours.debut:%d/%m/%Y}.",
                base_legale="CASF L262-27",
            )
        en_cours.fin = le
        en_cours.save(update_fields=["fin"])
    referent = Referent.objects.create(
        personne=personne,
        nature=designation.nature,
        organisation_id=designation.organisation_id,
        agent_id=designation.agent_id,
        debut=le,
        cle_acces=cle_acces,
    )
    consigner(
        charge=Designer(str(designation.nature), designation.organisation_id, designation.agent_id),
        par=par,
        le=le,
        sujet=Sujet(
            compartiment=compartiment,
            personne_id=personne.pk,
            commune_id=personne.commune_id,
            objet_id=referent.pk,
        ),
    )
    return referent
