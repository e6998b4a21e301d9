"""Rencontrer un nouvel entrant, enregistrer ses réponses au questionnaire."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.mesures.orientation_rsa.acces import RENCONTRER
from draille.mesures.orientation_rsa.actes import charges
from draille.mesures.orientation_rsa.actes.verrou import (
    deja_rencontree,
    ecrire,
    prendre,
    verifier_date,
)
from draille.mesures.orientation_rsa.models import Diagnostic, Suivi
from draille.mesures.orientation_rsa.regles import MODES, Acte, Reponses, proposer, table
from draille.socle.acces import Acces
from draille.socle.refus import Refus


@dataclass(frozen=True, slots=True, kw_only=True)
class RendezVous:
    """Comment s'est tenu le rendez-vous. `mode` : une clé de `regles.MODES`."""

    mode: str
    lieu: str = ""


@transaction.atomic
def rencontrer(*, suivi_id: int, rendez_vous: RendezVous, par: Acces, le: date) -> Suivi:
    """Enregistre le premier rendez-vous honoré, tenu le jour `le`.

    Lève `Refus` : `acces.refuse`, `orientation_rsa.` `introuvable`, `sans_suite`,
    `deja_rencontree`, `avant_entree`, `date_future`, `mode_inconnu`.
    """
    suivi, vers = prendre(
        suivi_id=suivi_id,
        acte=Acte.RENCONTRER,
        roles=RENCONTRER,
        action="enregistrer un rendez-vous",
        par=par,
    )
    if suivi.rencontree_le is not None:
        raise deja_rencontree(suivi)
    if rendez_vous.mode not in MODES:
        raise Refus(
            code="orientation_rsa.mode_inconnu",
            message=f"« {rendez_vous.mode} » n'est pas une façon de se rencontrer. "
            f"Choisissez : {', '.join(MODES.values()).lower()}.",
        )
    verifier_date(suivi=suivi, le=le)
    suivi.statut = vers
    suivi.rencontree_le = le
    suivi.rencontre_mode = rendez_vous.mode
    suivi.rencontre_lieu = rendez_vous.lieu.strip()
    suivi.save(update_fields=["statut", "rencontree_le", "rencontre_mode", "rencontre_lieu"])
    ecrire(charge=charges.Rencontrer(rendez_vous.mode), suivi=suivi, par=par, le=le)
    return suivi


@transaction.atomic
def diagnostiquer(*, suivi_id: int, reponses: Reponses, par: Acces, le: date) -> Diagnostic:
    """Enregistre des réponses datées ; la proposition qui en découle s'écrit au journal.

    Lève `Refus` : `acces.refuse`, `orientation_rsa.` `introuvable`, `sans_suite`, `avant_entree`,
    `date_future`, `reponses_incoherentes`, `regime_absent`.
    """
    suivi, _ = prendre(
        suivi_id=suivi_id,
        acte=Acte.DIAGNOSTIQUER,
        roles=RENCONTRER,
        action="enregistrer un diagnostic",
        par=par,
    )
    verifier_date(suivi=suivi, le=le)
    if reponses.incoherence():
        raise Refus(code="orientation_rsa.reponses_incoherentes", message=reponses.incoherence())
    proposition = proposer(reponses=reponses, le=le, table=table())
    diagnostic = Diagnostic.objects.create(
        suivi=suivi,
        personne_id=suivi.personne_id,
        cle_acces=suivi.cle_acces,
        fait_le=le,
        agent_id=par.agent_id,
        activite=reponses.activite,
        duree_sans_emploi_mois=reponses.duree_sans_emploi_mois,
        projection=reponses.projection,
        qualification=reponses.qualification,
        freins={str(f): str(n) for f, n in reponses.freins.items()},
    )
    charge = charges.Diagnostiquer(
        type_propose=proposition.type_parcours, regle=proposition.regle, regime=proposition.regime
    )
    ecrire(charge=charge, suivi=suivi, par=par, le=le)
    return diagnostic
