"""Inscrire un partenaire, tenir sa fiche, cesser de lui adresser des personnes."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from draille.moteurs.partage.adaptateur_commun import ROLES_PARTENAIRES
from draille.moteurs.partage.calcul import est_code
from draille.moteurs.partage.journal import (
    FermerPartenaire,
    InscrirePartenaire,
    ModifierPartenaire,
)
from draille.moteurs.partage.models import Partenaire
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.organisation.models import Organisation
from draille.socle.acces import Acces
from draille.socle.refus import Refus


@dataclass(frozen=True, slots=True, kw_only=True)
class FichePartenaire:
    """Qui est le partenaire. `courriel` : où va le lien de réponse ; `besoins` : codes servis."""

    nom: str
    courriel: str = ""
    telephone: str = ""
    besoins: tuple[str, ...] = ()
    est_fictif: bool = False


@transaction.atomic
def inscrire_partenaire(
    *, fiche: FichePartenaire, organisation: Organisation | None = None, par: Acces, le: date
) -> Partenaire:
    """Inscrit un partenaire, et son organisation si elle n'est pas donnée.

    Lève `Refus` : `acces.refuse`, `partage.nom_vide`, `partage.courriel`, `partage.besoin_inconnu`,
    `partage.departement` (le Département n'est pas son propre partenaire),
    `partage.partenaire_deja` (cette organisation l'est déjà).
    """
    par.exiger(ROLES_PARTENAIRES, cle_ligne=None, action="inscrire un partenaire")
    _controler(fiche)
    if organisation is None:
        organisation = Organisation.objects.create(code=_code_libre(fiche.nom), nom=fiche.nom)
    if organisation.est_departement:
        raise Refus(
            code="partage.departement",
            message="Le Département n'est pas son propre partenaire : choisissez une autre "
            "organisation.",
        )
    if Partenaire.objects.filter(organisation=organisation).exists():
        raise Refus(
            code="partage.partenaire_deja",
            message=f"{organisation.nom} est déjà partenaire : ouvrez sa fiche.",
        )
    partenaire = Partenaire.objects.create(
        organisation=organisation,
        courriel=fiche.courriel,
        telephone=fiche.telephone,
        besoins=list(fiche.besoins),
        est_fictif=fiche.est_fictif,
        debut=le,
    )
    consigner(
        charge=InscrirePartenaire(organisation.pk),
        par=par,
        le=le,
        sujet=Sujet(objet_id=partenaire.pk),
    )
    return partenaire


@transaction.atomic
def modifier_partenaire(
    *, partenaire_id: int, fiche: FichePartenaire, par: Acces, le: date
) -> Partenaire:
    """Met la fiche à jour ; sans changement, n'écrit rien.

    Lève `Refus` : `acces.refuse`, `partage.nom_vide`, `partage.courriel`, `partage.besoin_inconnu`,
    `partage.partenaire_inconnu`.
    """
    par.exiger(ROLES_PARTENAIRES, cle_ligne=None, action="modifier un partenaire")
    _controler(fiche)
    partenaire = _tenir(partenaire_id)
    changes = []
    if partenaire.organisation.nom != fiche.nom:
        partenaire.organisation.nom = fiche.nom
        partenaire.organisation.save(update_fields=["nom"])
        changes.append("nom")
    for champ in ("courriel", "telephone"):
        if getattr(partenaire, champ) != getattr(fiche, champ):
            setattr(partenaire, champ, getattr(fiche, champ))
            changes.append(champ)
    if set(partenaire.besoins) != set(fiche.besoins):
        partenaire.besoins = list(fiche.besoins)
        changes.append("besoins")
    if changes:
        partenaire.save(update_fields=["courriel", "telephone", "besoins"])
        consigner(
            charge=ModifierPartenaire(changes),
            par=par,
            le=le,
            sujet=Sujet(objet_id=partenaire.pk),
        )
    return partenaire


@transaction.atomic
def fermer_partenaire(*, partenaire_id: int, par: Acces, le: date) -> Partenaire:
    """Cesse d'orienter vers ce partenaire, dès `le` ; ce qu'il suit déjà lui reste ouvert.

    Lève `Refus` : `acces.refuse`, `partage.partenaire_inconnu`, `partage.partenaire_ferme`.
    """
    par.exiger(ROLES_PARTENAIRES, cle_ligne=None, action="fermer un partenaire")
    partenaire = _tenir(partenaire_id)
    if partenaire.fin is not None:
        raise Refus(code="partage.partenaire_ferme", message=f"{partenaire} est déjà fermé.")
    partenaire.fin = le
    partenaire.save(update_fields=["fin"])
    consigner(
        charge=FermerPartenaire(partenaire.organisation_id),
        par=par,
        le=le,
        sujet=Sujet(objet_id=partenaire.pk),
    )
    return partenaire


def ouvert(*, partenaire_id: int, le: date) -> Partenaire:
    """Le partenaire à qui l'on peut orienter ce jour.

    Lève `Refus` : `partage.partenaire_inconnu`, `partage.partenaire_ferme`.
    """
    partenaire = (
        Partenaire.objects.select_related("organisation")
        .filter(pk=partenaire_id, debut__lte=le)
        .first()
    )
    if partenaire is None:
        raise _inconnu()
    if partenaire.fin is not None and partenaire.fin <= le:
        raise Refus(
            code="partage.partenaire_ferme",
            message=f"{partenaire} n'accueille plus de nouvelles personnes : choisissez un autre "
            "partenaire.",
        )
    return partenaire


def partenaires(*, le: date, besoin: str | None = None) -> list[Partenaire]:
    """Ceux à qui l'on peut orienter ce jour, par nom ; ceux d'un besoin s'il est dit.

    Un partenaire sans besoin déclaré les reçoit tous. Une requête.
    """
    ouverts = (
        Partenaire.objects.select_related("organisation")
        .filter(Q(fin__isnull=True) | Q(fin__gt=le), debut__lte=le)
        .order_by("organisation__nom")
    )
    if besoin:
        ouverts = ouverts.filter(Q(besoins__contains=[besoin]) | Q(besoins=[]))
    return list(ouverts)


def _tenir(partenaire_id: int) -> Partenaire:
    partenaire = (
        Partenaire.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=partenaire_id)
        .first()
    )
    if partenaire is None:
        raise _inconnu()
    return partenaire


def _inconnu() -> Refus:
    return Refus(
        code="partage.partenaire_inconnu",
        message="Ce partenaire n'est pas dans la liste : choisissez-en un autre.",
    )


def _controler(fiche: FichePartenaire) -> None:
    if not fiche.nom.strip():
        raise Refus(code="partage.nom_vide", message="Donnez un nom à ce partenaire.")
    if fiche.courriel:
        try:
            validate_email(fiche.courriel)
        except ValidationError as cause:
            raise Refus(
                code="partage.courriel",
                message="L'adresse de courriel ne se lit pas : écrivez-la comme nom@exemple.fr.",
            ) from cause
    mal_formes = [b for b in fiche.besoins if not est_code(b)]
    if mal_formes:
        raise Refus(
            code="partage.besoin_inconnu",
            message="L'un des besoins n'est pas dans la liste : choisissez-le à nouveau.",
        )


def _code_libre(nom: str) -> str:
    """Un code d'organisation tiré du nom, que personne n'a."""
    racine = slugify(nom)[:32] or "partenaire"
    pris = set(Organisation.objects.filter(code__startswith=racine).values_list("code", flat=True))
    candidats = (racine if n == 1 else f"{racine}-{n}" for n in range(1, len(pris) + 2))
    return next(c for c in candidats if c not in pris)
