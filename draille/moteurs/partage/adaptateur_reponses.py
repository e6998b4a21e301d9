"""Les réponses à une orientation : du partenaire connecté, de son lien, ou de l'agent qui sait.

La ligne de journal est sociale, comme l'orientation ; le partenaire n'en a pas la clé. Chaque acte
vérifie donc le droit d'abord, puis s'élargit à cette seule clé le temps d'écrire.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from draille.moteurs.partage import journal
from draille.moteurs.partage.adaptateur_commun import ROLES_ORIENTER, sujet
from draille.moteurs.partage.adaptateur_orientations import inconnue
from draille.moteurs.partage.calcul import MOTIFS_REFUS, REVENUES, arrivee
from draille.moteurs.partage.models import LienReponse, Orientation
from draille.noyau.journal.actes import consigner
from draille.socle import contexte
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reponse:
    """Ce qui est répondu : le geste, la charge à écrire selon la voie, les mots du partenaire."""

    geste: str
    charge: Callable[[str], Any]
    nouvelles: str
    motif: str = ""


_FINIES = (Orientation.Statut.TERMINEE, Orientation.Statut.REFUSEE)


def accepter(*, orientation_id: int, par: Acces, le: date, nouvelles: str = "") -> Orientation:
    """Le partenaire recevra la personne. Lève `Refus` : `partage.` `orientation_inconnue`,
    `geste_impossible`, `date` ; `acces.refuse`. `nouvelles` : 300 caractères au plus.
    """
    reponse = _Reponse(geste="accepter", charge=journal.Accepter, nouvelles=nouvelles)
    return _repondre(reponse, orientation_id, par, le)


def recevoir(*, orientation_id: int, par: Acces, le: date, nouvelles: str = "") -> Orientation:
    """La personne a été reçue. Mêmes refus qu'`accepter`."""
    reponse = _Reponse(geste="recevoir", charge=journal.Recevoir, nouvelles=nouvelles)
    return _repondre(reponse, orientation_id, par, le)


def poursuivre(*, orientation_id: int, par: Acces, le: date, nouvelles: str = "") -> Orientation:
    """Le partenaire accompagne la personne. Mêmes refus qu'`accepter`."""
    reponse = _Reponse(geste="poursuivre", charge=journal.Poursuivre, nouvelles=nouvelles)
    return _repondre(reponse, orientation_id, par, le)


def terminer(*, orientation_id: int, par: Acces, le: date, nouvelles: str = "") -> Orientation:
    """Le besoin a eu sa réponse ; les liens se ferment. Mêmes refus qu'`accepter`."""
    reponse = _Reponse(geste="terminer", charge=journal.Terminer, nouvelles=nouvelles)
    return _repondre(reponse, orientation_id, par, le)


def perdre(*, orientation_id: int, par: Acces, le: date, nouvelles: str = "") -> Orientation:
    """La personne n'est pas venue, ou plus. Mêmes refus qu'`accepter`."""
    reponse = _Reponse(geste="perdre", charge=journal.Perdre, nouvelles=nouvelles)
    return _repondre(reponse, orientation_id, par, le)


def refuser(
    *, orientation_id: int, motif: str, par: Acces, le: date, nouvelles: str = ""
) -> Orientation:
    """Le partenaire ne recevra pas la personne, et dit pourquoi (`calcul.MOTIFS_REFUS`).

    Mêmes refus qu'`accepter`, et `Refus('partage.motif')` si le motif n'est pas de la liste.
    """
    if motif not in MOTIFS_REFUS:
        raise Refus(
            code="partage.motif",
            message="Dites pourquoi : choisissez une raison dans la liste.",
        )

    def charge(voie: str) -> journal.Refuser:
        return journal.Refuser(voie, motif)

    reponse = _Reponse(geste="refuser", charge=charge, nouvelles=nouvelles, motif=motif)
    return _repondre(reponse, orientation_id, par, le)


@transaction.atomic
def _repondre(reponse: _Reponse, orientation_id: int, par: Acces, le: date) -> Orientation:
    orientation, voie = _ouvrir(orientation_id, par)
    vers = arrivee(geste=reponse.geste, depuis=orientation.statut)
    if vers is None:
        raise Refus(
            code="partage.geste_impossible",
            message=f"Cette orientation est « {orientation.get_statut_display()} » : cette réponse "
            "ne s'y applique plus. Rechargez la page pour voir ce qui est possible.",
        )
    if le < orientation.envoyee_le:
        raise Refus(
            code="partage.date",
            message=f"L'orientation est du {orientation.envoyee_le:%d/%m/%Y} : la réponse ne peut "
            "pas être d'avant.",
        )
    orientation.statut = vers
    orientation.suite_le = le
    orientation.motif_refus = reponse.motif
    orientation.nouvelles = reponse.nouvelles.strip()[:300] or orientation.nouvelles
    if vers not in REVENUES:
        orientation.revue_le = None
    orientation.save(update_fields=["statut", "suite_le", "motif_refus", "nouvelles", "revue_le"])
    with contexte.elargi(cles=[orientation.cle_acces]):
        if vers in _FINIES:
            LienReponse.objects.filter(orientation=orientation, ferme_le__isnull=True).update(
                ferme_le=le
            )
        consigner(charge=reponse.charge(voie), par=par, le=le, sujet=sujet(orientation=orientation))
    return orientation


def _ouvrir(orientation_id: int, par: Acces) -> tuple[Orientation, str]:
    """L'orientation verrouillée, et par quelle voie cet accès y répond."""
    orientation: Orientation | None = (
        Orientation.objects.visibles(par).select_for_update().filter(pk=orientation_id).first()
    )
    if orientation is None:
        raise inconnue()
    if orientation.cle_partenaire is not None and par.a_role_sur(
        (Role.PARTENAIRE,), orientation.cle_partenaire
    ):
        return orientation, "lien" if par.agent_id is None else "partenaire"
    par.exiger(ROLES_ORIENTER, cle_ligne=orientation.cle_acces, action="répondre à une orientation")
    return orientation, "agent"
