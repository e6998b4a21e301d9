"""Qui lit, à quelle date, et ce qu'il peut lire de nominatif."""

from dataclasses import replace

from draille.mesures.orientation_rsa.acces import RENCONTRER
from draille.socle.acces import Acces


def acces_nominatif(acces: Acces) -> Acces:
    """L'accès réduit aux rôles qui ouvrent des dossiers : un pilote départemental, référent d'un
    seul secteur, ne lit que les noms de ce secteur.
    """
    ouverts = {r: c for r, c in acces.cles_par_role.items() if r in RENCONTRER}
    return replace(acces, cles_par_role=ouverts)
