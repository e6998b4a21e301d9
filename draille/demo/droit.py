"""Calculer, pour un mois, le droit d'un foyer fictif et qui est soumis aux droits et devoirs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from draille.demo.bareme import NATURES_ACTIVITE, Taille, bareme
from draille.demo.fictif import (
    Droit,
    FoyerFictif,
    PersonneFictive,
    Ressource,
    Versement,
    changer,
)

AGE_DU_RSA = 25
AGE_ENFANT_MAJORATION = 3
CENTIME = Decimal("0.01")
ZERO = Decimal(0)
# Au-dessus du minimum versé, pour qu'un foyer ouvert ne soit pas sous le seuil de versement.
MARGE = Decimal(10)
# Parts fictives, tirées du matricule pour rester les mêmes d'un mois à l'autre.
SANS_FORFAIT_LOGEMENT_UN_SUR = 5
MAJORES_SUR_DIX = 6
RAPPEL_ACTIVITE_UN_SUR = 331


def trimestre(mois: date, phase: int) -> date:
    """Rendre le premier jour du trimestre de référence d'un mois ; `phase` décale les foyers."""
    rang = mois.year * 12 + mois.month - 1
    debut = rang - 3 - (rang - phase) % 3
    return date(debut // 12, debut % 12 + 1, 1)


def revoir_le_trimestre(foyer: FoyerFictif, mois: date) -> FoyerFictif:
    """Avancer le trimestre de référence, s'il est temps, sans changer de phase."""
    phase = (foyer.trimestre_debut.year * 12 + foyer.trimestre_debut.month - 1) % 3
    debut = trimestre(mois, phase)
    return foyer if debut == foyer.trimestre_debut else changer(foyer, trimestre_debut=debut)


def revenu_d_activite(personne: PersonneFictive) -> Decimal:
    """Rendre le revenu mensuel moyen d'activité du trimestre, en euros."""
    return sum(
        (ligne.montant for ligne in personne.ressources if ligne.nature in NATURES_ACTIVITE), ZERO
    )


def est_soumise(personne: PersonneFictive) -> bool:
    """Dire si la personne relève des droits et devoirs (CASF D262-65)."""
    seuil = bareme().montant_seuil_droits_et_devoirs
    return personne.est_adulte and revenu_d_activite(personne) < seuil


def recalculer(foyer: FoyerFictif, mois: date) -> FoyerFictif:
    """Rendre le foyer avec son droit du mois.

    Les ressources qui fermeraient le droit sont réduites d'autant : un foyer fictif ne quitte le
    RSA que lorsque l'évolution le décide.
    """
    regles = bareme()
    taille = _taille(foyer, mois)
    garanti = regles.minimum_garanti(taille=taille, le=mois)
    logement = ZERO
    if not foyer.est_sans_domicile and foyer.matricule % SANS_FORFAIT_LOGEMENT_UN_SUR:
        logement = regles.forfait_logement(taille=taille, le=mois)
    plafond = garanti - logement - regles.montant_minimum_verse - MARGE
    personnes = _reduire(foyer.personnes, plafond)
    ressources = sum((ligne.montant for p in personnes for ligne in p.ressources), ZERO)
    personnes = tuple(
        p if p.est_soumise == est_soumise(p) else changer(p, est_soumise=est_soumise(p))
        for p in personnes
    )
    total = garanti - logement - ressources
    droit = Droit(garanti, ressources, logement, total, ())
    foyer = changer(foyer, personnes=personnes)
    return changer(foyer, droit=changer(droit, versements=_versements(foyer, taille, droit, mois)))


def _taille(foyer: FoyerFictif, mois: date) -> Taille:
    adultes, enfants = foyer.adultes, foyer.enfants
    jeune_enfant = any(_age(e, mois) < AGE_ENFANT_MAJORATION for e in enfants)
    enceinte = adultes[0].grossesse_debut is not None
    # Les premiers mois qui suivent la séparation, puis jusqu'aux trois ans du plus jeune enfant.
    est_majore = (
        len(adultes) == 1 and (jeune_enfant or enceinte) and foyer.matricule % 10 < MAJORES_SUR_DIX
    )
    return Taille(len(adultes), len(enfants), est_majore)


def _age(personne: PersonneFictive, le: date) -> int:
    anniversaire = (le.month, le.day) >= (personne.naissance.month, personne.naissance.day)
    return le.year - personne.naissance.year - (0 if anniversaire else 1)


def _reduire(
    personnes: tuple[PersonneFictive, ...], plafond: Decimal
) -> tuple[PersonneFictive, ...]:
    total = sum((ligne.montant for p in personnes for ligne in p.ressources), ZERO)
    if total <= plafond or total == 0:
        return personnes
    part = plafond / total
    return tuple(
        changer(
            p,
            ressources=tuple(
                Ressource(ligne.nature, (ligne.montant * part).quantize(CENTIME, "ROUND_DOWN"))
                for ligne in p.ressources
            ),
        )
        if p.ressources
        else p
        for p in personnes
    )


def _versements(
    foyer: FoyerFictif, taille: Taille, droit: Droit, mois: date
) -> tuple[Versement, ...]:
    nature, sous_nature = _nature(foyer, taille, mois)
    # Le droit d'une nature garde son début tant qu'il dure : un foyer inchangé reste identique.
    avant = foyer.droit.versements[0] if foyer.droit else None
    debut = min(mois, foyer.demande_le.replace(day=1))
    if avant is not None:
        debut = avant.debut if avant.nature == nature else mois
    principal = Versement(
        nature, sous_nature, debut, montant=droit.montant_total, dernier_le=_paiement(mois)
    )
    # De rares rappels du RSA activité d'avant 2016, à la charge de l'État.
    if foyer.matricule % RAPPEL_ACTIVITE_UN_SUR == 0:
        rappel = Versement(
            "RCD", "RCDN2", date(2015, 10, 1), montant=Decimal("38.50"), fin=date(2015, 12, 31)
        )
        return principal, rappel
    return (principal,)


def _paiement(mois: date) -> date:
    """Rendre le jour du versement dans le mois (le 5, ou le lundi qui suit un week-end)."""
    jour = mois.replace(day=5)
    while jour.weekday() >= 5:
        jour += timedelta(days=1)
    return jour


def _nature(foyer: FoyerFictif, taille: Taille, mois: date) -> tuple[str, str]:
    """Rendre NATPF et SOUSNATPF : RSD et RSI au Département, RSJ et RSU à l'État."""
    demandeur = foyer.personnes[0]
    if any(activite.contrat == "CU1" for activite in demandeur.activites):
        return "RSU", "RSUN3"
    if taille.est_majore:
        return "RSI", "RSIN1"
    if _age(demandeur, mois) >= AGE_DU_RSA:
        return "RSD", "RSDN2"
    return ("RSD", "RSDN1") if taille.enfants else ("RSJ", "RSJN1")
