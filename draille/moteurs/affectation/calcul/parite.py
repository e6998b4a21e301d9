"""Après un calcul : ce qu'il a donné par groupe, et si la relecture humaine est réelle.

Un rapport, jamais une entrée : le sexe et l'âge ne sont connus d'aucun autre module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Axe = Literal["territoire", "sexe", "age"]
Alerte = Literal["trop_peu", "trop"]
_AXES: tuple[Axe, ...] = ("territoire", "sexe", "age")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupeLigne:
    """Une ligne du calcul, réduite à ses groupes et à son résultat.

    `age` : une tranche. `minutes` : trajet proposé en dixièmes, nul sans proposition.
    """

    territoire: str
    sexe: str
    age: str
    minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Groupe:
    """Ce qu'un groupe a reçu. Effectif sous le seuil : tout est tu (nul).

    `minutes` : moyenne en dixièmes, arrondie ; `pour_mille_proches` : part, sur l'effectif, des
    trajets d'au plus `proche` ; `pour_mille_sans` : part sans proposition.
    """

    axe: Axe
    valeur: str
    effectif: int | None
    minutes: int | None
    pour_mille_proches: int | None
    pour_mille_sans: int | None


def parite(
    *, lignes: Sequence[GroupeLigne], seuil: int = 11, proche: int = 300
) -> tuple[Groupe, ...]:
    """Le rapport par territoire, sexe et tranche d'âge, rangé par axe puis par valeur.

    Un groupe de moins de `seuil` personnes est tu ; s'il est seul tu sur son axe, le plus petit des
    autres l'est aussi : sans quoi le total le révélerait.
    """
    rendus: list[Groupe] = []
    for axe in _AXES:
        groupes: dict[str, list[int | None]] = {}
        for ligne in lignes:
            groupes.setdefault(getattr(ligne, axe), []).append(ligne.minutes)
        tus = {v for v, minutes in groupes.items() if len(minutes) < seuil}
        if len(tus) == 1 and len(groupes) > 1:
            tus.add(min((len(x), v) for v, x in groupes.items() if v not in tus)[1])
        rendus += [
            _groupe(axe, valeur, None if valeur in tus else minutes, proche)
            for valeur, minutes in sorted(groupes.items())
        ]
    return tuple(rendus)


def _groupe(axe: Axe, valeur: str, minutes: list[int | None] | None, proche: int) -> Groupe:
    if minutes is None:
        return Groupe(
            axe=axe,
            valeur=valeur,
            effectif=None,
            minutes=None,
            pour_mille_proches=None,
            pour_mille_sans=None,
        )
    connues = [x for x in minutes if x is not None]
    n = len(minutes)
    return Groupe(
        axe=axe,
        valeur=valeur,
        effectif=n,
        minutes=round(sum(connues) / len(connues)) if connues else None,
        pour_mille_proches=round(1000 * sum(x <= proche for x in connues) / n),
        pour_mille_sans=round(1000 * (n - len(connues)) / n),
    )


def alerter(
    *, relues: int, changees: int, plancher_pour_mille: int, plafond_pour_mille: int
) -> Alerte | None:
    """Alerte si trop peu de lignes relues ont été changées (relecture de forme), ou trop.

    Sous le plancher : « trop_peu » ; au-delà du plafond : « trop ». Nul sans ligne relue. Lève
    ValueError si `changees` dépasse `relues`.
    """
    if not 0 <= changees <= relues:
        raise ValueError("des lignes changées qui n'ont pas été relues")
    if relues == 0:
        return None
    if 1000 * changees < plancher_pour_mille * relues:
        return "trop_peu"
    return "trop" if 1000 * changees > plafond_pour_mille * relues else None
