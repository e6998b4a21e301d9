"""Ce que tous les actes d'une convention vérifient."""

from draille.mesures.convention import models
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

ECRIVENT = (Role.PILOTE,)


def cadre_verrouille(cadre_id: int) -> models.Cadre:
    """Le cadre, tenu jusqu'à la fin de l'acte : deux actes sur lui se suivent."""
    return models.Cadre.objects.select_for_update().get(pk=cadre_id)


def exiger_ligne(cadre: models.Cadre, code: str, quoi: str) -> None:
    """Lève `Refus` si la ligne n'est dans aucun texte de ce cadre."""
    if not models.Ligne.objects.filter(texte__cadre=cadre, code=code).exists():
        raise refus(quoi, f"La ligne « {code} » n'est pas dans cette convention.")


def exiger(par: Acces, action: str) -> None:
    """Lève `Refus('acces.refuse')` hors pilote."""
    par.exiger(ECRIVENT, cle_ligne=None, action=action)


def refus(suite: str, message: str) -> Refus:
    """Un refus de la vie d'une convention."""
    return Refus(code=f"convention.{suite}", message=message)
