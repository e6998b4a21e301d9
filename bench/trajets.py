"""Calculer les trajets : le graphe du produit contre scipy nu, igraph, networkit et pandana.

Un réseau engendré de 300 000 carrefours, bâti par le produit, et les extraits OpenStreetMap donnés
(DRAILLE_DONNEES), sinon sautés. Soixante lieux ouverts, des adresses au bord des routes. Scipy nu
est `dijkstra` sur la même matrice transposée, depuis un nœud par lieu. Le plus proche de tous, chez
nous, part des lieux accrochés et rend en plus le rang du lieu trouvé ; la matrice et l'adresse
comptent l'accrochage à la route. Les autres moteurs ne sont mesurés que s'ils sont importables,
chacun dans un enfant, sur les mêmes arcs, graphe déjà chargé ; pour le plus proche de tous, igraph
et networkit partent d'un nœud ajouté qui touche tous les lieux, leur meilleur cas. Durées au mur,
la plus courte de plusieurs essais alternés. L'erreur de l'estimation est celle de
`bench.calage_trajets`, sur des communes jamais vues.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from bench import calage_trajets
from bench.outils import RACINE, Mesure, lancer
from bench.reseaux import VITESSES, engendrer, moteur, tirer
from draille.moteurs.trajets.calcul import distances_km, fichier, plus_proches
from draille.moteurs.trajets.calcul.graphe import Graphe
from draille.moteurs.trajets.calcul.recherche import champ

GRAND, PETIT = 300_000, 10_000
LIEUX, ADRESSES, DEMANDES, ESSAIS = 60, 5_000, 60, 5
TRENTE_MINUTES = 300
RIVAUX = ("igraph", "networkit", "pandana")
DONNEES = Path(os.environ.get("DRAILLE_DONNEES", RACINE.parent / "shared" / "donnees")) / "geo"


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Le plus proche de tous, la matrice, une adresse, le chargement ; puis l'estimation."""
    with tempfile.TemporaryDirectory(prefix="draille-trajets-") as dossier:
        chemin = Path(dossier) / "engendre.npz"
        graphe = engendrer(graine=1, noeuds=PETIT if reduit else GRAND)
        fichier.ecrire(graphe=graphe, chemin=chemin)
        notre = lancer(["-m", "bench.trajets", "notre", chemin]).json()
        mesures = _engendre(notre, graphe)
        for rival in RIVAUX:
            mesures += _rival(rival, chemin, notre)
        mesures += _extraits(Path(dossier))
    return mesures + _estimation()


def _engendre(notre: dict[str, Any], graphe: Graphe) -> list[Mesure]:
    taille = f"{graphe.noeuds} nœuds, {len(graphe.de)} arêtes"
    return [
        _contre_scipy(f"Le lieu le plus proche de tous les nœuds ({taille})", notre, "champ", 1.5),
        _contre_scipy(f"Matrice {ADRESSES} × {LIEUX}", notre, "matrice", 1.2),
        Mesure(
            "Une adresse, les lieux à moins de 30 minutes (médiane)",
            1000 * notre["adresse_s"],
            10,
            "ms",
            f"{LIEUX} lieux ; au pire {1000 * notre['adresse_pire_s']:.1f} ms sur {DEMANDES}",
        ),
        Mesure("Écart entre un à un et en matrice", notre["ecart"], 0, "dixième"),
        Mesure("Charger le graphe, prêt à chercher", notre["charger_s"], 1, "s"),
    ]


def _contre_scipy(nom: str, notre: dict[str, Any], quoi: str, plafond: float) -> Mesure:
    ici, nu = notre[f"{quoi}_s"], notre[f"scipy_{quoi}_s"]
    detail = f"{1000 * ici:.0f} ms contre {1000 * nu:.0f} ms"
    return Mesure(f"{nom}, sur scipy nu", ici / nu, plafond, "×", detail)


def _rival(nom: str, chemin: Path, notre: dict[str, Any]) -> list[Mesure]:
    if find_spec(nom) is None:
        print(f"{nom} n'est pas installé : non mesuré.", file=sys.stderr)
        return []
    lui = lancer(["-m", "bench.trajets", nom, chemin]).json()
    return [
        Mesure(
            f"{nom}, sur le nôtre : {dit}",
            lui[f"{quoi}_s"] / notre[f"{quoi}_s"],
            1,
            "×",
            f"{lui[f'{quoi}_s']:.2f} s contre {notre[f'{quoi}_s']:.2f} s ; préparé en "
            f"{lui['preparer_s']:.1f} s ; écart aux temps de scipy {lui[f'{quoi}_ecart']:.4f} %"
            + (
                " ; mesuré sur un dixième des paires"
                if quoi == "matrice" and lui["part"] < 1
                else ""
            ),
            "min",
        )
        for quoi, dit in (
            ("champ", "le plus proche de tous"),
            ("matrice", f"{ADRESSES} × {LIEUX}"),
        )
    ]


