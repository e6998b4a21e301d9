"""Un réseau routier engendré, à l'échelle d'une région : carrefours tous les 300 m, trois rangs.

Une grille déformée, un quart des routes communales ôté, une sur vingt à sens unique. Il passe par
`batir`, comme un extrait : c'est le graphe du produit, et le même pour tous les moteurs.
"""

import numpy as np

from draille.moteurs.trajets.calcul import Bande, Point
from draille.moteurs.trajets.calcul.graphe import Graphe
from draille.moteurs.trajets.calcul.profil import CLASSES, RANG, Vitesses
from draille.moteurs.trajets.calcul.recherche import MoteurGraphe
from draille.moteurs.trajets.calcul.reseau import Voies, batir

PAS_DEGRES = (0.0027, 0.0038)
SUD_OUEST = (44.5, 3.0)
KM_H = {"principale": 65.0, "tertiaire": 55.0, "locale": 40.0}
VITESSES = Vitesses(
    mode="voiture",
    km_h=tuple(KM_H.get(classe, 20.0) for classe in CLASSES),
    ville_km_h=35.0,
    rural_pente=0.1,
    rural_min_km_h=15.0,
    bac_attente_s=600.0,
)


def engendrer(*, graine: int, noeuds: int) -> Graphe:
    """Un graphe d'environ `noeuds` nœuds."""
    hasard = np.random.default_rng(graine)
    # La partie connexe perd deux ou trois carrefours sur cent.
    cote = round((1.03 * noeuds) ** 0.5)
    ligne, colonne = (x.ravel() for x in np.mgrid[0:cote, 0:cote])
    nord = SUD_OUEST[0] + PAS_DEGRES[0] * (ligne + hasard.uniform(-0.3, 0.3, cote * cote))
    est = SUD_OUEST[1] + PAS_DEGRES[1] * (colonne + hasard.uniform(-0.3, 0.3, cote * cote))
    rang = np.arange(cote * cote)
    vers_est, vers_nord = rang[colonne < cote - 1], rang[ligne < cote - 1]
    de = np.concatenate([vers_est, vers_nord])
    vers = np.concatenate([vers_est + 1, vers_nord + cote])
    axe = np.concatenate([ligne[vers_est], colonne[vers_nord]])
    classe = np.full(len(de), RANG["locale"])
    classe[axe % 4 == 0] = RANG["tertiaire"]
    classe[axe % 16 == 0] = RANG["principale"]
    garde = (classe != RANG["locale"]) | (hasard.random(len(de)) > 0.25)
    de, vers, classe = de[garde], vers[garde], classe[garde]
    sommets = np.stack([de, vers], axis=1).ravel()
    voies = Voies(
        refs=sommets,
        nord=nord[sommets],
        est=est[sommets],
        debuts=np.arange(0, len(sommets) + 1, 2),
        classe=classe.astype(np.int8),
        sens=(hasard.random(len(de)) < 0.05).astype(np.int8),
        limite_km_h=np.full(len(de), 80.0),
        duree_s=np.zeros(len(de)),
        barres=np.empty(0, np.int64),
    )
    return batir(voies=voies, vitesses=VITESSES, origine={"extrait": "engendré"})


def moteur(graphe: Graphe) -> MoteurGraphe:
    """Le moteur du produit sur ce graphe."""
    return MoteurGraphe(
        graphe=graphe,
        mode="voiture",
        bande=Bande(bas=0.85, haut=1.18, minutes=2.0),
        accroche_metres=2000.0,
        acces_km_h=15.0,
    )


def tirer(graphe: Graphe, *, graine: int, combien: int) -> list[Point]:
    """Des adresses au bord de la route, à une trentaine de mètres."""
    hasard = np.random.default_rng(graine)
    ou = hasard.choice(len(graphe.latitudes), combien, replace=False)
    ecarts = hasard.normal(0, 0.0003, (combien, 2))
    return [
        Point(
            latitude=float(graphe.latitudes[i]) + float(e[0]),
            longitude=float(graphe.longitudes[i]) + float(e[1]),
            densite=50.0,
        )
        for i, e in zip(ou, ecarts, strict=True)
    ]
