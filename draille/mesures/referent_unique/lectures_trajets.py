"""Les trajets d'une suite de communes vers des places, tels que le calcul les regarde."""

from collections.abc import Sequence
from datetime import date

from draille.mesures.referent_unique.lectures_places import PlaceLue
from draille.moteurs.affectation.calcul import INTERDIT
from draille.moteurs.trajets import adaptateur as trajets


def trajets_vers(
    *, communes: Sequence[int | None], places: Sequence[PlaceLue], le: date
) -> list[list[int]]:
    """Les dixièmes de minute de chaque commune à chaque place ; INTERDIT hors secteur, hors
    habilitation, ou quand une commune n'est pas située. Deux requêtes."""
    connues = {c for c in communes if c is not None}
    bureaux = {p.commune_id for p in places}
    situees = trajets.situees(communes=connues | bureaux)
    de, vers = sorted(connues & situees), sorted(bureaux & situees)
    temps: dict[tuple[int, int], int] = {}
    if de and vers:
        matrice = trajets.minutes(origines=de, destinations=vers, le=le).minutes.tolist()
        temps = {(o, d): matrice[i][j] for i, o in enumerate(de) for j, d in enumerate(vers)}
    lignes: dict[int | None, list[int]] = {None: [INTERDIT] * len(places)}
    for commune in connues:
        lignes[commune] = [
            temps.get((commune, p.commune_id), INTERDIT) if p.couvre(commune) else INTERDIT
            for p in places
        ]
    return [list(lignes[c]) for c in communes]
