"""Les mots d'une échéance : jamais une couleur seule. Pur : aucun appel à Django ni à l'horloge."""

from datetime import date
from typing import Literal

EtatDelai = Literal["retard", "jour", "bientot", "large", "tenu", "aucun"]

# Seuil de mise en page, sans portée légale : au-dessous, le délai passe à la couleur d'attention.
BIENTOT_JOURS = 7


def jours_restants(*, avant_le: date, jour: date) -> int:
    """Jours entre `jour` et `avant_le`, dernier jour où l'acte est à temps ; négatif en retard."""
    return (avant_le - jour).days


def echeance_mots(*, jours: int | None, est_tenu: bool = False) -> str:
    """Dit un délai en toutes lettres.

    `jours` : jours restants (0 : dernier jour à temps ; négatif : retard) ; None : pas d'échéance.
    `est_tenu` : l'acte attendu a eu lieu ; `jours` est alors compté au jour de l'acte.
    """
    if est_tenu:
        if jours is not None and jours < 0:
            return f"tenu avec {_jours(-jours)} de retard"
        return "tenu"
    if jours is None:
        return "sans échéance"
    if jours < 0:
        return f"en retard de {_jours(-jours)}"
    if jours == 0:
        return "aujourd'hui"
    if jours == 1:
        return "demain"
    return f"dans {_jours(jours)}"


def echeance_etat(*, jours: int | None, est_tenu: bool = False) -> EtatDelai:
    """Classe de présentation d'un délai (même lecture que `echeance_mots`)."""
    if est_tenu:
        return "tenu"
    if jours is None:
        return "aucun"
    if jours < 0:
        return "retard"
    if jours == 0:
        return "jour"
    return "bientot" if jours <= BIENTOT_JOURS else "large"


def _jours(nombre: int) -> str:
    return f"{nombre} jour{'s' if nombre > 1 else ''}"
