"""Écrire une note, la corriger. Une note s'écrit comme si la personne la lisait : elle le peut."""

from datetime import date

from django.db import transaction

from draille.mesures.accueil_social import regles
from draille.mesures.accueil_social.acces import NOTER
from draille.mesures.accueil_social.actes import charges
from draille.mesures.accueil_social.actes.commun import exiger_passee
from draille.mesures.accueil_social.actes.saisie import Saisie
from draille.mesures.accueil_social.models import Accueil, Note
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.personne.models import Personne
from draille.socle.acces import PAS, PERSONNEL, Acces, Compartiment, cle, cle_personnelle

_LEGAL = "CRPA L311-6 ; RGPD article 15"


@transaction.atomic
def ecrire_note(
    *,
    personne: Personne,
    texte: str,
    est_privee: bool,
    compartiment: Compartiment,
    par: Acces,
    le: date,
) -> Note:
    """Écrit une note, lue de tous ceux qui ouvrent ce compartiment, ou de son seul auteur.

    Le compartiment d'une note privée est celui du métier qui l'écrit. Lève `Refus` :
    `acces.refuse`, `accueil_social.` `note_vide`, `texte_trop_long`, `compartiment_ferme`,
    `date_future`.
    """
    note = Note(personne=personne, texte=texte, est_privee=est_privee, le=le)
    return _ecrire(note, compartiment, par, le)


def ecrire_notes(
    *, saisie: Saisie, accueil: Accueil, personne: Personne, par: Acces, le: date
) -> None:
    """Les notes d'un accueil : celle que l'on partage, celle que l'on garde. Vides, aucune."""
    for texte, est_privee in ((saisie.note_partagee, False), (saisie.note_privee, True)):
        if texte:
            note = Note(
                accueil=accueil, personne=personne, texte=texte, est_privee=est_privee, le=le
            )
            partage = Compartiment(saisie.note_compartiment)
            _ecrire(note, Compartiment.SOCIAL if est_privee else partage, par, le)


def _ecrire(note: Note, compartiment: Compartiment, par: Acces, le: date) -> Note:
    note.texte = _texte(note.texte)
    commune_id = note.personne.commune_id
    cle_partagee = cle(compartiment=compartiment, commune_id=commune_id)
    par.exiger(NOTER, cle_ligne=cle_partagee, action="écrire une note")
    if compartiment not in note.personne.compartiments:
        raise regles.refus(
            "compartiment_ferme",
            f"Cette personne n'est pas connue du métier « {compartiment.libelle} ». Choisissez "
            "un métier qui la suit.",
            "CASF L226-2-2 ; code pénal 226-13",
        )
    if note.est_privee and par.agent_id is None:
        raise regles.refus("sans_auteur", "Une note privée a besoin d'un auteur connecté.")
    note.agent_id = par.agent_id
    note.cle_acces = (
        cle_personnelle(agent_id=par.agent_id or 0) if note.est_privee else cle_partagee
    )
    note.save(force_insert=True)
    charge = charges.EcrireNote(note_id=note.pk, est_privee=note.est_privee)
    sujet = Sujet(
        compartiment=compartiment,
        personne_id=note.personne_id,
        commune_id=commune_id,
        objet_id=note.accueil_id,
    )
    exiger_passee(le=le, ligne=consigner(charge=charge, par=par, le=le, sujet=sujet))
    return note


@transaction.atomic
def corriger_note(*, note_id: int, texte: str, par: Acces, le: date) -> Note:
    """Corrige sa propre note ; inchangée, n'écrit rien. L'ancien texte n'est pas gardé.

    Lève `Refus` : `accueil_social.` `introuvable`, `note_d_un_autre`, `note_vide`,
    `texte_trop_long`.
    """
    note: Note | None = (
        Note.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne")
        .filter(pk=note_id)
        .first()
    )
    if note is None:
        raise regles.refus("introuvable", "Cette note n'existe pas, ou ne vous est pas ouverte.")
    if note.agent_id is None or note.agent_id != par.agent_id:
        raise regles.refus(
            "note_d_un_autre",
            "Seul son auteur corrige une note. Écrivez la vôtre à côté.",
        )
    propre = _texte(texte)
    if propre == note.texte:
        return note
    note.texte = propre
    note.save(update_fields=["texte"])
    numero = note.cle_acces // PAS
    compartiment = Compartiment.SOCIAL if numero == PERSONNEL else Compartiment(numero)
    sujet = Sujet(
        compartiment=compartiment,
        personne_id=note.personne_id,
        commune_id=note.personne.commune_id,
        objet_id=note.accueil_id,
    )
    ligne = consigner(charge=charges.CorrigerNote(note_id=note.pk), par=par, le=le, sujet=sujet)
    exiger_passee(le=le, ligne=ligne)
    return note


def _texte(texte: str) -> str:
    propre = regles.exiger_longueur(champ="note", texte=texte)
    if not propre:
        raise regles.refus(
            "note_vide", "La note est vide. Écrivez ce que la personne pourra relire.", _LEGAL
        )
    return propre
