"""Bâtir le graphe : des voies lues aux arêtes entre carrefours, chacune avec ses temps.

Les nœuds du graphe sont les carrefours et les bouts de voie ; la géométrie ne sert qu'à mesurer et
à accrocher. On n'en garde que la plus grande partie où l'on peut aller de partout à partout.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from draille.moteurs.trajets.calcul.graphe import METRES_PAR_DEGRE, Graphe, Rangs, creux
from draille.moteurs.trajets.calcul.profil import (
    RANG,
    RUES,
    SANS_ACCROCHE,
    Troncons,
    Vitesses,
    allures,
)
from draille.moteurs.trajets.calcul.temps import Masque, Reels

TRONCON_METRES = 500.0
ACCROCHE_METRES = 100.0
# Un carreau d'environ 500 m ; en ville, lui et ses huit voisins ont plus de 2 km de rues.
CARREAU_DEGRES = 0.005
RUES_METRES = 2000.0

Altitudes = Callable[[Reels, Reels], Reels]


class ReseauVide(ValueError):
    """L'extrait n'a aucune route praticable par ce mode."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Voies:
    """Les voies d'un extrait, bout à bout.

    Par sommet : `refs` (l'identifiant du nœud), `nord`, `est`. Par voie : `debuts` (le rang de son
    premier sommet, et un dernier pour finir), `classe`, `sens`, `limite_km_h`, `duree_s`. `barres`
    : les nœuds qui arrêtent ce mode.
    """

    refs: Rangs
    nord: Reels
    est: Reels
    debuts: Rangs
    classe: npt.NDArray[np.int8]
    sens: npt.NDArray[np.int8]
    limite_km_h: Reels
    duree_s: Reels
    barres: Rangs


@dataclass(frozen=True, kw_only=True, eq=False)
class _Traces:
    """Le découpage : segments entre sommets, rangés en tronçons, rangés en arêtes."""

    depart: Rangs  # par segment : le rang de son premier sommet
    longueur: Reels
    arete: Rangs  # par segment
    troncon: Rangs  # par segment
    premiers: Rangs  # par arête : son premier segment
    debut_troncon: Rangs  # par tronçon : son premier segment
    voie: Rangs  # par segment


def batir(
    *,
    voies: Voies,
    vitesses: Vitesses,
    origine: Mapping[str, str],
    altitudes: Altitudes | None = None,
) -> Graphe:
    """Le graphe de ces voies à ces allures. Lève `ReseauVide` s'il n'en reste rien."""
    if not len(voies.refs):
        raise ReseauVide
    depart, arrivee = _noeuds(voies)
    traces = _decouper(voies, depart)
    aller_s, retour_s = _secondes(voies, traces, vitesses, altitudes)
    fins = np.append(traces.premiers[1:], len(traces.depart)) - 1
    de, vers = depart[traces.depart[traces.premiers]], arrivee[traces.depart[fins] + 1]
    sens = voies.sens[traces.voie[traces.premiers]]
    aller = _ms(np.add.reduceat(aller_s, traces.premiers), ferme=sens < 0)
    retour = _ms(np.add.reduceat(retour_s, traces.premiers), ferme=sens > 0)
    gardees, de, vers, noeuds = _partie_principale(
        voies, (depart, arrivee), (de, vers), (aller, retour)
    )
    accroches = _accroches(voies, traces, aller_s, gardees)
    return Graphe(
        noeuds=noeuds,
        de=de.astype(np.int32),
        vers=vers.astype(np.int32),
        aller=aller[gardees].astype(np.int32),
        retour=retour[gardees].astype(np.int32),
        latitudes=accroches[0].astype(np.float32),
        longitudes=accroches[1].astype(np.float32),
        aretes=accroches[2].astype(np.int32),
        fractions=accroches[3].astype(np.float32),
        origine=dict(origine),
    )


def _noeuds(voies: Voies) -> tuple[Rangs, Rangs]:
    """Le rang du nœud de chaque sommet, quand on en part et quand on y arrive.

    Un nœud barré en fait deux à chaque passage, un de chaque côté, que rien ne relie.
    """
    barres = np.flatnonzero(np.isin(voies.refs, voies.barres))
    depart, arrivee = voies.refs.copy(), voies.refs.copy()
    depart[barres], arrivee[barres] = -1 - 2 * barres, -2 - 2 * barres
    _, rangs = np.unique(np.concatenate([depart, arrivee]), return_inverse=True)
    return rangs[: len(depart)].astype(np.int64), rangs[len(depart) :].astype(np.int64)


