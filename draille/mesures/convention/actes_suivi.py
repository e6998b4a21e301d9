"""Ce qui fait vivre une convention entre deux textes : délibérations, actions, valeurs, réductions.

Les échéances sont à côté (`actes_echeances`) ; tout se prend d'ici.
"""

from dataclasses import asdict
from datetime import date
from decimal import Decimal

from django.db import transaction

from draille.mesures.convention import models
from draille.mesures.convention.actes_commun import cadre_verrouille, exiger, exiger_ligne, refus
from draille.mesures.convention.actes_echeances import fixer_echeance as fixer_echeance
from draille.mesures.convention.actes_echeances import reporter_echeance as reporter_echeance
from draille.mesures.convention.actes_echeances import tenir_echeance as tenir_echeance
from draille.mesures.convention.actes_suivi_charges import ACTES_SUIVI as ACTES_SUIVI
from draille.mesures.convention.actes_suivi_charges import (
    CorrigerValeur,
    Deliberer,
    EnregistrerReduction,
    InscrireAction,
    SaisirValeur,
)
from draille.mesures.convention.actes_suivi_charges import NouvelleAction as NouvelleAction
from draille.mesures.convention.actes_suivi_charges import NouvelleEcheance as NouvelleEcheance
from draille.mesures.convention.actes_suivi_charges import NouvelleReduction as NouvelleReduction
from draille.mesures.convention.actes_suivi_charges import NouvelleValeur as NouvelleValeur
from draille.mesures.convention.regles.suivi import Organe, Provenance
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces


@transaction.atomic
def deliberer(
    *, texte_id: int, organe: Organe, reference: str, tenue_le: date, par: Acces, le: date
) -> models.Deliberation:
    """Inscrit le vote qui autorise un texte (CGCT, L3211-1 et L3211-2).

    Lève `Refus('acces.refuse')`, `Refus('convention.deliberation')` si elle est déjà inscrite ou à
    venir.
    """
    exiger(par, "inscrire une délibération")
    texte = models.Texte.objects.select_related("cadre").get(pk=texte_id)
    if tenue_le > le:
        raise refus("deliberation", "Une délibération s'inscrit une fois tenue.")
    if texte.deliberations.filter(reference=reference).exists():
        raise refus("deliberation", f"La délibération « {reference} » est déjà inscrite.")
    vote = models.Deliberation.objects.create(
        texte=texte, organe=organe, reference=reference, tenue_le=tenue_le
    )
    charge = Deliberer(texte.cadre.code, texte.code, str(organe), reference, tenue_le)
    consigner(charge=charge, par=par, le=tenue_le, sujet=Sujet(objet_id=vote.pk))
    return vote


@transaction.atomic
def inscrire_action(
    *, cadre_id: int, action: NouvelleAction, par: Acces, le: date
) -> models.Action:
    """Inscrit une action d'une ligne ; la convention se lit avec elle à partir de `le`.

    Lève `Refus('acces.refuse')`, `Refus('convention.action')` (ligne inconnue, code déjà pris,
    montant négatif, dates à l'envers).
    """
    exiger(par, "inscrire une action")
    cadre = cadre_verrouille(cadre_id)
    exiger_ligne(cadre, action.ligne_code, "action")
    if cadre.actions.filter(code=action.code).exists():
        raise refus("action", f"L'action « {action.code} » est déjà inscrite.")
    if action.montant is not None and action.montant < 0:
        raise refus("action", "Le montant d'une action ne peut pas être négatif.")
    if action.debut and action.fin and action.fin <= action.debut:
        raise refus("action", "La fin d'une action suit son début.")
    inscrite = models.Action.objects.create(
        cadre=cadre, rang=cadre.actions.count(), inscrite_le=le, **asdict(action)
    )
    consigner(
        charge=InscrireAction(
            convention=cadre.code,
            ligne=action.ligne_code,
            action=action.code,
            libelle=action.libelle,
            porteur=action.porteur,
            montant=action.montant,
        ),
        par=par,
        le=le,
        sujet=Sujet(objet_id=inscrite.pk),
    )
    return inscrite


@transaction.atomic
def saisir_valeur(*, cadre_id: int, valeur: NouvelleValeur, par: Acces, le: date) -> models.Valeur:
    """Saisit une valeur relevée, ou une base. Deux sources d'une même année sont deux valeurs.

    Lève `Refus('acces.refuse')`, `Refus('convention.valeur')` (cible inconnue, déjà saisie pour
    cette source et cette année, négative, sans origine, calculée des actes).
    """
    exiger(par, "saisir une valeur")
    cadre = models.Cadre.objects.select_for_update().get(pk=cadre_id)
    _verifier_valeur(cadre, valeur)
    saisie = models.Valeur.objects.create(cadre=cadre, relevee_le=le, **asdict(valeur))
    charge = SaisirValeur(
        convention=cadre.code,
        ligne=valeur.ligne_code,
        cible=valeur.cible_code,
        annee=valeur.annee,
        provenance=str(valeur.provenance),
        est_base=valeur.est_base,
        valeur=valeur.valeur,
        origine=valeur.origine,
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=saisie.pk))
    return saisie


