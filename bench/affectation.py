"""Affecter exactement : 300 × 60, 1 500 × 150 et 10 000 × 800, sur des Départements synthétiques.

Une carte de 85 km de côté, des communes inégales, des référents qui tiennent bureau là où l'on
habite, quatre types d'orientation, 8 % de places de plus que de demandeurs, un tiers de foyers déjà
suivis. L'oracle et les deux solveurs de comparaison sont ceux de scipy, `linear_sum_assignment`
(dense) et `min_weight_full_bipartite_matching` (creux) : une colonne par siège et, pour rester
sans, une par demandeur. Leur durée est celle du seul appel, matrice déjà bâtie ; la nôtre compte le
choix des paires, la preuve sur toutes et les prix ; le départage, qu'ils n'ont pas, est dit à part.
Chacun travaille seul dans un enfant ; la mémoire est ce que sa crête ajoute à l'instance déjà
tirée, matrice comprise. Les durées sont du temps de processeur, que n'allonge pas une machine
occupée : tous ces calculs n'ont qu'un fil.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench.outils import Mesure, lancer
from bench.territoires import REGLAGE, Territoire, tableau
from draille.moteurs.affectation.calcul import (
    Demandeur,
    Place,
    Probleme,
    Solution,
    apprendre,
    certifier,
    premier_arrive_plus_proche,
    resoudre,
)
from draille.moteurs.affectation.calcul.affectation import Unites
from draille.moteurs.affectation.calcul.contrefactuels import surcouts
from draille.moteurs.affectation.calcul.optimum import (
    Optimum,
    cout_total,
    optimiser,
    tirage_publie,
)
from draille.moteurs.affectation.calcul.residuel import Tableau

_TAILLES = ((300, 60), (1500, 150), (10_000, 800))
_SEMAINES = 13


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Exactitude, durées, mémoire, contrefactuels, 101 Départements, arrivées de la semaine."""
    grand = (1500, 150) if reduit else _TAILLES[-1]
    mesures = [m for n, r in _TAILLES[:2] for m in _exactitude(n, r)]
    mesures += _grande_taille(*grand)
    mesures += _departements(10 if reduit else 101, 15_000 if reduit else 150_000, grand)
    return mesures + _semaines(2 if reduit else 8)


def _enfant(*arguments: object) -> dict[str, Any]:
    rendu: dict[str, Any] = lancer(["-m", "bench.affectation", *map(str, arguments)]).json()
    return rendu


def _exactitude(n: int, m: int) -> list[Mesure]:
    t = tableau(graine=1, demandeurs=n, referents=m)
    optimum = _notre(t)
    ecart = abs(optimum.cout - _scipy(t, "dense")["cout"])
    return [
        Mesure(
            f"{n} × {m} : écart au coût de l'oracle",
            ecart,
            0,
            "dixième",
            f"coût {optimum.cout}",
        ),
        Mesure(f"{n} × {m} : fautes au certificat", _fautes(t, optimum), 0, "faute"),
    ]


def _grande_taille(n: int, m: int) -> list[Mesure]:
    nom = f"{n} × {m}"
    notre, creux, dense = (_enfant(quoi, n, m) for quoi in ("notre", "creux", "dense"))
    ecart = max(abs(notre["cout"] - x["cout"]) for x in (creux, dense))
    regrets = notre["regrets_s"] / notre["duree_s"]
    return [
        Mesure(f"{nom} : écart au coût de scipy", ecart, 0, "dixième", f"coût {notre['cout']}"),
        Mesure(f"{nom} : fautes au certificat", notre["fautes"], 0, "faute"),
        Mesure(f"Affecter {nom}", notre["duree_s"], None, "s", "preuve et prix compris"),
        Mesure(f"Affecter {nom} et départager", notre["departagee_s"], None, "s"),
        *_contre("scipy creux", notre, creux, 4),
        *_contre("linear_sum_assignment", notre, dense, 6),
        Mesure(
            "Tous les contrefactuels, sur la résolution",
            regrets,
            1,
            "×",
            f"{notre['regrets_s']:.2f} s pour {n * m} paires",
        ),
    ]


def _contre(qui: str, notre: dict[str, Any], autre: dict[str, Any], plancher: int) -> list[Mesure]:
    """Combien de fois plus vite, et avec quelle part de sa mémoire."""
    return [
        Mesure(
            f"{qui}, sur le nôtre",
            autre["duree_s"] / notre["duree_s"],
            plancher,
            "×",
            f"{autre['duree_s']:.2f} s contre {notre['duree_s']:.2f} s",
            "min",
        ),
        Mesure(
            f"Notre mémoire, sur celle de {qui}",
            notre["memoire_mo"] / autre["memoire_mo"],
            0.25,
            "×",
            f"{notre['memoire_mo']:.0f} Mo contre {autre['memoire_mo']:.0f} Mo, instance déduite",
        ),
    ]


