"""Ce qui peut être transmis, et comment une orientation passe d'un état à l'autre. Pur."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

PORTEES: Mapping[str, str] = {
    "nom": "Son prénom et son nom",
    "telephone": "Son numéro de téléphone",
    "courriel": "Son adresse de courriel",
    "commune": "Sa commune",
    "besoins": "Ce dont elle a besoin",
    "message": "Un message de l'agent",
}
MOTIFS_REFUS: Mapping[str, str] = {
    "complet": "Plus de place en ce moment",
    "hors_champ": "Ce besoin n'est pas de notre ressort",
    "hors_territoire": "Hors de notre territoire",
    "personne_refuse": "La personne ne le souhaite pas",
    "autre": "Autre raison",
}

VIVANTES = ("envoyee", "acceptee", "recue", "en_cours")
ABOUTIES = ("recue", "en_cours", "terminee")
REVENUES = ("refusee", "perdue")

# Vers quel état mène chaque geste, et de quels états on peut le faire.
_GESTES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "accepter": ("acceptee", ("envoyee", "perdue")),
    "recevoir": ("recue", ("envoyee", "acceptee", "perdue")),
    "poursuivre": ("en_cours", ("envoyee", "acceptee", "recue", "perdue")),
    "terminer": ("terminee", ("envoyee", "acceptee", "recue", "en_cours", "perdue")),
    "refuser": ("refusee", ("envoyee", "acceptee")),
    "perdre": ("perdue", ("envoyee", "acceptee", "recue", "en_cours")),
}
GESTES = tuple(_GESTES)
RELANCABLES = ("envoyee", "acceptee")
_CODE = re.compile(r"[a-z][a-z_]{0,29}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identite:
    """Ce que le Département sait d'une personne et qui pourrait être transmis."""

    nom: str
    telephone: str
    courriel: str
    commune: str


def arrivee(*, geste: str, depuis: str) -> str | None:
    """L'état où mène ce geste depuis cet état ; nul s'il n'y est pas possible.

    Lève KeyError pour un geste inconnu.
    """
    vers, possibles = _GESTES[geste]
    return vers if depuis in possibles else None


def gestes_possibles(*, depuis: str) -> tuple[str, ...]:
    """Les gestes qu'admet cet état, dans l'ordre où ils se proposent."""
    return tuple(g for g, (_, possibles) in _GESTES.items() if depuis in possibles)


def transmettre(
    *, portee: Collection[str], identite: Identite, besoins: Collection[str], message: str
) -> dict[str, object]:
    """Ce que le partenaire lira : les seules clés de la portée, sans les vides."""
    tout: dict[str, object] = {
        "nom": identite.nom,
        "telephone": identite.telephone,
        "courriel": identite.courriel,
        "commune": identite.commune,
        "besoins": list(besoins),
        "message": message.strip(),
    }
    return {nom: valeur for nom, valeur in tout.items() if nom in portee and valeur}


def restreindre(*, transmis: Mapping[str, object], portee: Collection[str]) -> dict[str, object]:
    """Ce qui reste de transmis quand le consentement ne porte plus que sur cette portée."""
    return {nom: valeur for nom, valeur in transmis.items() if nom in portee}


def attendue_avant(*, envoyee_le: date, jours: int) -> date:
    """Le dernier jour où la réponse est à temps, inclus."""
    return envoyee_le + timedelta(days=jours)


def est_code(texte: str) -> bool:
    """Vrai pour un code de besoin bien formé : jamais une phrase ne passe pour un code."""
    return _CODE.match(texte) is not None
