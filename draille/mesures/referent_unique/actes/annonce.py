"""Dire la désignation à la personne : un message, déposé dans la transaction de l'acte."""

from datetime import date

from django.db import transaction

from draille.mesures.referent_unique.acces import DESIGNER
from draille.mesures.referent_unique.actes import charges
from draille.mesures.referent_unique.actes.verrou import INSERTION, refus, sujet_de
from draille.mesures.referent_unique.lectures_places import en_vigueur
from draille.mesures.referent_unique.models import Designation, Portefeuille
from draille.mesures.referent_unique.regles import minutes_entieres
from draille.moteurs.messages.adaptateur import Envoi, deposer
from draille.moteurs.messages.models import Message
from draille.noyau.journal.actes import consigner
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import date_longue

DESIGNATION, CHANGEMENT = "designation_referent", "changement_referent"

# Seuls ces refus laissent la désignation debout : la personne n'est pas joignable aujourd'hui. Une
# mention légale absente, elle, défait tout.
_SANS_ADRESSE = "messages.adresse_absente"


@transaction.atomic
def annoncer(*, designation_id: int, par: Acces, le: date) -> Message:
    """Dépose le message qui dit la désignation, avec la mention légale s'il y a eu calcul.

    Lève `Refus` : `acces.refuse`, `referent_unique.` `introuvable`, `deja_annoncee` ; ceux de
    `messages` (`adresse_absente`, `mention_absente`).
    """
    designation: Designation | None = (
        Designation.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne__commune", "referent__agent__organisation", "ligne")
        .filter(pk=designation_id)
        .first()
    )
    if designation is None:
        raise refus("introuvable", "Cette désignation n'existe pas, ou ne vous est pas ouverte.")
    par.exiger(DESIGNER, cle_ligne=designation.cle_acces, action="écrire à cette personne")
    if designation.annoncee_le is not None:
        raise refus("deja_annoncee", "Cette désignation est déjà annoncée à la personne.")
    termes = Portefeuille.objects.filter(en_vigueur(le), agent=designation.referent.agent).first()
    return _deposer(designation, termes, par, le)


def annoncer_si_possible(
    *, designation: Designation, termes: Portefeuille | None, par: Acces, le: date
) -> Message | None:
    """Annonce, ou laisse la désignation à annoncer quand la personne n'a ni adresse ni téléphone.

    Lève les autres `Refus` de `messages` : sans mention légale, rien ne se décide.
    """
    try:
        with transaction.atomic():
            return _deposer(designation, termes, par, le)
    except Refus as refuse:
        if refuse.code != _SANS_ADRESSE:
            raise
    return None


def _deposer(
    designation: Designation, termes: Portefeuille | None, par: Acces, le: date
) -> Message:
    est_algorithmique = designation.ligne_id is not None
    modele = CHANGEMENT if _succede(designation) else DESIGNATION
    message = deposer(
        envoi=Envoi(
            personne=designation.personne,
            modele=modele,
            champs=_champs(designation, termes),
            objet_id=designation.entree_id,
            compartiment=INSERTION,
            est_algorithmique=est_algorithmique,
        ),
        par=par,
        le=le,
    )
    designation.annoncee_le = le
    designation.save(update_fields=["annoncee_le"])
    consigner(
        charge=charges.Annoncer(message.pk, modele, est_algorithmique),
        par=par,
        le=le,
        sujet=sujet_de(designation.personne, designation.entree_id),
    )
    return message


def _succede(designation: Designation) -> bool:
    """Vrai si un autre référent unique suivait la personne jusqu'à ce jour."""
    return (
        Referent.objects.filter(
            personne_id=designation.personne_id,
            nature=Referent.Nature.UNIQUE,
            fin=designation.referent.debut,
        )
        .exclude(pk=designation.referent_id)
        .exists()
    )


def _champs(designation: Designation, termes: Portefeuille | None) -> dict[str, str]:
    agent = designation.referent.agent
    # Le motif écrit par l'agent reste au dossier : il peut parler de quelqu'un d'autre.
    return {
        "referent": str(agent),
        "organisation": str(designation.referent.organisation),
        "date": date_longue(designation.referent.debut),
        "lieu": "" if termes is None else termes.bureau,
        "minutes": ""
        if designation.minutes is None
        else str(minutes_entieres(designation.minutes)),
    }
