"""Les arrivées de la semaine : le prix d'une place, appris du passé, s'ajoute au coût du lot.

L'optimum d'un lot ignore qui viendra demain et donne au premier venu la place rare. Rien n'est
appris des personnes : seulement ce qu'a valu une place chez chaque référent.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from draille.moteurs.affectation.calcul.affectation import resoudre
from draille.moteurs.affectation.calcul.probleme import Demandeur, Place, Probleme, Reglage


def apprendre(
    *,
    semaines: Sequence[Sequence[Demandeur]],
    places: Sequence[Place],
    reglage: Reglage,
    a_venir: int,
) -> tuple[int, ...]:
    """Un prix par place, dixièmes de minute, à donner en `Probleme.appris`.

    `semaines` : les demandeurs des semaines passées, leurs trajets vers les `places` d'aujourd'hui.
    Elles sont résolues en une fois, hors équilibre, sur ces places, qui doivent servir `a_venir`
    semaines : leur nombre est mis à l'échelle `len(semaines) / a_venir` ou, s'il en fallait
    plus au passé, à la sienne. Le prix est ce qu'y ferait gagner une place de plus, moins celui
    de la moins rare, plafonné : jamais un prix ne fait préférer « non affecté ».
    """
    passe = [d for semaine in semaines for d in semaine]
    libres = np.array([p.libres if p.est_presente else 0 for p in places], dtype=np.int64)
    if not passe or not libres.any():
        return (0,) * len(places)
    demande = len({(s, d.unite) for s, semaine in enumerate(semaines) for d in semaine})
    offre = int(libres.sum())
    numerateur, denominateur = len(semaines), max(a_venir, 1)
    if offre * numerateur < demande * denominateur:
        numerateur, denominateur = demande, offre
    cumul = np.cumsum(libres) * numerateur // denominateur
    echelle = np.diff(cumul, prepend=0)
    solution = resoudre(
        probleme=Probleme(
            demandeurs=_renumeroter(semaines),
            places=tuple(
                replace(p, libres=int(k), charge=0, capacite=int(k))
                for p, k in zip(places, echelle, strict=True)
            ),
            reglage=replace(reglage, pas_equilibre=0),
            graine="",
        )
    )
    ouvertes = libres > 0
    prix = np.array(solution.prix, dtype=np.int64)
    prix = np.clip(prix - prix[ouvertes].min(), 0, plafond(reglage=reglage))
    return tuple(np.where(ouvertes, prix, 0).tolist())


def plafond(*, reglage: Reglage) -> int:
    """Le plus grand prix qui laisse tout référent permis, en voiture, préférable à aucun."""
    r = reglage
    pire = r.base + r.minutes_max + r.poids_exces * max(r.minutes_max - r.seuil, 0)
    return max(r.cout_non_affecte - pire - (r.segments - 1) * r.pas_equilibre, 0)


def _renumeroter(semaines: Sequence[Sequence[Demandeur]]) -> tuple[Demandeur, ...]:
    """Une unité revenue une autre semaine est une autre demande."""
    noms: dict[tuple[int, int], int] = {}
    return tuple(
        replace(d, unite=noms.setdefault((s, d.unite), len(noms)))
        for s, semaine in enumerate(semaines)
        for d in semaine
    )
