"""Un petit Département à couvrir : cinq communes, trois lieux, une semaine."""

from dataclasses import dataclass
from datetime import date, time

from draille.mesures.accueil_social.tests.fabrique import DEPUIS, lieu
from draille.moteurs.annuaire.models import Horaire, Point
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune

LUNDI = date(2020, 9, 7)
MARDI = date(2020, 9, 8)
SAMEDI = date(2020, 9, 12)
# Du Puy, l'estimation donne 5, puis moins de 30, puis 30 ou plus, et ainsi de suite vers l'ouest.
_COMMUNES = (
    ("43157", "Le Puy-en-Velay", 18_000, 45.043, 3.885),
    ("43221", "Saint-Paulien", 2_400, 45.135, 3.813),
    ("43112", "Langeac", 3_700, 45.100, 3.494),
    ("43234", "Saugues", 1_700, 44.960, 3.547),
    ("43040", "Brioude", 6_700, 45.294, 3.384),
)


@dataclass(frozen=True)
class Pays:
    """Les communes par nom, les lieux : le Puy tous les jours, Langeac le mardi, Brioude fermé."""

    communes: dict[str, Commune]
    puy: Point
    langeac: Point
    brioude: Point


def pays(*, mardi: bool = True) -> Pays:
    """Cinq communes dans deux EPCI et deux cantons ; la sixième n'a ni position ni habitants."""
    communes = {
        nom: Commune.objects.create(
            code_insee=code,
            nom=nom,
            population=population,
            surface_km2=30.0,
            latitude=nord,
            longitude=est,
        )
        for code, nom, population, nord, est in _COMMUNES
    }
    grouper("epci", "Agglomération", communes["Le Puy-en-Velay"], communes["Saint-Paulien"])
    grouper("epci", "Rives", communes["Langeac"], communes["Saugues"], communes["Brioude"])
    grouper("canton", "Canton du Puy", communes["Le Puy-en-Velay"])
    puy = lieu("Accueil du Puy", ou=communes["Le Puy-en-Velay"])
    langeac = lieu("Permanence de Langeac", ou=communes["Langeac"], heures=False)
    if mardi:
        Horaire.objects.create(
            point=langeac, jour=2, heure_debut=time(14), heure_fin=time(17), debut=DEPUIS
        )
    brioude = lieu("Accueil de Brioude", ou=communes["Brioude"], fin=date(2020, 6, 1))
    return Pays(communes=communes, puy=puy, langeac=langeac, brioude=brioude)


def grouper(nature: str, nom: str, *communes: Commune) -> None:
    """Un territoire et ses communes."""
    territoire = Territoire.objects.create(nature=nature, code=nom[:20], nom=nom, debut=DEPUIS)
    for commune in communes:
        TerritoireCommune.objects.create(
            territoire=territoire, commune=commune, nature=nature, debut=DEPUIS
        )