def _extraits(dossier: Path) -> list[Mesure]:
    """Les extraits réels, s'ils sont là."""
    mesures = []
    for extrait in sorted(DONNEES.glob("*.osm.pbf")):
        rendu = lancer(["-m", "bench.trajets", "extrait", extrait, dossier / "reel"]).json()
        nom = extrait.name.split(".")[0].split("-")[0].capitalize()
        detail = f"{rendu['noeuds']} nœuds, {rendu['noeuds_pied']} à pied"
        mesures.append(
            Mesure(f"{nom} : préparer voiture et pied", rendu["preparer_s"], None, "s", detail)
        )
        titre = f"{nom} : le lieu le plus proche de tous les nœuds"
        mesures.append(_contre_scipy(titre, rendu, "champ", 1.5))
    return mesures


def _estimation() -> list[Mesure]:
    try:
        tenue = calage_trajets.caler(calage_trajets.lire(DONNEES)).tenue
    except FileNotFoundError:
        return []
    return [
        Mesure(
            "Estimation : erreur absolue moyenne sous 60 minutes",
            tenue.minutes,
            5,
            "min",
            f"{tenue.minutes:.2f} min sur des communes jamais vues",
        ),
        Mesure(
            "Estimation : du bon côté des 30 minutes",
            100 * tenue.classe,
            91,
            "%",
            f"{100 * tenue.classe:.1f} % des trajets de moins de 60 minutes",
            "min",
        ),
    ]


# --- Les moteurs, dans un enfant


def _duree(action: Callable[[], Any]) -> float:
    depart = time.perf_counter()
    action()
    return time.perf_counter() - depart


def _alternes(ici: Callable[[], Any], nu: Callable[[], Any], essais: int) -> tuple[float, float]:
    """La plus courte durée de chacun, essayés tour à tour : la machine est celle des deux."""
    paires = [(_duree(ici), _duree(nu)) for _ in range(essais)]
    return min(p[0] for p in paires), min(p[1] for p in paires)


def _notre(chemin: Path) -> dict[str, Any]:
    depart = time.perf_counter()
    graphe = fichier.lire(chemin=chemin)
    graphe.chauffer()
    charge = time.perf_counter() - depart
    m = moteur(graphe)
    lieux, adresses = _points(graphe)
    rendu = {"charger_s": charge, **_champ(graphe)}
    poses, ou = m.accrocher(lieux).bouts[:, 0], m.accrocher(adresses).bouts[:, 0]
    rendu["matrice_s"], rendu["scipy_matrice_s"] = _alternes(
        lambda: m.matrice(origines=adresses, destinations=lieux),
        lambda: dijkstra(graphe.transpose, indices=poses)[:, ou],
        2,
    )
    une_a_une = [
        _duree(
            lambda a=a: plus_proches(moteur=m, origine=a, destinations=lieux, limite=TRENTE_MINUTES)
        )
        for a in tirer(graphe, graine=4, combien=DEMANDES)
    ]
    rendu["adresse_s"], rendu["adresse_pire_s"] = float(np.median(une_a_une)), max(une_a_une)
    entiere = m.matrice(origines=adresses[:200], destinations=lieux).minutes
    seules = [m.matrice(origines=[a], destinations=lieux).minutes[0] for a in adresses[:20]]
    rendu["ecart"] = int(np.abs(np.array(seules) - entiere[:20]).max())
    return rendu


def _points(graphe: Graphe) -> tuple[Any, Any]:
    combien = min(ADRESSES, len(graphe.latitudes))
    lieux = tirer(graphe, graine=2, combien=LIEUX)
    return lieux, tirer(graphe, graine=3, combien=combien)


def _champ(graphe: Graphe) -> dict[str, Any]:
    m, lieux = moteur(graphe), tirer(graphe, graine=2, combien=LIEUX)
    accroches = m.accrocher(lieux)
    poses = accroches.bouts[:, 0]
    ici, nu = _alternes(
        lambda: champ(graphe=graphe, destinations=accroches),
        lambda: dijkstra(graphe.transpose, indices=poses, min_only=True),
        # Sous la milliseconde, il faut bien des essais pour que la plus courte durée soit la vraie.
        300 if graphe.noeuds < PETIT else 3 * ESSAIS,
    )
    return {"champ_s": ici, "scipy_champ_s": nu}


