"""Ce qu'un rendez-vous devient : honoré, excusé, manqué, annulé, déplacé.

Une absence n'entraîne qu'une seconde convocation ; après deux, une personne examine la situation.
Rien d'autre n'est automatique : ni suspension, ni sanction (CASF L262-37).
"""

from datetime import date

from django.db import transaction

from draille.mesures.rendez_vous import regles
from draille.mesures.rendez_vous.acces import CONVOQUER, RENDRE_COMPTE
from draille.mesures.rendez_vous.actes import annonce, charges
from draille.mesures.rendez_vous.actes.commun import (
    ecrire,
    prendre,
    prendre_demande,
    refus,
)
from draille.mesures.rendez_vous.actes.convocation import AFixer, fixer_un
from draille.mesures.rendez_vous.models import DemandeRendezVous, Motif, RendezVous
from draille.moteurs.messages.adaptateur import deposer_lot
from draille.socle.acces import Acces, Role
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

Statut = RendezVous.Statut
Attente = DemandeRendezVous.Statut
DEPLACE = "Déplacé à une autre date"


@transaction.atomic
def honorer(*, rendez_vous_id: int, par: Acces, le: date) -> RendezVous:
    """La personne est venue ; la ligne de journal est datée du jour du rendez-vous.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `introuvable`, `suite_dite`, `pas_encore`,
    `date_future`.
    """
    rendez_vous = _prendre_echu(rendez_vous_id, par, le)
    _dire(rendez_vous, Statut.HONORE, le)
    est_referent = rendez_vous.motif == Motif.REFERENT
    charge = charges.HonorerReferent if est_referent else charges.Honorer
    demande = rendez_vous.demande
    if demande and est_referent and demande.agent_id != rendez_vous.creneau.agent_id:
        # Le référent a changé : le nouveau reste à rencontrer.
        demande = None
    _ecrire(charge, rendez_vous, par=par, le=rendez_vous.jour, dit_le=le, demande_id=_id(demande))
    if demande is not None:
        # Vue, donc rencontrée, même si la demande s'était close autrement entre-temps.
        demande.statut = Attente.SATISFAITE
        demande.save(update_fields=["statut"])
    return rendez_vous


@transaction.atomic
def excuser(*, rendez_vous_id: int, motif: str, par: Acces, le: date) -> RendezVous:
    """La personne ne vient pas, et a dit pourquoi, avant ou après ; elle est à convoquer de nouveau
    au même rang, et le créneau se libère.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `introuvable`, `suite_dite`, `motif_absent`,
    `date_future`.
    """
    rendez_vous = _prendre_fixe(rendez_vous_id, RENDRE_COMPTE, "noter une absence", par)
    _exiger_motif(motif, "Écrivez en une phrase ce que la personne a dit.")
    _dire(rendez_vous, Statut.EXCUSE, le, motif)
    quand = min(le, rendez_vous.jour)
    demande_id = rendez_vous.demande_id
    _ecrire(charges.Excuser, rendez_vous, par=par, le=quand, dit_le=le, demande_id=demande_id)
    annonce.retirer(rendez_vous, par=par, le=le)
    _redemander(rendez_vous, cause="excuse", rang=rendez_vous.rang, par=par, le=quand)
    return rendez_vous


@transaction.atomic
def manquer(*, rendez_vous_id: int, par: Acces, le: date) -> RendezVous:
    """La personne n'est pas venue : une seconde convocation, puis l'examen par une personne.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `introuvable`, `suite_dite`, `pas_encore`,
    `date_future`.
    """
    rendez_vous = _prendre_echu(rendez_vous_id, par, le)
    _dire(rendez_vous, Statut.MANQUE, le)
    jour = rendez_vous.jour
    demande_id = rendez_vous.demande_id
    _ecrire(charges.Manquer, rendez_vous, par=par, le=jour, dit_le=le, demande_id=demande_id)
    if rendez_vous.rang < registre_global().entier("rendez_vous.convocations_max", jour):
        _redemander(rendez_vous, cause="absence", rang=rendez_vous.rang + 1, par=par, le=jour)
    elif (demande := _attendue(rendez_vous)) is not None:
        demande.statut = Attente.SIGNALEE
        demande.save(update_fields=["statut"])
        _clore(demande, issue="signalee", par=par, le=jour)
    return rendez_vous


