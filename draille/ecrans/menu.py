"""Le menu : chaque mesure y déclare ses entrées, chacune avec qui peut la voir."""

from dataclasses import dataclass

from draille.socle.acces import Acces, Predicat


@dataclass(frozen=True, slots=True)
class Entree:
    """Une entrée : libellé, nom d'adresse Django, prédicat, rang d'affichage."""

    libelle: str
    adresse: str
    predicat: Predicat
    rang: int = 50


_entrees: list[Entree] = []


def declarer(entree: Entree) -> None:
    """Ajoute une entrée. Lève ValueError si son adresse y est déjà."""
    if any(e.adresse == entree.adresse for e in _entrees):
        raise ValueError(f"entrée de menu déclarée deux fois : {entree.adresse}")
    _entrees.append(entree)


def entrees(*, acces: Acces) -> list[Entree]:
    """Les entrées que cet accès ouvre, dans l'ordre."""
    return sorted((e for e in _entrees if e.predicat(acces)), key=lambda e: (e.rang, e.libelle))
