"""Dire une convention en toutes lettres : parité, comptage, cibles, dates de signature."""

from decimal import Decimal

from draille.mesures.convention.regles import (
    Cible,
    Comptage,
    EtatParite,
    GenreCible,
    Parite,
    Texte,
)
from draille.socle.texte import date_moyenne, decimal, euros, pluriel, pourcent

NON_PUBLIE = "non publié"
_MASCULINS = ("mois", "jour", "an")


def signature_en_mots(texte: Texte) -> str:
    """« Signé le 23 octobre 2020 », ou que la date n'est pas publiée."""
    if texte.signe_le is None:
        return "Date de signature non publiée"
    return f"Signé le {date_moyenne(texte.signe_le)}"


def parite_en_mots(parite: Parite) -> str:
    """L'état de la parité en une phrase, avec ce qui la rétablirait si elle est rompue."""
    if parite.etat is EtatParite.SANS_OBJET or parite.part_max_etat is None:
        return "La source ne demande pas de parité."
    regle = f"l'État ne doit pas dépasser {pourcent(parite.part_max_etat)} du total"
    if parite.etat is EtatParite.NON_PUBLIEE:
        return f"À cette date, le partage entre financeurs n'est pas publié ; {regle}."
    engage = f"l'État engage {_part(parite.part_etat)} du total"
    if parite.etat is EtatParite.EXACTE:
        return f"{_maj(engage)} : la parité est exacte ({regle})."
    if parite.etat is EtatParite.DEPARTEMENT_AU_DELA:
        return f"{_maj(engage)} : le Département va au-delà de la parité ({regle})."
    return (
        f"{_maj(engage)}, et {regle} : la parité est rompue. Pour la rétablir, le Département "
        f"reprendrait {euros(parite.a_deplacer)} à total égal, ou ajouterait "
        f"{euros(parite.a_ajouter)}."
    )


def comptage_en_mots(comptage: Comptage) -> str:
    """La différence entre ce qui est annoncé et ce qui est détaillé, en une phrase."""
    if comptage.annonce is None:
        return "La source n'annonce pas de nombre de mesures."
    annoncees = f"{pluriel(comptage.annonce, 'mesure annoncée', 'mesures annoncées')}"
    if not comptage.lignes:
        return f"{annoncees} ; à cette date, aucune n'est détaillée."
    publiees = pluriel(comptage.lignes, "ligne publiée", "lignes publiées")
    if not comptage.difference:
        return f"{annoncees}, {publiees} : les deux nombres s'accordent."
    sens = "de plus" if comptage.difference > 0 else "de moins"
    return f"{annoncees}, {publiees} : {pluriel(abs(comptage.difference), 'ligne')} {sens}."


def cible_en_mots(cible: Cible) -> str:
    """Ce qui est promis, sorte de cible, valeur et échéance comprises."""
    return f"{_promesse(cible)}{_repere(cible)}."


def _promesse(cible: Cible) -> str:
    if cible.genre is GenreCible.MAINTIEN:
        return f"Maintenir le nombre ({cible.unite})"
    if cible.valeur is None:
        return f"{cible.genre.libelle} : valeur {NON_PUBLIE}e"
    valeur = _nombre(cible.valeur)
    if cible.genre is GenreCible.MULTIPLICATEUR:
        return f"Multiplier par {valeur} le nombre ({cible.unite})"
    if cible.genre is GenreCible.INTERVALLE and cible.valeur_max is not None:
        return f"Entre {valeur} et {_nombre(cible.valeur_max)} {cible.unite}"
    if cible.genre is GenreCible.MOINS_DE and cible.valeur == 1 and cible.unite in _MASCULINS:
        return f"Moins d'un {cible.unite}"
    if cible.genre in (GenreCible.ABSOLU, GenreCible.TAUX):
        return f"Atteindre {valeur} {cible.unite}"
    return f"{cible.genre.libelle} {valeur} {cible.unite}"


def _repere(cible: Cible) -> str:
    if cible.genre not in (GenreCible.MULTIPLICATEUR, GenreCible.MAINTIEN):
        return f", d'ici {cible.echeance_annee}" if cible.echeance_annee else ""
    base = f"par rapport à {cible.annee_base}" if cible.annee_base else "année de base non publiée"
    if cible.echeance_annee:
        return f" d'ici {cible.echeance_annee} ({base})"
    return f" ({base}, échéance non publiée)"


def _part(part: Decimal | None) -> str:
    ronde = part is None or part * 100 == (part * 100).to_integral_value()
    return pourcent(part, decimales=0 if ronde else 2)


def _nombre(valeur: Decimal) -> str:
    entiere = valeur == valeur.to_integral_value()
    return decimal(valeur, decimales=0 if entiere else 2)


def _maj(phrase: str) -> str:
    return phrase[0].upper() + phrase[1:]
