"""Reconnaître les colonnes d'un tableur des finances, par leurs noms d'usage ou comme on le dit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from draille.mesures.convention.regles.comptes.lecture import Feuille
from draille.mesures.convention.regles.comptes.valeurs import lire_texte
from draille.socle.texte import normaliser

# Chaque champ : son nom à l'écran, et les titres qui le disent, du plus sûr au moins sûr.
CHAMPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "montant": ("Montant", (
        "montant ttc", "montant en euros", "montant", "montant euros", "montant eur",
        "montant mandate", "montant engage", "montant du titre", "montant de l imputation",
        "montant net", "ttc", "somme")),
    "date": ("Date", (
        "date d emission", "date emission", "date du mandat", "date mandat", "date d engagement",
        "date engagement", "date du titre", "date de la piece", "date piece", "date comptable",
        "emis le", "date")),
    "etape": ("Engagement, mandat ou titre", (
        "etape", "type de piece", "type piece", "nature de piece", "nature de la piece", "sens",
        "type de mouvement", "type")),
    "numero": ("Numéro de la pièce", (
        "numero", "piece", "reference", "ref", "reference piece", "reference de la piece")),
    "mandat": ("Numéro du mandat", ("mandat",)),
    "titre": ("Numéro du titre", ("titre", "titre de recette", "titre de recettes")),
    "engagement": ("Numéro de l'engagement", (
        "engagement", "engagement juridique", "ej", "bon de commande", "engagement lie")),
    "reduit": ("Pièce que celle-ci réduit", (
        "piece reduite", "reduit", "annule", "mandat annule", "mandat reduit", "titre annule",
        "piece d origine", "mandat d origine", "reduction de", "en reduction de")),
    "exercice": ("Exercice", (
        "exercice", "exo", "exercice budgetaire", "exercice comptable", "annee budgetaire")),
    "annee": ("Année de la convention", (
        "annee de la convention", "annee convention", "millesime", "annee")),
    "convention": ("Convention", ("convention", "cadre", "contrat")),
    "ligne": ("Ligne de la convention", (
        "ligne de convention", "ligne de la convention", "ligne convention", "mesure", "ligne",
        "code mesure", "code ligne", "libelle mesure", "mesure de la convention")),
    "action": ("Action", ("action", "fiche action", "code action", "libelle action")),
    "financeur": ("Financeur", (
        "financeur", "cofinanceur", "source de financement", "origine des fonds", "financement")),
    "chapitre": ("Chapitre", ("chapitre", "chap")),
    "nature": ("Nature (compte)", (
        "nature comptable", "compte par nature", "nature", "compte", "article", "imputation")),
    "fonction": ("Fonction", ("fonction", "sous fonction", "rubrique")),
    "autorisation": ("Autorisation d'engagement ou de programme", (
        "autorisation d engagement", "autorisation de programme", "autorisation", "ae", "ap",
        "ae ap", "ap ae", "ae cp")),
    "objet": ("Objet", ("objet", "objet de la depense", "libelle", "designation", "intitule")),
}  # fmt: skip
NUMEROS = ("numero", "mandat", "titre", "engagement")
# Un titre reconnu ne se cherche pas plus bas : un tableur a une page de garde, pas un roman.
RANGEES_DE_TETE = 40
_NUMERO = re.compile(r"^(?:n|no|num|numero|code) (?:de la |de l |de |du |d |l )?(?=\w)")


@dataclass(frozen=True)
class Tete:
    """La rangée des titres d'une feuille : son rang dans `rangees`, et la colonne de chaque champ.

    `titres` sont ceux du fichier, tels qu'écrits.
    """

    rang: int
    colonnes: dict[str, int]
    titres: tuple[str, ...]


def deviner(*, titres: Sequence[str]) -> dict[str, int]:
    """La colonne de chaque champ que ces titres disent ; une colonne n'en dit qu'un."""
    normes = [normaliser(t) for t in titres]
    courts = [_NUMERO.sub("", t) for t in normes]
    trouvees: dict[str, int] = {}
    for champ, (_, noms) in CHAMPS.items():
        for nom in noms:
            rang = next(
                (
                    i
                    for i, (entier, court) in enumerate(zip(normes, courts, strict=True))
                    if nom in (entier, court) and i not in trouvees.values()
                ),
                None,
            )
            if rang is not None:
                trouvees[champ] = rang
                break
    return trouvees


def trouver_tete(
    *, feuille: Feuille, correspondance: Mapping[str, str] | None = None
) -> Tete | None:
    """La rangée qui porte les titres ; None si aucune ne dit un montant et un numéro.

    `correspondance` (champ → titre du fichier) prime sur les noms d'usage.
    """
    meilleure: Tete | None = None
    for rang, (_, cellules) in enumerate(feuille.rangees[:RANGEES_DE_TETE]):
        titres = tuple(lire_texte(c) for c in cellules)
        colonnes = _associer(titres, correspondance)
        if "montant" not in colonnes or not any(n in colonnes for n in NUMEROS):
            continue
        if meilleure is None or len(colonnes) > len(meilleure.colonnes):
            meilleure = Tete(rang, colonnes, titres)
    return meilleure


def _associer(titres: tuple[str, ...], dits: Mapping[str, str] | None) -> dict[str, int]:
    colonnes = deviner(titres=titres)
    if not dits:
        return colonnes
    normes = {normaliser(t): i for i, t in reversed(list(enumerate(titres))) if t}
    dites = {c: normes[normaliser(t)] for c, t in dits.items() if c in CHAMPS and _a(t, normes)}
    # Un titre dit qui n'est pas sur cette feuille s'y devine ; un champ dit sans titre, jamais.
    refuses = {c for c, t in dits.items() if not t}
    gardees = {
        c: i
        for c, i in colonnes.items()
        if c not in dites and c not in refuses and i not in dites.values()
    }
    return {**gardees, **dites}


def _a(titre: str, normes: Mapping[str, int]) -> bool:
    return normaliser(titre) in normes


def est_la_tete(*, cellules: tuple[Any, ...], tete: Tete) -> bool:
    """Vrai si cette rangée répète les titres, comme en haut de chaque page imprimée."""
    return all(
        rang < len(cellules) and lire_texte(cellules[rang]) == tete.titres[rang]
        for rang in tete.colonnes.values()
    )
