"""Ranger les indicateurs qui lisent les mêmes actes, pour ne les lire qu'une fois. Pur.

Deux indicateurs vont ensemble quand leur dénominateur est la même liste ; sans unicité, un filtre
n'est qu'un drapeau sur chaque acte, et ceux de filtres différents vont ensemble aussi.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from draille.moteurs.indicateurs.registre import Indicateur


@dataclass(frozen=True, slots=True)
class Membre:
    """Un indicateur d'un groupe : son rang dans la demande, et celui de son filtre."""

    rang: int
    indicateur: Indicateur
    filtre: int

    @property
    def a_des_reponses(self) -> bool:
        """Vrai si ses réponses sont d'autres lignes, à chercher par l'objet."""
        return bool(self.indicateur.numerateur) and self.indicateur.reponse == "par_objet"


@dataclass(frozen=True, slots=True)
class Groupe:
    """Des indicateurs d'un même dénominateur ; `filtres` : les SQL distincts sur `d`."""

    modele: Indicateur
    filtres: tuple[str, ...]
    membres: tuple[Membre, ...]

    @property
    def avec_reponses(self) -> tuple[Membre, ...]:
        """Les membres dont la réponse est une autre ligne du même objet."""
        return tuple(m for m in self.membres if m.a_des_reponses)

    @property
    def codes_reponses(self) -> tuple[str, ...]:
        """Les codes des actes qui répondent à l'un d'eux, sans doublon."""
        codes = (c for m in self.avec_reponses for c in m.indicateur.numerateur)
        return tuple(dict.fromkeys(codes))


def grouper(indicateurs: Iterable[Indicateur]) -> list[Groupe]:
    """Les groupes, dans l'ordre de leur premier indicateur ; chaque indicateur est dans un seul."""
    ranges: dict[tuple[object, ...], list[tuple[int, Indicateur]]] = {}
    for rang, i in enumerate(indicateurs):
        ranges.setdefault(_cle(i), []).append((rang, i))
    return [_groupe(lus) for lus in ranges.values()]


def _cle(i: Indicateur) -> tuple[object, ...]:
    if i.unicite == "aucune":
        return (i.denominateur, i.anciennete_min_jours)
    return (i.denominateur, i.anciennete_min_jours, i.unicite, i.sujet, i.filtre)


def _groupe(lus: list[tuple[int, Indicateur]]) -> Groupe:
    filtres = tuple(dict.fromkeys(i.filtre for _, i in lus))
    membres = tuple(Membre(rang, i, filtres.index(i.filtre)) for rang, i in lus)
    return Groupe(lus[0][1], filtres, membres)