def _extrait(extrait: Path, vers: Path) -> dict[str, Any]:
    from draille.moteurs.trajets.adaptateur_osm import preparer

    depart = time.perf_counter()
    graphes = preparer(extrait=extrait, vers=vers, vitesses={"voiture": VITESSES, "pied": VITESSES})
    prepare = time.perf_counter() - depart
    graphe = graphes["voiture"]
    return {
        "preparer_s": prepare,
        "noeuds": graphe.noeuds,
        "noeuds_pied": graphes["pied"].noeuds,
        **_champ(graphe),
    }


def _comparer(nom: str, chemin: Path) -> dict[str, Any]:
    """Un rival : sur les mêmes arcs, depuis les mêmes nœuds ; ses temps sont ceux de scipy."""
    graphe = fichier.lire(chemin=chemin)
    lieux, adresses = _points(graphe)
    m = moteur(graphe)
    poses, ou = m.accrocher(lieux).bouts[:, 0], m.accrocher(adresses).bouts[:, 0]
    from bench import rivaux_trajets

    vrais = {
        "champ": dijkstra(graphe.transpose, indices=poses, min_only=True),
        "matrice": dijkstra(graphe.transpose, indices=poses)[:, ou],
    }
    depart = time.perf_counter()
    rival = rivaux_trajets.RIVAUX[nom](graphe, poses, vrais["champ"].max())
    rendu: dict[str, Any] = {"preparer_s": time.perf_counter() - depart}
    combien = int(len(ou) * rival.part)
    for quoi, action, part in (
        ("champ", rival.champ, 1.0),
        ("matrice", lambda: rival.matrice(ou[:combien]), rival.part),
    ):
        duree, trouve = _au_mieux(action)
        vrai = vrais[quoi][..., :combien] if quoi == "matrice" else vrais[quoi]
        rendu[f"{quoi}_s"] = duree / part
        ecart = np.abs(np.asarray(trouve) - vrai).sum() / vrai.sum()
        rendu[f"{quoi}_ecart"] = 100 * float(ecart)
    rendu["part"] = rival.part
    return rendu


def _au_mieux(action: Callable[[], Any]) -> tuple[float, Any]:
    """La plus courte durée, et ce qu'elle a rendu ; une action longue ne se refait pas."""
    durees: list[float] = []
    while len(durees) < ESSAIS and (not durees or durees[-1] < 1):
        debut = time.perf_counter()
        trouve = action()
        durees.append(time.perf_counter() - debut)
    return min(durees), trouve


def _detour(extrait: Path) -> dict[str, Any]:
    """Le détour à pied, entre points de rues estimés à moins d'une heure à vol d'oiseau × 1,4."""
    with tempfile.TemporaryDirectory(prefix="draille-trajets-") as dossier:
        from draille.moteurs.trajets.adaptateur_osm import preparer

        pas = VITESSES.__class__(
            mode="pied",
            km_h=(4.5,) * len(VITESSES.km_h),
            ville_km_h=0.0,
            rural_pente=0.0,
            rural_min_km_h=0.0,
            bac_attente_s=0.0,
        )
        graphes = preparer(
            extrait=extrait, vers=Path(dossier), vitesses={"voiture": VITESSES, "pied": pas}
        )
    points = tirer(graphes["voiture"], graine=1, combien=1500)
    km = distances_km(origines=points, destinations=points)
    minutes = moteur(graphes["pied"]).matrice(origines=points, destinations=points).minutes / 10
    utiles = (km > 0.2) & (km < 4.5 / 1.4) & (minutes >= 0)
    detours = minutes[utiles] / 60 * 4.5 / km[utiles]
    centiles = np.percentile(detours, [10, 50, 90])
    return {str(c): round(float(d), 2) for c, d in zip((10, 50, 90), centiles, strict=True)}


if __name__ == "__main__":
    quoi, *chemins = sys.argv[1:]
    ici = [Path(c) for c in chemins]
    travaux: dict[str, Callable[[], dict[str, Any]]] = {
        "notre": lambda: _notre(ici[0]),
        "extrait": lambda: _extrait(ici[0], ici[1]),
        "detour": lambda: _detour(ici[0]),
    }
    print(json.dumps(travaux[quoi]() if quoi in travaux else _comparer(quoi, ici[0])))
