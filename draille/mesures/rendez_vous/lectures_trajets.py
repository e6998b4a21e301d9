"""Les temps de trajet d'une commune à un lieu, par le moteur en vigueur."""

from collections.abc import Iterable
from datetime import date

from draille.moteurs.trajets.adaptateur import minutes, situees
from draille.moteurs.trajets.calcul import Temps


def temps_entre(
    *, communes: Iterable[int | None], lieux: Iterable[int], le: date
) -> dict[tuple[int, int], Temps]:
    """Le temps de chaque commune à chaque commune de lieu. Une commune sans position n'y est pas.

    Deux requêtes.
    """
    de = {c for c in communes if c is not None}
    vers = set(lieux)
    connues = situees(communes=de | vers) if de and vers else frozenset[int]()
    origines, buts = sorted(de & connues), sorted(vers & connues)
    if not origines or not buts:
        return {}
    matrice = minutes(origines=origines, destinations=buts, le=le)
    return {
        (origine, but): matrice.temps(origine=i, destination=j)
        for i, origine in enumerate(origines)
        for j, but in enumerate(buts)
    }
