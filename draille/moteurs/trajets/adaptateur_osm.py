"""Lire un extrait OpenStreetMap (.osm.pbf) par pyosmium, et en bâtir un graphe par mode."""

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from draille.moteurs.trajets.calcul import fichier
from draille.moteurs.trajets.calcul.graphe import Graphe
from draille.moteurs.trajets.calcul.profil import Vitesses, arrete_voiture, lire_voie
from draille.moteurs.trajets.calcul.reseau import Altitudes, ReseauVide, Voies, batir
from draille.moteurs.trajets.calcul.temps import Mode
from draille.socle.refus import Refus

Progression = Callable[[str, int, int], None]
PAS = 2000
CLES = ("highway", "route", "barrier")
MODES: tuple[Mode, ...] = ("voiture", "pied")


@dataclass(slots=True)
class _Recolte:
    """Les voies d'un mode, à mesure qu'on les lit."""

    refs: "array[int]" = field(default_factory=lambda: array("q"))
    nord: "array[float]" = field(default_factory=lambda: array("d"))
    est: "array[float]" = field(default_factory=lambda: array("d"))
    debuts: "array[int]" = field(default_factory=lambda: array("q"))
    traits: list[tuple[int, int, float, float]] = field(default_factory=list)

    def voies(self, barres: set[int]) -> Voies:
        """Les mêmes, en tableaux."""
        traits = np.array(self.traits, dtype=np.float64).reshape(-1, 4)
        return Voies(
            refs=np.array(self.refs, np.int64),
            nord=np.array(self.nord, np.float64),
            est=np.array(self.est, np.float64),
            debuts=np.append(np.array(self.debuts, np.int64), len(self.refs)),
            classe=traits[:, 0].astype(np.int8),
            sens=traits[:, 1].astype(np.int8),
            limite_km_h=traits[:, 2],
            duree_s=traits[:, 3],
            barres=np.array(sorted(barres), np.int64),
        )


def preparer(
    *,
    extrait: Path,
    vers: Path,
    vitesses: Mapping[Mode, Vitesses],
    altitudes: Altitudes | None = None,
    progression: Progression | None = None,
) -> dict[Mode, Graphe]:
    """Lit l'extrait, bâtit et écrit `<vers>/<mode>.npz` pour chaque mode ; rend les graphes.

    Lève `Refus('trajets.extrait_illisible')` si ce n'est pas un extrait, et
    `Refus('trajets.extrait_sans_route')` s'il n'a pas de route.
    """
    dire = progression or (lambda etape, fait, total: None)
    try:
        recoltes, barres, extrait_le = _lire(extrait, dire)
    except (RuntimeError, OSError, ValueError) as erreur:
        raise Refus(
            code="trajets.extrait_illisible",
            message=f"{extrait.name} ne se lit pas comme un extrait OpenStreetMap : "
            "donnez un fichier .osm.pbf entier, puis recommencez.",
        ) from erreur
    graphes: dict[Mode, Graphe] = {}
    for rang, mode in enumerate(MODES):
        dire("Bâtir les graphes", rang, len(MODES))
        origine = {"extrait": extrait.name, "extrait_le": extrait_le, "mode": mode}
        origine["altitudes"] = "oui" if altitudes else "non"
        try:
            graphes[mode] = batir(
                voies=recoltes[mode].voies(barres if mode == "voiture" else set()),
                vitesses=vitesses[mode],
                origine=origine,
                altitudes=altitudes,
            )
        except ReseauVide as erreur:
            raise Refus(
                code="trajets.extrait_sans_route",
                message=f"{extrait.name} n'a aucune route : donnez l'extrait d'un territoire.",
            ) from erreur
        fichier.ecrire(graphe=graphes[mode], chemin=vers / f"{mode}.npz")
    dire("Bâtir les graphes", len(MODES), len(MODES))
    return graphes


def _lire(extrait: Path, dire: Progression) -> tuple[dict[Mode, _Recolte], set[int], str]:
    filtre = osmium.filter.KeyFilter(*CLES)
    compteur = osmium.FileProcessor(str(extrait), osmium.osm.WAY).with_filter(filtre)
    total = sum(1 for _ in compteur)
    recoltes: dict[Mode, _Recolte] = {mode: _Recolte() for mode in MODES}
    barres: set[int] = set()
    lecture = osmium.FileProcessor(str(extrait), osmium.osm.NODE | osmium.osm.WAY)
    extrait_le = lecture.header.get("osmosis_replication_timestamp") or ""
    for fait, voie in enumerate(_voies(lecture, barres)):
        if fait % PAS == 0:
            dire("Lire les voies", fait, total)
        _recolter(voie, recoltes)
    dire("Lire les voies", total, total)
    return recoltes, barres, extrait_le[:10]


def _voies(lecture: Any, barres: set[int]) -> Iterator[Any]:
    """Les voies ; au passage, les nœuds qui arrêtent une voiture."""
    for objet in lecture.with_locations().with_filter(osmium.filter.KeyFilter(*CLES)):
        if objet.is_way():
            yield objet
        elif "barrier" in objet.tags and arrete_voiture(dict(objet.tags)):
            barres.add(objet.id)


def _recolter(voie: Any, recoltes: Mapping[Mode, _Recolte]) -> None:
    etiquettes = {e.k: e.v for e in voie.tags}
    lues = {mode: lire_voie(etiquettes=etiquettes, mode=mode) for mode in MODES}
    if not any(lues.values()):
        return
    # Un extrait coupe les voies à son bord : les sommets du dehors n'ont pas de position.
    sommets = [(n.ref, n.lat, n.lon) for n in voie.nodes if n.location.valid()]
    if len(sommets) < 2:
        return
    refs, nord, est = zip(*sommets, strict=True)
    for mode, lue in lues.items():
        if lue is None:
            continue
        recolte = recoltes[mode]
        recolte.debuts.append(len(recolte.refs))
        recolte.refs.extend(refs)
        recolte.nord.extend(nord)
        recolte.est.extend(est)
        recolte.traits.append((lue.classe, lue.sens, lue.limite_km_h, lue.duree_s))
