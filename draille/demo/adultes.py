"""Donner aux adultes d'un foyer fictif leurs ressources, leurs activités et leurs avis."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal

from draille.demo.fictif import (
    Activite,
    ConditionEti,
    FoyerFictif,
    PersonneFictive,
    Ressource,
    changer,
)

# Codes d'activité plausibles pour chaque sorte de ressources (nomenclature ACT).
ACTIVITES = {
    "aucune": ("SAC", "SAC", "CNI", "CNI", "ANP", "CHO", "CHO", "MLD", "SIN"),
    "chomage": ("ABA", "ABA", "ASS", "CHO"),
    "salaire": ("CDD", "CDD", "SAL", "CDI", "INT", "TSA"),
    "autre": ("SAC", "CHO", "INV", "SFP"),
}
NATURES = {"chomage": "010", "salaire": "001", "independant": "030", "autre": "026"}
INSCRITS = frozenset({"ABA", "ASS", "CHO", "CNI", "ANP", "INT", "CDD"})
CONTRATS = frozenset({"CDD", "CDI", "INT"})
LETTRES = "ABCDEFGHKLMNPRSTVWXYZ"


def doter(alea: Random, foyer: FoyerFictif, parts: dict[str, Any], mois: date) -> FoyerFictif:
    """Rendre le foyer dont chaque adulte a ses ressources et son activité."""
    est_msa = foyer.fonction == "MSA"
    personnes = tuple(
        doter_adulte(alea, personne, parts, mois, est_msa) if personne.est_adulte else personne
        for personne in foyer.personnes
    )
    if not est_msa:
        return changer(foyer, personnes=personnes)
    exploite = any(a.code == "EXP" for p in personnes for a in p.activites)
    return changer(foyer, personnes=personnes, regime_agricole="NSA" if exploite else "SA")


def doter_adulte(
    alea: Random, personne: PersonneFictive, parts: dict[str, Any], mois: date, est_msa: bool
) -> PersonneFictive:
    """Rendre l'adulte avec des ressources tirées selon les parts de la population."""
    sorte = alea.choices(list(parts["ressources"]), weights=list(parts["ressources"].values()))[0]
    debut = mois - timedelta(days=alea.randrange(60, 1500))
    if sorte == "independant":
        personne = _independant(alea, personne, debut, est_msa, parts)
    else:
        personne = _salarie_ou_non(alea, personne, debut, sorte, est_msa)
    if sorte in ("aucune", "salaire") and alea.random() < parts["part_contrat_aide"]:
        activite = Activite("CUI", debut, contrat="CU1")
        ressources = (Ressource("001", Decimal(alea.randrange(18_000, 40_000)) / 100),)
        personne = changer(personne, activites=(activite,), ressources=ressources)
    if personne.sexe == "2" and personne.naissance.year > mois.year - 40 and alea.random() < 0.02:
        grossesse = mois - timedelta(days=alea.randrange(80, 150))
        personne = changer(personne, grossesse_debut=grossesse)
    return personne


def _salarie_ou_non(
    alea: Random, personne: PersonneFictive, debut: date, sorte: str, est_msa: bool
) -> PersonneFictive:
    code = alea.choice(ACTIVITES[sorte])
    contrat = code if code in CONTRATS else None
    regime = "AG" if est_msa else "GE"
    activite = Activite(code, debut, regime=regime, contrat=contrat)
    identifiant = None
    if code in INSCRITS and alea.random() < 0.85:
        identifiant = f"{alea.randrange(10**7):07d}{alea.choice(LETTRES)}"
    return changer(
        personne,
        activites=(activite,),
        ressources=_ressources(alea, sorte),
        id_pole_emploi=identifiant,
    )


def _ressources(alea: Random, sorte: str) -> tuple[Ressource, ...]:
    if sorte == "aucune":
        return ()
    bornes = {
        "chomage": (90, 380, 240),
        "salaire": (120, 1150, 420),
        "independant": (0, 700, 180),
        "autre": (80, 260, 130),
    }[sorte]
    montant = Decimal(round(alea.triangular(*bornes) * 100)) / 100
    return (Ressource(NATURES[sorte], montant),)


def _independant(
    alea: Random, personne: PersonneFictive, debut: date, est_msa: bool, parts: dict[str, Any]
) -> PersonneFictive:
    code = "EXP" if est_msa else alea.choice(("ETI", "AEN", "AEN"))
    ressources = _ressources(alea, "independant")
    avis = parts["avis_eti"]
    choix: Literal["A", "D", "R"] = alea.choices(list(avis), weights=list(avis.values()))[0]
    rendu = choix != "D"
    condition = ConditionEti(
        avis=choix,
        depuis_le=debut,
        evalue_le=debut + timedelta(days=45) if rendu else None,
        montant=ressources[0].montant if rendu else None,
    )
    benefice = Decimal(alea.randrange(1_000, 9_000)) if est_msa else None
    return changer(
        personne,
        activites=(Activite(code, debut, regime="AG" if est_msa else "GE"),),
        ressources=ressources,
        condition_eti=condition,
        montant_benefice_agricole=benefice,
    )
