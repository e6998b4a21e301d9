"""Ce que les actes d'agent partagent : prendre la ligne, vérifier droit, état et date, écrire."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from draille.mesures.orientation_rsa.models import Suivi
from draille.mesures.orientation_rsa.regles import Acte, Statut, destinations
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import PAS, SANS_COMMUNE, Acces, Role
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne


def prendre(
    *, suivi_id: int, acte: Acte, roles: Iterable[Role], action: str, par: Acces
) -> tuple[Suivi, Statut]:
    """Le suivi, verrouillé jusqu'à la fin de la transaction, et le statut où mène l'acte.

    Lève `Refus` : `orientation_rsa.introuvable`, `acces.refuse`, ou l'état qui n'admet pas l'acte.
    """
    suivi: Suivi | None = (
        Suivi.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne")
        .filter(pk=suivi_id)
        .first()
    )
    if suivi is None:
        raise Refus(
            code="orientation_rsa.introuvable",
            message="Ce suivi n'existe pas, ou ne vous est pas ouvert. Revenez à la liste.",
        )
    par.exiger(roles, cle_ligne=suivi.cle_acces, action=action)
    vers = destinations(acte=acte, de=Statut(suivi.statut))
    if not vers:
        raise _etat(suivi, acte)
    return suivi, vers[0]


def verifier_date(*, suivi: Suivi, le: date) -> None:
    """Lève `Refus('orientation_rsa.avant_entree')` si l'acte précède l'entrée."""
    if le < suivi.connue_le:
        raise Refus(
            code="orientation_rsa.avant_entree",
            message=(
                f"La date du {date_moyenne(le)} précède l'entrée de la personne, connue le "
                f"{date_moyenne(suivi.connue_le)}. Corrigez la date."
            ),
        )


def ecrire(*, charge: Any, suivi: Suivi, par: Acces, le: date) -> None:
    """Écrit la ligne de l'acte. Lève `Refus('orientation_rsa.date_future')` s'il est à venir."""
    commune = suivi.cle_acces % PAS
    ligne = consigner(
        charge=charge,
        par=par,
        le=le,
        sujet=Sujet(
            compartiment=suivi.cle_acces // PAS,
            personne_id=suivi.personne_id,
            commune_id=None if commune == SANS_COMMUNE else commune,
            objet_id=suivi.entree_id,
        ),
    )
    # L'instant d'écriture est celui du contexte, que seule la base connaît : la ligne le rend.
    ecrite_le = timezone.localtime(ligne.ecrit_le).date()
    if le > ecrite_le:
        raise Refus(
            code="orientation_rsa.date_future",
            message=(
                f"La date du {date_moyenne(le)} est à venir : nous sommes le "
                f"{date_moyenne(ecrite_le)}. Enregistrez l'acte quand il aura eu lieu."
            ),
        )


def _etat(suivi: Suivi, acte: Acte) -> Refus:
    statut = Statut(suivi.statut)
    if statut is Statut.SANS_SUITE:
        return Refus(
            code="orientation_rsa.sans_suite",
            message="Ce suivi est fermé sans suite : la personne est sortie du droit avant d'être "
            "orientée. Il se rouvrira si la CAF ou la MSA rectifie cette sortie.",
        )
    if acte is Acte.ORIENTER:
        return Refus(
            code="orientation_rsa.deja_orientee",
            message="Cette personne est déjà orientée. Pour changer son parcours, réorientez-la.",
        )
    if acte is Acte.RENCONTRER:
        return deja_rencontree(suivi)
    return Refus(
        code="orientation_rsa.pas_orientee",
        message="Cette personne n'est pas encore orientée. Décidez d'abord de son orientation.",
    )


def deja_rencontree(suivi: Suivi) -> Refus:
    """Le refus d'un second premier rendez-vous."""
    quand = f" le {date_moyenne(suivi.rencontree_le)}" if suivi.rencontree_le else ""
    return Refus(
        code="orientation_rsa.deja_rencontree",
        message=f"Le premier rendez-vous est déjà enregistré{quand}.",
    )
