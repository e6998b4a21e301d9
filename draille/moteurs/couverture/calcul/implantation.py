"""Où ouvrir : la couverture maximale exacte par 1 à 5 points de plus, et le glouton à comparer.

Choisir p lieux qui couvrent ensemble le plus d'habitants est un programme linéaire en nombres
entiers (Church et ReVelle, 1974). HiGHS le résout et rend une borne : le choix est prouvé quand
aucun autre ne peut couvrir un habitant de plus.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from draille.moteurs.couverture.calcul.population import Booleens, Entiers, Grille

NOMBRE_AU_PLUS = 5
# La preuve tient d'ordinaire à la racine ; au-delà, on rend le meilleur choix trouvé et sa borne.
NOEUDS_AU_PLUS = 20_000
EPSILON = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ajout:
    """Un lieu choisi : son rang de candidat, et ce qu'il ajoute aux précédents.

    `apport` : les habitants qu'il est le premier à couvrir ; `communes` : leurs rangs.
    """

    candidat: int
    apport: int
    communes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Implantation:
    """Les lieux choisis, celui qui apporte le plus d'abord, et ce que l'on sait du choix.

    `gain` : habitants de plus, en tout. `borne` : ce qu'aucun choix de ce nombre ne dépasse.
    Moins de lieux que demandé : un de plus n'apporterait personne.
    """

    ajouts: tuple[Ajout, ...]
    borne: int
    methode: str

    @property
    def gain(self) -> int:
        """Les habitants que ces lieux couvrent de plus."""
        return sum(a.apport for a in self.ajouts)

    @property
    def est_prouvee(self) -> bool:
        """Vrai si aucun autre choix ne couvre un habitant de plus."""
        return self.gain >= self.borne


@dataclass(frozen=True, slots=True, eq=False)
class _Cas:
    """Ce qui reste à décider : les communes encore à couvrir, les candidats qui comptent."""

    couvre: Booleens
    poids: Entiers
    communes: Entiers
    candidats: Entiers


def implanter(
    *,
    minutes: Grille,
    populations: Sequence[int] | Entiers,
    deja: Sequence[bool] | Booleens,
    nombre: int,
    seuil: int,
) -> Implantation:
    """Les `nombre` candidats (1 à 5) qui couvrent ensemble le plus d'habitants de plus.

    `minutes` : (n communes, m candidats), dixièmes ; `deja` : les communes déjà couvertes, que
    personne n'a à couvrir. Parmi des candidats qui couvrent les mêmes communes, le plus central.
    Lève ValueError sur un nombre hors de 1 à 5 ou des tailles qui ne s'accordent pas.
    """
    cas = _reduire(minutes, populations, deja, nombre, seuil)
    if not len(cas.candidats):
        return Implantation(ajouts=(), borne=0, methode="exacte")
    choisis, borne = _resoudre(cas, nombre)
    ajouts = _par_apport(cas, choisis)
    return Implantation(ajouts=ajouts, borne=borne, methode="exacte")


def implanter_glouton(
    *,
    minutes: Grille,
    populations: Sequence[int] | Entiers,
    deja: Sequence[bool] | Booleens,
    nombre: int,
    seuil: int,
) -> Implantation:
    """Le même choix, un lieu à la fois et sans retour : ce que l'on ferait à la main.

    `borne` : ce que le théorème de Nemhauser garantit au mieux, e/(e−1) fois son gain.
    """
    cas = _reduire(minutes, populations, deja, nombre, seuil)
    ajouts = _par_apport(cas, range(len(cas.candidats)), au_plus=nombre)
    gain = sum(a.apport for a in ajouts)
    return Implantation(ajouts=ajouts, borne=int(gain / (1 - 1 / np.e)), methode="glouton")


def _reduire(
    minutes: Grille,
    populations: Sequence[int] | Entiers,
    deja: Sequence[bool] | Booleens,
    nombre: int,
    seuil: int,
) -> _Cas:
    poids = np.asarray(populations, dtype=np.int64)
    couvertes = np.asarray(deja, dtype=np.bool_)
    if not 1 <= nombre <= NOMBRE_AU_PLUS:
        raise ValueError(f"de 1 à {NOMBRE_AU_PLUS} lieux")
    if poids.shape != couvertes.shape or len(poids) != len(minutes):
        raise ValueError("une population et une couverture par commune, dans le même ordre")
    # Une commune déjà couverte, ou sans habitant, ne change aucun choix.
    communes = np.flatnonzero(~couvertes & (poids > 0))
    couvre = minutes[communes] < seuil
    candidats = _utiles(couvre, minutes[communes], poids[communes])
    return _Cas(couvre[:, candidats], poids[communes], communes, candidats)


def _utiles(couvre: Booleens, minutes: Grille, poids: Entiers) -> Entiers:
    """Un candidat par ensemble de communes couvertes : le plus proche, en moyenne, de leurs gens.

    Un ensemble contenu dans un autre est écarté : l'autre fait au moins aussi bien.
    """
    trajets = np.where(couvre, minutes, 0).astype(np.int64).T @ poids
    meilleurs: dict[bytes, int] = {}
    for j in np.lexsort((np.arange(len(trajets)), trajets)).tolist():
        if couvre[:, j].any():
            meilleurs.setdefault(np.packbits(couvre[:, j]).tobytes(), j)
    gardes = np.array(sorted(meilleurs.values()), dtype=np.int64)
    if not len(gardes):
        return gardes
    ensembles = couvre[:, gardes].astype(np.float32)
    tailles = ensembles.sum(axis=0)
    communs = ensembles.T @ ensembles
    contenus = (communs >= tailles[:, None]) & (tailles[None, :] > tailles[:, None])
    utiles: Entiers = gardes[~contenus.any(axis=1)]
    return utiles


def _resoudre(cas: _Cas, nombre: int) -> tuple[list[int], int]:
    """Les rangs choisis parmi les candidats utiles, et la borne du solveur."""
    # Le solveur met une seconde à se charger : seul celui qui choisit un lieu l'attend.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    n, m = cas.couvre.shape
    # Les communes que couvrent les mêmes candidats n'en font qu'une.
    motifs, groupe = np.unique(np.packbits(cas.couvre, axis=1), axis=0, return_inverse=True)
    premieres = np.unique(groupe, return_index=True)[1]
    couvre = cas.couvre[premieres]
    poids = np.bincount(groupe.ravel(), weights=cas.poids, minlength=len(motifs))
    g = len(motifs)
    liens = hstack([-csr_array(couvre.astype(np.float64)), eye_array(g)]).tocsr()
    compte = csr_array(np.concatenate([np.ones(m), np.zeros(g)])[None, :])
    rendu = milp(
        -np.concatenate([np.zeros(m), poids]),
        constraints=[LinearConstraint(liens, -np.inf, 0), LinearConstraint(compte, 0, nombre)],
        integrality=np.concatenate([np.ones(m), np.zeros(g)]),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0, "node_limit": NOEUDS_AU_PLUS},
    )
    borne = -rendu.mip_dual_bound if rendu.mip_dual_bound is not None else float(poids.sum())
    if rendu.x is None:
        choisis = [a.candidat for a in _par_apport(cas, range(m), au_plus=nombre, rangs=True)]
    else:
        choisis = np.flatnonzero(rendu.x[:m] > 0.5).tolist()
    # Les populations sont entières : une borne qui n'atteint pas l'entier suivant ne le permet pas.
    return choisis, int(np.floor(borne + EPSILON * max(1.0, borne)))


def _par_apport(
    cas: _Cas, rangs_admis: Sequence[int], *, au_plus: int | None = None, rangs: bool = False
) -> tuple[Ajout, ...]:
    """Ces candidats, celui qui apporte le plus d'abord ; qui n'apporte plus personne est tu."""
    restants = np.ones(len(cas.communes), dtype=np.bool_)
    admis = list(rangs_admis)
    ajouts: list[Ajout] = []
    while admis and (au_plus is None or len(ajouts) < au_plus):
        apports = (cas.poids * restants) @ cas.couvre[:, admis]
        rang = int(apports.argmax())
        if apports[rang] <= 0:
            break
        j = admis.pop(rang)
        neuves = cas.couvre[:, j] & restants
        restants &= ~neuves
        ajouts.append(
            Ajout(
                candidat=j if rangs else int(cas.candidats[j]),
                apport=int(apports[rang]),
                communes=tuple(cas.communes[neuves].tolist()),
            )
        )
    return tuple(ajouts)
