"""Les mois passés qu'un tableur apporte : foyers payés, bénéficiaires, dépense, ligne par ligne."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from draille.mesures.suivi_rsa.regles import nombres
from draille.socle.texte import mois_annee, normaliser

RETENUE, CONNUE, REMPLACEE, REJETEE = "retenue", "connue", "remplacee", "rejetee"
SORTS = {
    RETENUE: "Retenue",
    CONNUE: "Déjà connue",
    REMPLACEE: "Retenue, remplace un relevé",
    REJETEE: "Rejetée",
}
CHAMPS = {
    "mois": ("mois", "periode", "date"),
    "foyers": ("foyers", "foyers payes", "nombre de foyers", "allocataires", "foyers rsa"),
    "beneficiaires": ("beneficiaires", "nombre de beneficiaires", "personnes", "adultes"),
    "montant": (
        "depense",
        "montant",
        "depenses",
        "montant paye",
        "depense rsa",
        "depense en euros",
    ),
}
LIBELLES = {
    "mois": "mois",
    "foyers": "foyers payés",
    "beneficiaires": "bénéficiaires",
    "montant": "dépense",
}


@dataclass(frozen=True, slots=True)
class Releve:
    """Un mois : des nombres entiers et des euros."""

    mois: date
    foyers: int
    beneficiaires: int
    montant: Decimal


@dataclass(frozen=True, slots=True)
class LigneLue:
    """Une ligne du fichier et son sort ; `releve` nul si elle est rejetée sans se lire."""

    numero: int
    contenu: dict[str, str]
    sort: str
    releve: Releve | None = None
    champ: str = ""
    raison: str = ""


def colonnes(entetes: Sequence[str]) -> dict[str, int]:
    """Le rang de chaque champ dont une colonne porte le nom ; un champ absent n'y est pas."""
    normalisees = [normaliser(entete) for entete in entetes]
    trouvees: dict[str, int] = {}
    for champ, noms in CHAMPS.items():
        for nom in noms:
            if nom in normalisees:
                trouvees[champ] = normalisees.index(nom)
                break
    return trouvees


def manquantes(entetes: Sequence[str]) -> list[str]:
    """Les champs, en mots, dont aucune colonne n'a le nom."""
    presentes = colonnes(entetes)
    return [LIBELLES[champ] for champ in CHAMPS if champ not in presentes]


def lire(
    *,
    entetes: Sequence[str],
    lignes: Iterable[tuple[int, Sequence[Any]]],
    connus: Mapping[date, Releve],
    le: date,
    remplacer: bool,
) -> tuple[LigneLue, ...]:
    """Le sort de chaque ligne. `connus` : les relevés courants ; `le` : aucun mois après lui.

    `remplacer` : un mois déjà connu sous d'autres nombres prend ceux du fichier.
    """
    rangs = colonnes(entetes)
    vus: dict[date, int] = {}
    lues = []
    for numero, cellules in lignes:
        contenu = {
            entete: str(cellule)[:200]
            for entete, cellule in zip(entetes, cellules, strict=False)
            if cellule not in (None, "")
        }
        brutes = {c: cellules[r] if r < len(cellules) else None for c, r in rangs.items()}
        releve, champ, raison = _releve(brutes, le)
        if releve is not None and releve.mois in vus:
            champ = "mois"
            raison = f"{mois_annee(releve.mois)} est déjà à la ligne {vus[releve.mois]}"
        if raison or releve is None:
            lues.append(LigneLue(numero, contenu, REJETEE, releve, champ, raison))
            continue
        vus[releve.mois] = numero
        connu = connus.get(releve.mois)
        sort, raison = _sort(releve, connu, remplacer)
        lues.append(
            LigneLue(numero, contenu, sort, releve, "mois" if sort == REJETEE else "", raison)
        )
    return tuple(lues)


def _releve(brutes: Mapping[str, Any], le: date) -> tuple[Releve | None, str, str]:
    champ = "mois"
    try:
        mois = nombres.mois(brutes["mois"])
        champ = "foyers"
        foyers = nombres.entier(brutes[champ])
        champ = "beneficiaires"
        beneficiaires = nombres.entier(brutes[champ])
        champ = "montant"
        montant = nombres.montant(brutes[champ])
    except nombres.NombreIllisible as erreur:
        return None, champ, str(erreur)
    releve = Releve(mois, foyers, beneficiaires, montant)
    champ, raison = _invraisemblance(releve, le)
    return releve, champ, raison


def _invraisemblance(releve: Releve, le: date) -> tuple[str, str]:
    if releve.mois > le:
        return "mois", f"{mois_annee(releve.mois)} n'a pas encore eu lieu"
    if releve.foyers == 0:
        return "foyers", "aucun foyer : un mois sans personne n'est pas un relevé"
    if releve.beneficiaires < releve.foyers:
        return "beneficiaires", "moins de bénéficiaires que de foyers : une colonne est décalée ?"
    if releve.beneficiaires > 2 * releve.foyers:
        return "beneficiaires", "plus de deux adultes par foyer : une colonne est décalée ?"
    if releve.montant <= 0:
        return "montant", "la dépense n'est pas positive"
    moyen = releve.montant / releve.foyers
    if not 50 <= moyen <= 3000:
        return "montant", f"{moyen:.0f} € par foyer et par mois : vérifiez l'unité de la dépense"
    return "", ""


def _sort(releve: Releve, connu: Releve | None, remplacer: bool) -> tuple[str, str]:
    if connu is None:
        return RETENUE, ""
    if connu == releve:
        return CONNUE, ""
    dit = (
        f"{connu.foyers} foyers, {connu.beneficiaires} bénéficiaires, {connu.montant} €"
    ).replace(".", ",")
    if remplacer:
        return REMPLACEE, f"remplace {dit}"
    return (
        REJETEE,
        f"ce mois est déjà connu autrement ({dit}) ; cochez « remplacer » si c'est voulu",
    )