def _departements(nombre: int, demandeurs: int, grand: tuple[int, int]) -> list[Mesure]:
    rendu = _enfant("departements", nombre, demandeurs, *grand)
    return [
        Mesure(
            f"{nombre} Départements, {demandeurs} entrants, sur un {grand[0]} × {grand[1]} entier",
            rendu["duree_s"] / rendu["toutes_s"],
            3,
            "×",
            f"{rendu['duree_s']:.1f} s contre {rendu['toutes_s']:.1f} s, toutes les paires ; le"
            f" plus grand Département a {rendu['plus_grand']} entrants",
        ),
        Mesure(f"{nombre} Départements : fautes au certificat", rendu["fautes"], 0, "faute"),
    ]


# --- Les solveurs, dans un enfant


def processeur(action: Callable[[], Any]) -> float:
    """Le temps de processeur d'une action, en secondes."""
    depart = time.process_time()
    action()
    return time.process_time() - depart


def _memoire(champ: str) -> float:
    """`VmRSS` (résidente) ou `VmHWM` (sa crête) de ce processus, en Mo."""
    statut = Path("/proc/self/status").read_text()
    return int(statut.split(champ + ":")[1].split()[0]) / 1024


def _oublier_la_crete() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _notre(t: Tableau, *, toutes: bool = False, departage: bool = True) -> Optimum:
    tirage = tirage_publie("banc", range(t.forme[0])) if departage else None
    return optimiser(tableau=t, tirage=tirage, toutes_les_paires=toutes)


def _fautes(t: Tableau, optimum: Optimum) -> int:
    return len(certifier(tableau=t, choix=optimum.choix, prix=optimum.prix, cout=optimum.cout))


def _sieges(t: Tableau) -> tuple[np.ndarray, np.ndarray]:
    """La place et le prix de chaque siège."""
    ou, segment = np.nonzero(t.sieges)
    combien = t.sieges[ou, segment]
    return np.repeat(ou, combien), np.repeat(t.prix[ou, segment], combien)


def _matrice_dense(t: Tableau) -> np.ndarray:
    n = t.forme[0]
    ou, prix = _sieges(t)
    matrice = np.full((n, len(ou) + n), float(t.sans[0]))
    for i in range(n):
        ligne = t.couts[i, ou]
        matrice[i, : len(ou)] = np.where(ligne < 0, 1e7, ligne + prix)
    return matrice


def _matrice_creuse(t: Tableau) -> csr_array:
    n = t.forme[0]
    ou, prix = _sieges(t)
    seul = np.arange(n, dtype=np.int32)
    blocs = [(t.sans.astype(np.float64), seul, seul + np.int32(len(ou)))]
    for debut in range(0, n, 500):
        bloc = t.couts[debut : debut + 500][:, ou]
        lignes, colonnes = np.nonzero(bloc >= 0)
        valeurs = (bloc[lignes, colonnes] + prix[colonnes]).astype(np.float64)
        blocs.append((valeurs, (lignes + debut).astype(np.int32), colonnes.astype(np.int32)))
    valeurs, lignes, colonnes = (np.concatenate(x) for x in zip(*blocs, strict=True))
    return coo_array((valeurs, (lignes, colonnes)), shape=(n, len(ou) + n)).tocsr()


SCIPY: dict[str, tuple[Callable[[Tableau], Any], Callable[[Any], Any]]] = {
    "dense": (_matrice_dense, linear_sum_assignment),
    "creux": (_matrice_creuse, min_weight_full_bipartite_matching),
}


def _scipy(t: Tableau, quoi: str) -> dict[str, Any]:
    """La durée du seul appel, le coût, la mémoire de la matrice et de l'appel."""
    batir, resolu = SCIPY[quoi]
    depart = _memoire("VmRSS")
    matrice = batir(t)
    gc.collect()
    _oublier_la_crete()
    rendus: list[Any] = []
    duree = processeur(lambda: rendus.append(resolu(matrice)))
    memoire = _memoire("VmHWM") - depart
    lignes, colonnes = rendus[0]
    cout = int(sum(matrice[i, j] for i, j in zip(lignes, colonnes, strict=True)))
    return {"duree_s": duree, "cout": cout, "memoire_mo": memoire}


