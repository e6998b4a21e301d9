"""Désigner un référent, mettre fin à une désignation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction

from draille.noyau.journal.actes import Sujet, consigner, consigner_lot
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


@dataclass(frozen=True)
class Terminer:
    """Charge : pourquoi la désignation prend fin, en un code."""

    motif: str


ACTES = (
    ActeDeclare("referent.designer", 1, "Référent désigné", Designer),
    ActeDeclare("referent.terminer", 1, "Désignation terminée", Terminer),
)
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
    commence ce jour ou après, `Refus('referent.chevauchement')` si un autre vient d'être désigné,
    et ce que la base tient elle-même : `referent.quota`, `referent.absence`.
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
    referent = _inscrire(
        Referent(
            personne=personne,
            nature=designation.nature,
            organisation_id=designation.organisation_id,
            agent_id=designation.agent_id,
            debut=le,
            cle_acces=cle_acces,
        )
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


_TERMINER = """
UPDATE noyau_referent SET fin = greatest(%(le)s::date, debut)
WHERE id = ANY(%(referents)s) AND fin IS NULL RETURNING id
"""
_LIGNES_TERMINER = """
SELECT r.fin AS le, r.personne_id, r.id AS objet_id, r.cle_acces,
  jsonb_build_object('motif', %(motif)s::text) AS charge
FROM noyau_referent r WHERE r.id = ANY(%(termines)s) ORDER BY r.id
"""


@transaction.atomic
def terminer(*, referents: Sequence[int], motif: str, par: Acces, le: date) -> list[int]:
    """Met fin à ces désignations le jour `le`, en deux requêtes ; rend celles qui étaient en cours.

    `motif` : un code. Lève `Refus('acces.refuse')` sans habilitation sur l'une d'elles.
    """
    for cle_acces in set(
        Referent.objects.filter(pk__in=referents).values_list("cle_acces", flat=True)
    ):
        par.exiger(ROLES_DESIGNER, cle_ligne=cle_acces, action="terminer une désignation")
    with connection.cursor() as curseur:
        curseur.execute(_TERMINER, {"le": le, "referents": list(referents)})
        termines = [referent_id for (referent_id,) in curseur.fetchall()]
    if termines:
        parametres = {"termines": termines, "motif": motif}
        consigner_lot(acte=Terminer, par=par, source=_LIGNES_TERMINER, parametres=parametres)
    return termines


def _inscrire(referent: Referent) -> Referent:
    """Écrit la désignation ; ce que la base refuse devient une phrase."""
    try:
        with transaction.atomic():
            referent.save(force_insert=True)
    except IntegrityError as erreur:
        refus = _traduire(erreur)
        if refus is None:
            raise
        raise refus from erreur
    return referent


def _traduire(erreur: IntegrityError) -> Refus | None:
    diag = getattr(erreur.__cause__, "diag", None)
    contrainte = getattr(diag, "constraint_name", "") or ""
    if contrainte == "referent_un_a_la_fois":
        return Refus(
            code="referent.chevauchement",
            message="Un autre référent vient d'être désigné pour cette personne. Rechargez la page "
            "pour le voir.",
            base_legale="CASF L262-27",
        )
    if contrainte.startswith("referent_"):
        # Les déclencheurs des mesures disent eux-mêmes leur phrase.
        code = contrainte.removeprefix("referent_")
        return Refus(code=f"referent.{code}", message=str(getattr(diag, "message_primary", "")))
    return None
