"""Un petit réseau dont on sait les temps : des nœuds en mètres autour de (45, 3,8), des voies."""

import math
from pathlib import Path

import numpy as np
import osmium

from draille.moteurs.trajets.calcul import Bande, Point
from draille.moteurs.trajets.calcul.graphe import METRES_PAR_DEGRE
from draille.moteurs.trajets.calcul.profil import CLASSES, Vitesses, lire_voie
from draille.moteurs.trajets.calcul.recherche import MoteurGraphe
from draille.moteurs.trajets.calcul.reseau import Voies, batir

NORD, EST = 45.0, 3.8
# Sur une nationale droite et plate, 60 km/h font un kilomètre à la minute : les temps se lisent.
KM_H = {
    "autoroute": 120.0,
    "voie_rapide": 90.0,
    "principale": 60.0,
    "secondaire": 60.0,
    "tertiaire": 60.0,
    "locale": 30.0,
    "rue": 30.0,
    "bac": 12.0,
}
VOITURE = Vitesses(
    mode="voiture",
    km_h=tuple(KM_H.get(c, 10.0) for c in CLASSES),
    ville_km_h=36.0,
    rural_pente=0.1,
    rural_min_km_h=15.0,
    bac_attente_s=600.0,
)
PIED = Vitesses(
    mode="pied",
    km_h=(6.0,) * len(CLASSES),
    ville_km_h=0.0,
    rural_pente=0.0,
    rural_min_km_h=0.0,
    bac_attente_s=600.0,
)
BANDE = Bande(bas=0.85, haut=1.18, minutes=2.0)


def degres(x: float, y: float) -> tuple[float, float]:
    """La latitude et la longitude d'un lieu à `x` mètres à l'est et `y` au nord."""
    echelle = METRES_PAR_DEGRE * math.cos(math.radians(NORD))
    return NORD + y / METRES_PAR_DEGRE, EST + x / echelle


def lieu(x: float, y: float) -> Point:
    latitude, longitude = degres(x, y)
    return Point(latitude=latitude, longitude=longitude, densite=30.0)


def voies(noeuds, chemins, *, mode="voiture", barres=()):
    """Les tableaux de ces voies : `noeuds` {id: (x, y)}, `chemins` [(ids, étiquettes)]."""
    refs, debuts, traits = [], [0], []
    for ids, etiquettes in chemins:
        lue = lire_voie(etiquettes=etiquettes, mode=mode)
        if lue is not None:
            refs += ids
            debuts.append(len(refs))
            traits.append((lue.classe, lue.sens, lue.limite_km_h, lue.duree_s))
    traits = np.array(traits, float).reshape(-1, 4)
    ou = np.array([degres(*noeuds[r]) for r in refs]).reshape(-1, 2)
    return Voies(
        refs=np.array(refs, np.int64),
        nord=ou[:, 0],
        est=ou[:, 1],
        debuts=np.array(debuts),
        classe=traits[:, 0].astype(np.int8),
        sens=traits[:, 1].astype(np.int8),
        limite_km_h=traits[:, 2],
        duree_s=traits[:, 3],
        barres=np.array(barres, np.int64),
    )


def moteur(noeuds, chemins, *, mode="voiture", barres=(), altitudes=None, metres=500.0):
    """Le moteur de ce réseau ; l'accès à la route se fait à 6 km/h."""
    graphe = batir(
        voies=voies(noeuds, chemins, mode=mode, barres=barres),
        vitesses=VOITURE if mode == "voiture" else PIED,
        origine={},
        altitudes=altitudes,
    )
    return sur(graphe, mode=mode, metres=metres)


def sur(graphe, *, mode="voiture", metres=500.0):
    return MoteurGraphe(
        graphe=graphe, mode=mode, bande=BANDE, accroche_metres=metres, acces_km_h=6.0
    )


def ecrire_pbf(chemin: Path, noeuds, chemins, etiquettes_noeuds=None):
    """Un vrai .osm.pbf ; un nœud sans position n'y est pas, comme au bord d'un extrait."""
    with osmium.SimpleWriter(str(chemin)) as sortie:
        for ref, place in sorted(noeuds.items()):
            if place is not None:
                nord, est = degres(*place)
                tags = (etiquettes_noeuds or {}).get(ref, {})
                sortie.add_node(
                    osmium.osm.mutable.Node(id=ref, location=(est, nord), tags=tags, version=1)
                )
        for rang, (ids, tags) in enumerate(chemins, start=1):
            sortie.add_way(osmium.osm.mutable.Way(id=rang, nodes=ids, tags=tags, version=1))
    return chemin