@transaction.atomic
def annuler(*, rendez_vous_id: int, motif: str, par: Acces, le: date) -> RendezVous:
    """Le service annule ; la personne est prévenue et à convoquer de nouveau au même rang.

    Sans adresse connue, l'annulation tient et rien n'est écrit : il faut appeler. Lève `Refus` :
    `acces.refuse`, `rendez_vous.` `introuvable`, `suite_dite`, `motif_absent`, `date_future`.
    """
    rendez_vous = _prendre_fixe(rendez_vous_id, CONVOQUER, "annuler un rendez-vous", par)
    _exiger_motif(motif, "Écrivez en une phrase pourquoi le service annule : la personne le lira.")
    _dire(rendez_vous, Statut.ANNULE, le, motif)
    charge = _charge_annuler(rendez_vous, est_deplace=False)
    ecrire(charge=charge, de=rendez_vous, par=par, le=le, dit_le=le)
    annonce.retirer(rendez_vous, par=par, le=le)
    if rendez_vous.jour >= le:
        prevenue = deposer_lot(
            envois=[annonce.annulation(rendez_vous, motif=motif.strip())], par=par, le=le
        )[0]
        if isinstance(prevenue, Refus) and prevenue.code != "messages.adresse_absente":
            raise prevenue
    _redemander(rendez_vous, cause="annulation", rang=rendez_vous.rang, par=par, le=le)
    return rendez_vous


@transaction.atomic
def deplacer(*, rendez_vous_id: int, creneau_id: int, par: Acces, le: date) -> RendezVous:
    """Change de créneau, au même rang : l'ancien rendez-vous est annulé, le nouveau annoncé.

    Lève `Refus` : ceux de `fixer`, et `rendez_vous.` `suite_dite`, `deja_passe`.
    """
    ancien = _prendre_fixe(rendez_vous_id, CONVOQUER, "déplacer un rendez-vous", par)
    if ancien.jour < le:
        raise refus(
            "deja_passe",
            f"Ce rendez-vous du {date_moyenne(ancien.jour)} est passé. Dites d'abord ce qu'il est "
            "devenu ; la personne sera convoquée de nouveau.",
        )
    _dire(ancien, Statut.ANNULE, le, DEPLACE)
    charge = _charge_annuler(ancien, est_deplace=True)
    ecrire(charge=charge, de=ancien, par=par, le=le, dit_le=le)
    annonce.retirer(ancien, par=par, le=le)
    demande = ancien.demande
    vise = AFixer(
        personne=ancien.personne,
        creneau_id=creneau_id,
        cle_acces=ancien.cle_acces,
        motif=ancien.motif,
        objet_id=ancien.objet_id,
        demande=demande,
        rang=ancien.rang,
        est_algorithmique=bool(demande and demande.est_algorithmique),
    )
    return fixer_un(vise, par=par, le=le)


@transaction.atomic
def reconvoquer(*, demande_id: int, par: Acces, le: date) -> DemandeRendezVous:
    """Après examen, convoque encore une personne absente deux fois.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `introuvable`, `pas_signalee`, `date_future`.
    """
    demande = prendre_demande(
        demande_id=demande_id, roles=CONVOQUER, action="reprendre une convocation", par=par
    )
    if demande.statut != Attente.SIGNALEE:
        raise refus("pas_signalee", "Cette convocation n'attend pas d'examen.")
    _rouvrir(demande, rang=demande.rang + 1, le=le)
    _ecrire_demande(demande, cause="examen", par=par, le=le, dit_le=le)
    return demande


@transaction.atomic
def classer(*, demande_id: int, motif: str, par: Acces, le: date) -> DemandeRendezVous:
    """Classe une demande qui n'a pas de rendez-vous fixé. Une personne le décide, et dit pourquoi.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `introuvable`, `demande_close`, `motif_absent`,
    `date_future`.
    """
    demande = prendre_demande(
        demande_id=demande_id, roles=CONVOQUER, action="classer une convocation", par=par
    )
    _exiger_motif(motif, "Écrivez en une phrase pourquoi cette convocation n'a plus lieu d'être.")
    if demande.statut not in (Attente.A_CONVOQUER, Attente.SIGNALEE):
        raise refus(
            "demande_close",
            f"Cette convocation ne se classe pas : elle est « {demande.get_statut_display()} ».",
        )
    demande.statut = Attente.SANS_SUITE
    demande.motif_classement = motif.strip()
    demande.save(update_fields=["statut", "motif_classement"])
    _clore(demande, issue="classee", par=par, le=le)
    return demande