def _verifier_valeur(cadre: models.Cadre, valeur: NouvelleValeur) -> None:
    connue = models.Cible.objects.filter(
        ligne__texte__cadre=cadre, ligne__code=valeur.ligne_code, code=valeur.cible_code
    )
    if not connue.exists():
        raise refus("valeur", f"« {valeur.cible_code} » n'est pas une cible de cette ligne.")
    if valeur.provenance is Provenance.DRAILLE:
        raise refus("valeur", "Une valeur calculée des actes ne se saisit pas.")
    if valeur.valeur < 0 or not valeur.origine.strip():
        raise refus("valeur", "Une valeur est positive ou nulle, et dit d'où elle vient.")
    deja = cadre.valeurs.filter(
        ligne_code=valeur.ligne_code,
        cible_code=valeur.cible_code,
        annee=valeur.annee,
        provenance=valeur.provenance,
        est_base=valeur.est_base,
    )
    if deja.exists():
        raise refus("valeur", "Cette valeur est déjà saisie pour cette source : corrigez-la.")


@transaction.atomic
def corriger_valeur(
    *, valeur_id: int, valeur: Decimal, origine: str, par: Acces, le: date
) -> models.Valeur:
    """Remplace une valeur par une autre ; l'ancienne reste, et se lit aux dates d'avant.

    Lève `Refus('acces.refuse')`, `Refus('convention.valeur')` (déjà corrigée, négative, inchangée,
    sans origine).
    """
    exiger(par, "corriger une valeur")
    ancienne = models.Valeur.objects.select_related("cadre").get(pk=valeur_id)
    # Une valeur ne se verrouille pas : elle est en ajout seul. Son cadre, si.
    cadre_verrouille(ancienne.cadre_id)
    if hasattr(ancienne, "remplacee_par"):
        raise refus("valeur", "Cette valeur est déjà corrigée : corrigez la plus récente.")
    if valeur < 0 or not origine.strip():
        raise refus("valeur", "Une valeur est positive ou nulle, et dit d'où elle vient.")
    if (valeur, origine) == (ancienne.valeur, ancienne.origine):
        raise refus("valeur", "Rien ne change : cette valeur est déjà celle-là.")
    champs = ("cadre", "ligne_code", "cible_code", "annee", "provenance", "est_base")
    corrigee = models.Valeur.objects.create(
        **{nom: getattr(ancienne, nom) for nom in champs},
        valeur=valeur,
        origine=origine,
        relevee_le=le,
        remplace=ancienne,
    )
    charge = CorrigerValeur(
        convention=ancienne.cadre.code,
        ligne=ancienne.ligne_code,
        cible=ancienne.cible_code,
        annee=ancienne.annee,
        provenance=ancienne.provenance,
        ancienne=ancienne.valeur,
        valeur=valeur,
        origine=origine,
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=corrigee.pk))
    return corrigee


@transaction.atomic
def enregistrer_reduction(
    *, cadre_id: int, reduction: NouvelleReduction, par: Acces, le: date
) -> models.Reduction:
    """Garde la décision de l'État de réduire ses crédits d'une année, et son motif.

    Lève `Refus('acces.refuse')`, `Refus('convention.reduction')` (montant nul ou négatif, déjà
    enregistrée, notifiée plus tard, sans motif).
    """
    exiger(par, "enregistrer une réduction")
    cadre = cadre_verrouille(cadre_id)
    if reduction.montant <= 0:
        raise refus("reduction", "Écrivez ce que l'État retire, en euros, sans signe.")
    if reduction.notifiee_le > le:
        raise refus("reduction", "Une décision s'enregistre une fois notifiée.")
    if not reduction.motif.strip():
        raise refus("reduction", "Recopiez le motif que l'État donne.")
    if cadre.reductions.filter(reference=reduction.reference).exists():
        raise refus("reduction", f"La décision « {reduction.reference} » est déjà enregistrée.")
    gardee = models.Reduction.objects.create(cadre=cadre, **asdict(reduction))
    charge = EnregistrerReduction(
        cadre.code, reduction.annee, reduction.montant, reduction.reference
    )
    consigner(charge=charge, par=par, le=reduction.notifiee_le, sujet=Sujet(objet_id=gardee.pk))
    return gardee