def _travailler(quoi: str, n: int, m: int) -> dict[str, Any]:
    # Les bibliothèques se chargent avant de compter la mémoire.
    petit = tableau(graine=1, demandeurs=300, referents=60)
    _notre(petit)
    t = tableau(graine=1, demandeurs=n, referents=m)
    gc.collect()
    if quoi in SCIPY:
        return _scipy(t, quoi)
    depart = _memoire("VmRSS")
    _oublier_la_crete()
    optimums: list[Optimum] = []
    duree = processeur(lambda: optimums.append(_notre(t, departage=False)))
    departagee = processeur(lambda: optimums.append(_notre(t)))
    memoire = _memoire("VmHWM") - depart
    regrets = processeur(partial(surcouts, tableau=t, choix=optimums[0].choix))
    return {
        "duree_s": duree,
        "departagee_s": departagee,
        "cout": optimums[0].cout,
        "fautes": _fautes(t, optimums[0]) + _fautes(t, optimums[1]),
        "memoire_mo": memoire,
        "regrets_s": regrets,
    }


def _tous_les_departements(nombre: int, demandeurs: int, n: int, m: int) -> dict[str, Any]:
    """Des Départements inégaux, l'un après l'autre ; douze dossiers par référent."""
    hasard = np.random.default_rng(7)
    poids = hasard.lognormal(0, 0.7, nombre)
    tailles = np.maximum(1, (poids / poids.sum() * demandeurs).round()).astype(int).tolist()
    duree, fautes = 0.0, 0
    for rang, taille in enumerate(tailles):
        t = tableau(graine=rang, demandeurs=taille, referents=max(4, taille // 12))
        optimums: list[Optimum] = []
        duree += processeur(lambda t=t, o=optimums: o.append(_notre(t)))
        fautes += _fautes(t, optimums[0])
    grand = tableau(graine=1, demandeurs=n, referents=m)
    toutes = processeur(lambda: _notre(grand, toutes=True))
    return {
        "duree_s": duree,
        "toutes_s": toutes,
        "plus_grand": max(tailles),
        "fautes": fautes,
    }


# --- Les arrivées de la semaine


def _semaines(annees: int) -> list[Mesure]:
    """Treize semaines, en connaissant trois fois autant de passé, à 300 × 60."""
    sommes = np.zeros(4)
    for graine in range(annees):
        sommes += _une_saison(graine)
    ideal, appris, lot, arrive = sommes.tolist()
    detail = f"{annees} tirages de {_SEMAINES} semaines, 300 demandeurs, 60 référents"
    return [
        Mesure(
            "Semaines, prix appris, sur l'optimum connaissant tout",
            appris / ideal,
            1.2,
            "×",
            detail,
        ),
        Mesure("Semaines, chaque lot pour lui-même", lot / ideal, None, "×", detail),
        Mesure("Semaines, premier arrivé au plus proche", arrive / ideal, None, "×", detail),
    ]


def _une_saison(graine: int) -> list[int]:
    t = Territoire.tirer(graine=graine, demandeurs=300, referents=60)
    saison = t.arrivees(graine=1000 + graine, demandeurs=300, semaines=_SEMAINES)
    passe = t.arrivees(graine=2000 + graine, demandeurs=900, semaines=3 * _SEMAINES)
    tous = tuple(d for lot in saison for d in lot)
    entier = Probleme(demandeurs=tous, places=t.places(), reglage=REGLAGE, graine="banc")

    def apprises(places: list[Place], rang: int) -> tuple[int, ...]:
        return apprendre(semaines=passe, places=places, reglage=REGLAGE, a_venir=_SEMAINES - rang)

    return [
        resoudre(probleme=entier).cout,
        _jouer(entier, saison, resoudre, apprises),
        _jouer(entier, saison, resoudre, lambda *_: ()),
        _jouer(entier, saison, premier_arrive_plus_proche, lambda *_: ()),
    ]


def _jouer(entier: Probleme, saison: list[list[Demandeur]], choisir: Any, prix: Any) -> int:
    """Le coût, sur toute la saison, de choix faits semaine après semaine."""
    places = list(entier.places)
    choix: dict[int, int] = {}
    for rang, lot in enumerate(saison):
        probleme = replace(
            entier,
            demandeurs=tuple(lot),
            places=tuple(places),
            appris=prix(places, rang),
        )
        rendu: Solution = choisir(probleme=probleme)
        for d, j in zip(lot, rendu.choix, strict=True):
            choix[d.unite] = j
            if j >= 0:
                p = places[j]
                places[j] = replace(p, libres=p.libres - 1, charge=p.charge + 1)
    unites = Unites(probleme=entier)
    faits = unites.choix(demandeurs=tuple(choix[d.unite] for d in entier.demandeurs))
    return cout_total(unites.tableau(probleme=entier), faits)


if __name__ == "__main__":
    quoi, *nombres = sys.argv[1:]
    travail = _tous_les_departements if quoi == "departements" else partial(_travailler, quoi)
    print(json.dumps(travail(*map(int, nombres))))
