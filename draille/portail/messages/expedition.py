"""Expédier par petits passages, chacun à l'heure où il commence : la preuve dit la vraie."""

from datetime import timedelta

from draille.moteurs.messages.adaptateur_envoi import Bilan, envoyer_dus
from draille.socle import horloge
from draille.socle.texte import pluriel

PASSAGE = 20


def expedier(*, limite: int, duree: timedelta | None = None) -> Bilan:
    """Envoie au plus `limite` messages dus ; s'arrête quand plus rien ne part, ou après `duree`."""
    total, debut = Bilan(), horloge.maintenant()
    while total.essais < limite:
        instant = horloge.maintenant()
        if duree is not None and instant - debut > duree:
            break
        bilan = envoyer_dus(instant=instant, limite=min(PASSAGE, limite - total.essais))
        total.ajouter(bilan)
        if bilan.essais == 0 or bilan.pannes:
            break
    return total


def en_phrases(bilan: Bilan) -> list[str]:
    """Le bilan en mots, sans rien de personnel."""
    phrases = [
        f"{pluriel(bilan.remis, 'message remis', 'messages remis')}, "
        f"{bilan.remis_plus_tard} à réessayer, {pluriel(bilan.abandonnes, 'abandonné')}, "
        f"{pluriel(bilan.annules, 'annulé')}."
    ]
    phrases += [
        f"Le receveur des messages « {canal} » manque ({motif}) : ils attendent."
        for canal, motif in bilan.pannes.items()
    ]
    return phrases
