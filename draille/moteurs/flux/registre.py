"""Ce que les mesures déclarent au moteur : qui intègre les dossiers d'un fichier, et comment.

Le moteur lit, contrôle et dépose les enregistrements dans des tables temporaires ; la mesure les
prend de là par des requêtes ensemblistes. Il ne connaît aucune mesure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from draille.socle.acces import Acces


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivee:
    """Un fichier dont les dossiers attendent dans les tables temporaires.

    `connue_le` : création du fichier, le jour où le Département a su. `flux_le` : date et heure de
    création, qui se comparent comme du texte. `est_reprise` : premier mois de cette source, donc
    un stock et non des entrants. `est_partielle` : quelques dossiers, rejoués ou pris par lots,
    dont les autres ne manquent pas.
    """

    fichier_id: int
    fonorg: str
    numorg: str
    mois: date
    connue_le: date
    flux_le: str
    est_reprise: bool
    est_partielle: bool
    par: Acces


@dataclass(frozen=True, slots=True)
class Bilan:
    """Ce qu'une intégration a fait. `a_confirmer` : trop d'absents, gardés en l'état."""

    integres: int = 0
    entrees: int = 0
    sorties: int = 0
    absents: int = 0
    a_confirmer: bool = False

    def __add__(self, autre: "Bilan") -> "Bilan":
        """Le bilan de deux lots d'un même fichier."""
        return Bilan(
            integres=self.integres + autre.integres,
            entrees=self.entrees + autre.entrees,
            sorties=self.sorties + autre.sorties,
            absents=self.absents + autre.absents,
            a_confirmer=self.a_confirmer or autre.a_confirmer,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrateur:
    """Le preneur d'une nature de fichier.

    `connues(fonorg, numorg)` rend les empreintes (16 octets) des dossiers tels qu'on les tient :
    ceux-là n'ont rien à changer. `integrer(arrivee)` prend les dossiers en attente.
    `constater(arrivee)` sort les dossiers que le mois ne contient pas, une fois confirmé.
    Les deux se font dans la transaction ouverte par le moteur.
    """

    nature: str
    connues: Callable[[str, str], Iterable[bytes]]
    integrer: Callable[[Arrivee], Bilan]
    constater: Callable[[Arrivee], Bilan]


_integrateurs: dict[str, Integrateur] = {}


def declarer(integrateur: Integrateur) -> None:
    """Inscrit un intégrateur. Lève ValueError si sa nature est déjà prise."""
    if integrateur.nature in _integrateurs:
        raise ValueError(f"intégrateur déclaré deux fois : {integrateur.nature}")
    _integrateurs[integrateur.nature] = integrateur


def integrateur(nature: str) -> Integrateur:
    """L'intégrateur de cette nature. Lève KeyError s'il n'y en a pas."""
    return _integrateurs[nature]