def _decouper(voies: Voies, noeud: Rangs) -> _Traces:
    passages = np.bincount(noeud)
    coupe = passages[noeud] > 1
    coupe |= np.isin(voies.refs, voies.barres)
    coupe[voies.debuts[:-1]] = True
    voie = np.repeat(np.arange(len(voies.debuts) - 1), np.diff(voies.debuts))
    depart = np.flatnonzero(voie[1:] == voie[:-1])
    longueur = _metres(voies, depart, depart + 1)
    premiers = np.flatnonzero(coupe[depart])
    arete = np.cumsum(coupe[depart]) - 1
    fait = np.cumsum(longueur) - longueur
    rang = ((fait - fait[premiers][arete]) / TRONCON_METRES).astype(np.int64)
    neuf = np.ones(len(depart), dtype=bool)
    neuf[1:] = (arete[1:] != arete[:-1]) | (rang[1:] != rang[:-1])
    return _Traces(
        depart=depart,
        longueur=longueur,
        arete=arete,
        troncon=np.cumsum(neuf) - 1,
        premiers=premiers,
        debut_troncon=np.flatnonzero(neuf),
        voie=voie[depart],
    )


def _secondes(
    voies: Voies, traces: _Traces, vitesses: Vitesses, altitudes: Altitudes | None
) -> tuple[Reels, Reels]:
    """Les secondes de chaque segment, dans le sens du tracé et dans l'autre."""
    debut = traces.debut_troncon
    fin = np.append(debut[1:], len(traces.depart)) - 1
    de, vers = traces.depart[debut], traces.depart[fin] + 1
    metres = np.maximum(np.add.reduceat(traces.longueur, debut), 0.1)
    voie = traces.voie[debut]
    pente = np.zeros(len(debut))
    if altitudes is not None:
        haut = altitudes(voies.nord, voies.est)
        # Sous cent mètres, le bruit du relevé ferait des murs.
        pente = 100 * (haut[vers] - haut[de]) / np.maximum(metres, 100.0)
    troncons = Troncons(
        classe=voies.classe[voie],
        limite_km_h=voies.limite_km_h[voie],
        sens_unique=voies.sens[voie] != 0,
        en_ville=_en_ville(voies, traces),
        sinuosite=np.minimum(_metres(voies, de, vers) / metres, 1.0),
        pente=pente,
    )
    aller, retour = allures(troncons=troncons, vitesses=vitesses)
    bac = voies.classe[voie] == RANG["bac"]
    if bac.any():
        aller[bac] = retour[bac] = _allure_des_bacs(voies, traces, vitesses)[voie[bac]]
    return (
        traces.longueur / aller[traces.troncon],
        traces.longueur / retour[traces.troncon],
    )


def _allure_des_bacs(voies: Voies, traces: _Traces, vitesses: Vitesses) -> Reels:
    """Par voie, les m/s qui font tenir la durée dite, ou l'allure du bac, et l'attente."""
    metres = np.bincount(traces.voie, traces.longueur, minlength=len(voies.classe))
    sans_duree = metres * 3.6 / vitesses.km_h[RANG["bac"]]
    duree = np.where(voies.duree_s > 0, voies.duree_s, sans_duree) + vitesses.bac_attente_s
    rendu: Reels = np.maximum(metres, 0.1) / duree
    return rendu


def _en_ville(voies: Voies, traces: _Traces) -> Masque:
    """Par tronçon : limite de 50 au plus, rue, ou carreau plein de rues."""
    debut = traces.debut_troncon
    voie = traces.voie[debut]
    rue = np.isin(voies.classe[voie], [RANG[c] for c in RUES])
    limite = voies.limite_km_h[voie]
    carreaux = np.floor(
        np.stack([voies.nord, voies.est], axis=1)[traces.depart[debut]] / CARREAU_DEGRES
    ).astype(np.int64)
    metres = np.add.reduceat(traces.longueur, debut)
    dense = _rues_alentour(carreaux, np.where(rue, metres, 0.0)) > RUES_METRES
    # Une limite dite au-dessus de 50 l'emporte sur le voisinage.
    rendu: Masque = rue | ((limite > 0) & (limite <= 50)) | (dense & (limite == 0))
    return rendu


def _rues_alentour(carreaux: Rangs, metres: Reels) -> Reels:
    code = carreaux[:, 0] * 1_000_000 + carreaux[:, 1]
    connus, rang = np.unique(code, return_inverse=True)
    sommes = np.bincount(rang, metres)
    total = np.zeros(len(connus))
    for pas in (a * 1_000_000 + b for a in (-1, 0, 1) for b in (-1, 0, 1)):
        ou = np.minimum(np.searchsorted(connus, connus + pas), len(connus) - 1)
        total += np.where(connus[ou] == connus + pas, sommes[ou], 0.0)
    rendu: Reels = total[rang]
    return rendu