def _prendre_fixe(
    rendez_vous_id: int, roles: tuple[Role, ...], action: str, par: Acces
) -> RendezVous:
    rendez_vous = prendre(rendez_vous_id=rendez_vous_id, roles=roles, action=action, par=par)
    if rendez_vous.statut != Statut.FIXE:
        quand = f" le {date_moyenne(rendez_vous.suite_le)}" if rendez_vous.suite_le else ""
        raise refus(
            "suite_dite",
            f"La suite de ce rendez-vous est déjà dite{quand} : "
            f"« {rendez_vous.get_statut_display()} ».",
        )
    return rendez_vous


def _prendre_echu(rendez_vous_id: int, par: Acces, le: date) -> RendezVous:
    rendez_vous = _prendre_fixe(rendez_vous_id, RENDRE_COMPTE, "dire qui est venu", par)
    if le < rendez_vous.jour:
        raise refus(
            "pas_encore",
            f"Ce rendez-vous est le {date_moyenne(rendez_vous.jour)} : dites qui est venu quand "
            "il aura eu lieu.",
        )
    return rendez_vous


def _exiger_motif(motif: str, phrase: str) -> None:
    if not motif.strip():
        raise refus("motif_absent", phrase)


def _dire(rendez_vous: RendezVous, statut: RendezVous.Statut, le: date, motif: str = "") -> None:
    rendez_vous.statut = statut
    rendez_vous.suite_le = le
    rendez_vous.excuse = motif.strip()
    rendez_vous.save(update_fields=["statut", "suite_le", "excuse"])


def _id(demande: DemandeRendezVous | None) -> int | None:
    return None if demande is None else demande.pk


def _ecrire(
    charge: type[charges.Honorer],
    de: RendezVous,
    *,
    par: Acces,
    le: date,
    dit_le: date,
    demande_id: int | None,
) -> None:
    corps = charge(
        rendez_vous_id=de.pk,
        demande_id=demande_id,
        motif=de.motif,
        rang=de.rang,
        jour=de.jour,
    )
    ecrire(charge=corps, de=de, par=par, le=le, dit_le=dit_le)


def _charge_annuler(rendez_vous: RendezVous, *, est_deplace: bool) -> charges.Annuler:
    return charges.Annuler(
        rendez_vous_id=rendez_vous.pk,
        demande_id=rendez_vous.demande_id,
        motif=rendez_vous.motif,
        rang=rendez_vous.rang,
        jour=rendez_vous.jour,
        est_deplace=est_deplace,
    )


def _attendue(rendez_vous: RendezVous) -> DemandeRendezVous | None:
    """La demande, si c'est bien ce rendez-vous qu'elle attendait."""
    demande: DemandeRendezVous | None = rendez_vous.demande
    return demande if demande is not None and demande.statut == Attente.CONVOQUEE else None


def _redemander(rendez_vous: RendezVous, *, cause: str, rang: int, par: Acces, le: date) -> None:
    demande = _attendue(rendez_vous)
    if demande is not None:
        _rouvrir(demande, rang=rang, le=le)
        assert rendez_vous.suite_le is not None
        _ecrire_demande(demande, cause=cause, par=par, le=le, dit_le=rendez_vous.suite_le)


def _rouvrir(demande: DemandeRendezVous, *, rang: int, le: date) -> None:
    delai = registre_global().entier("rendez_vous.delai_apres_absence", le)
    demande.avant_le = regles.limite_apres_absence(
        avant_le=demande.avant_le, jour=le, delai_jours=delai
    )
    demande.rang = rang
    demande.statut = Attente.A_CONVOQUER
    demande.save(update_fields=["avant_le", "rang", "statut"])


def _ecrire_demande(
    demande: DemandeRendezVous, *, cause: str, par: Acces, le: date, dit_le: date
) -> None:
    charge = charges.Demander(
        demande_id=demande.pk,
        motif=demande.motif,
        rang=demande.rang,
        avant_le=demande.avant_le,
        agent_id=demande.agent_id,
        cause=cause,
    )
    ecrire(charge=charge, de=demande, par=par, le=le, dit_le=dit_le)


def _clore(demande: DemandeRendezVous, *, issue: str, par: Acces, le: date) -> None:
    charge = charges.CloreDemande(
        demande_id=demande.pk, motif=demande.motif, rang=demande.rang, issue=issue
    )
    ecrire(charge=charge, de=demande, par=par, le=le, dit_le=le)
