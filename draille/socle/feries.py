"""Les jours fériés légaux de métropole, calculés. Aucune horloge."""

from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType


@lru_cache(maxsize=256)
def jours_feries(annee: int) -> MappingProxyType[date, str]:
    """Les jours fériés légaux de métropole et leurs noms (code du travail, L3133-1).

    Les deux jours propres à l'Alsace et à la Moselle n'y sont pas.
    """
    paques = dimanche_de_paques(annee)
    feries: dict[date, str] = {}
    for jour, nom in (
        (date(annee, 1, 1), "jour de l'An"),
        (paques + timedelta(days=1), "lundi de Pâques"),
        (date(annee, 5, 1), "fête du Travail"),
        (date(annee, 5, 8), "victoire de 1945"),
        (paques + timedelta(days=39), "Ascension"),
        (paques + timedelta(days=50), "lundi de Pentecôte"),
        (date(annee, 7, 14), "fête nationale"),
        (date(annee, 8, 15), "Assomption"),
        (date(annee, 11, 1), "Toussaint"),
        (date(annee, 11, 11), "armistice de 1918"),
        (date(annee, 12, 25), "Noël"),
    ):
        # L'Ascension tombe parfois le 1er ou le 8 mai.
        feries[jour] = f"{feries[jour]} et {nom}" if jour in feries else nom
    return MappingProxyType(feries)


def dimanche_de_paques(annee: int) -> date:
    """Le dimanche de Pâques du calendrier grégorien (algorithme de Meeus, Jones et Butcher)."""
    lunaison = annee % 19
    siecle, rang = divmod(annee, 100)
    correction = (siecle - (siecle + 8) // 25 + 1) // 3
    epacte = (19 * lunaison + siecle - siecle // 4 - correction + 15) % 30
    decalage = (32 + 2 * (siecle % 4) + 2 * (rang // 4) - epacte - rang % 4) % 7
    retrait = (lunaison + 11 * epacte + 22 * decalage) // 451
    mois, jour = divmod(epacte + decalage - 7 * retrait + 114, 31)
    return date(annee, mois, jour + 1)