def _partie_principale(
    voies: Voies,
    sommets: tuple[Rangs, Rangs],
    bouts: tuple[Rangs, Rangs],
    ms: tuple[Rangs, Rangs],
) -> tuple[Rangs, Rangs, Rangs, int]:
    """Les arêtes de la plus grande partie fortement connexe, et ses nœuds rangés de proche en
    proche : voisins sur la carte, ils le sont en mémoire, et la recherche va plus vite."""
    de, vers = bouts
    aller, retour = ms[0] >= 0, ms[1] >= 0
    nombre = int(max(sommets[0].max(), sommets[1].max())) + 1
    arcs = creux(
        nombre,
        np.concatenate([de[aller], vers[retour]]),
        np.concatenate([vers[aller], de[retour]]),
        np.ones(int(aller.sum() + retour.sum())),
    )
    _, partie = connected_components(arcs, directed=True, connection="strong")
    dans = np.bincount(partie[np.concatenate([de, vers])]).argmax()
    gardees = np.flatnonzero((partie[de] == dans) & (partie[vers] == dans))
    employes = np.unique(np.concatenate([de[gardees], vers[gardees]]))
    nord, est = np.zeros(nombre), np.zeros(nombre)
    for noeud in sommets:
        nord[noeud], est[noeud] = voies.nord, voies.est
    ordre = employes[np.argsort(_entrelacer(nord[employes], est[employes]), kind="stable")]
    nouveau = np.full(nombre, -1, np.int64)
    nouveau[ordre] = np.arange(len(ordre))
    return gardees, nouveau[de[gardees]], nouveau[vers[gardees]], len(ordre)


def _accroches(
    voies: Voies, traces: _Traces, secondes: Reels, gardees: Rangs
) -> tuple[Reels, Reels, Rangs, Reels]:
    """Tous les 100 m, bouts compris : nord, est, rang de l'arête gardée, part du temps."""
    classe = voies.classe[traces.voie[traces.premiers]]
    permises = ~np.isin(classe[gardees], [RANG[c] for c in SANS_ACCROCHE])
    longueurs = np.add.reduceat(traces.longueur, traces.premiers)
    durees = np.maximum(np.add.reduceat(secondes, traces.premiers), 1e-9)
    rangs = np.flatnonzero(permises)
    aretes = gardees[rangs]
    pas = np.maximum(1, np.ceil(longueurs[aretes] / ACCROCHE_METRES)).astype(np.int64)
    combien = pas + 1
    ici = np.repeat(np.arange(len(aretes)), combien)
    rang_local = np.arange(len(ici)) - np.repeat(np.cumsum(combien) - combien, combien)
    fait = np.cumsum(traces.longueur)
    origine = fait[traces.premiers] - traces.longueur[traces.premiers]
    cible = origine[aretes][ici] + rang_local / pas[ici] * longueurs[aretes][ici]
    fins = np.append(traces.premiers[1:], len(traces.depart)) - 1
    segment = np.clip(np.searchsorted(fait, cible), traces.premiers[aretes][ici], fins[aretes][ici])
    reste = fait[segment] - cible
    part = 1 - np.clip(reste / np.maximum(traces.longueur[segment], 1e-9), 0, 1)
    depart = traces.depart[segment]
    ecoule = np.cumsum(secondes)
    passe = ecoule[segment] - (1 - part) * secondes[segment]
    passe -= (ecoule[traces.premiers] - secondes[traces.premiers])[aretes][ici]
    return (
        voies.nord[depart] + part * (voies.nord[depart + 1] - voies.nord[depart]),
        voies.est[depart] + part * (voies.est[depart + 1] - voies.est[depart]),
        rangs[ici],
        np.clip(passe / durees[aretes][ici], 0, 1),
    )


def _metres(voies: Voies, de: Rangs, vers: Rangs) -> Reels:
    """La longueur de chaque segment, sur le plan tangent en son milieu."""
    nord = voies.nord[vers] - voies.nord[de]
    milieu = np.radians((voies.nord[vers] + voies.nord[de]) / 2)
    est = (voies.est[vers] - voies.est[de]) * np.cos(milieu)
    rendu: Reels = METRES_PAR_DEGRE * np.hypot(nord, est)
    return rendu


def _ms(secondes: Reels, *, ferme: Masque) -> Rangs:
    # Une milliseconde au moins : un arc de temps nul ne se distinguerait pas d'un arc absent.
    ms = np.maximum(1, np.rint(1000 * secondes)).astype(np.int64)
    return np.where(ferme, -1, ms)


def _entrelacer(nord: Reels, est: Reels) -> npt.NDArray[np.uint64]:
    """Le code de Morton : les bits des deux coordonnées, alternés."""
    code = np.zeros(len(nord), np.uint64)
    for rang, degres in enumerate((nord, est)):
        pas = max(float(np.ptp(degres)), 1e-9) / 65_535 if len(degres) else 1.0
        entier = ((degres - degres.min(initial=np.inf)) / pas).astype(np.uint64)
        for bit in range(16):
            code |= ((entier >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + rang)
    return code
