"""Lire un vrai .osm.pbf : celui que l'essai écrit, aux temps connus, puis les extraits donnés."""

import numpy as np
import pytest

from draille.moteurs.trajets.adaptateur_altitudes import altitudes
from draille.moteurs.trajets.adaptateur_osm import preparer
from draille.moteurs.trajets.calcul import Point, fichier
from draille.moteurs.trajets.tests.petit_reseau import (
    PIED,
    VOITURE,
    degres,
    ecrire_pbf,
    lieu,
    sur,
)
from draille.socle.refus import Refus

VITESSES = {"voiture": VOITURE, "pied": PIED}
NATIONALE = {"highway": "primary", "name": "Route de l'essai"}
# Une route de dix kilomètres d'ouest en est, un sentier qui la coupe en plus court, un plot.
NOEUDS = {
    1: (0, 0),
    2: (5000, 0),
    3: (10_000, 0),
    4: (5000, 5000),
    5: (7500, 0),
    6: (10_000, 3000),
    9: None,
}
CHEMINS = [
    ([1, 2], NATIONALE),
    ([2, 5, 3], NATIONALE),
    ([2, 4], {"highway": "tertiary"}),
    ([4, 3], {"highway": "tertiary"}),
    ([1, 4], {"highway": "path"}),
    ([3, 6, 9], {"highway": "unclassified"}),
    ([1, 3], {"building": "yes"}),
]


def _temps(graphe, de, vers, mode="voiture"):
    return sur(graphe, mode=mode).temps(origine=lieu(*de), destination=lieu(*vers)).minutes / 10


def test_un_extrait_ecrit_par_lessai_donne_les_temps_connus(tmp_path):
    extrait = ecrire_pbf(tmp_path / "petit.osm.pbf", NOEUDS, CHEMINS)
    etapes = []
    graphes = preparer(
        extrait=extrait,
        vers=tmp_path / "graphes",
        vitesses=VITESSES,
        progression=lambda *etape: etapes.append(etape),
    )
    voiture, pied = graphes["voiture"], graphes["pied"]
    assert _temps(voiture, (1000, 0), (9000, 0)) == pytest.approx(8, abs=0.1)
    assert _temps(voiture, (0, 0), (5000, 5000)) == pytest.approx(10, abs=0.2)
    # Un bâtiment n'est pas une route ; le sentier n'est que pour les piétons, à 6 km/h.
    assert _temps(pied, (0, 0), (5000, 5000), "pied") == pytest.approx(10 * 5 * 2**0.5, abs=0.5)
    # La voie que l'extrait coupe va jusqu'à son dernier sommet connu, à 30 km/h.
    assert _temps(voiture, (10_000, 0), (10_000, 3000)) == pytest.approx(6, abs=0.2)
    assert etapes[-1][1:] == (2, 2) and ("Lire les voies", 6, 6) in etapes


def test_un_plot_arrete_les_voitures_seules(tmp_path):
    extrait = ecrire_pbf(tmp_path / "plot.osm.pbf", NOEUDS, CHEMINS, {5: {"barrier": "bollard"}})
    graphes = preparer(extrait=extrait, vers=tmp_path, vitesses=VITESSES)
    detour = (2000 + 5000 + 5000 * 2**0.5 + 2000) / 1000
    assert _temps(graphes["voiture"], (7000, 0), (8000, 0)) == pytest.approx(detour, abs=0.2)
    assert _temps(graphes["pied"], (7000, 0), (8000, 0), "pied") == pytest.approx(10, abs=0.2)


def test_le_graphe_relu_dit_dou_il_vient(tmp_path):
    extrait = ecrire_pbf(tmp_path / "petit.osm.pbf", NOEUDS, CHEMINS)
    ecrits = preparer(extrait=extrait, vers=tmp_path / "graphes", vitesses=VITESSES)
    relu = fichier.lire(chemin=tmp_path / "graphes" / "pied.npz")
    assert relu.origine["extrait"] == "petit.osm.pbf" and relu.origine["mode"] == "pied"
    assert relu.noeuds == ecrits["pied"].noeuds


def test_un_fichier_qui_nest_pas_un_extrait_est_refuse(tmp_path):
    faux = tmp_path / "faux.osm.pbf"
    faux.write_bytes(b"rien du tout")
    with pytest.raises(Refus, match="faux.osm.pbf ne se lit pas") as refus:
        preparer(extrait=faux, vers=tmp_path, vitesses=VITESSES)
    assert refus.value.code == "trajets.extrait_illisible"
    with pytest.raises(Refus, match="ne se lit pas"):
        preparer(extrait=tmp_path / "absent.osm.pbf", vers=tmp_path, vitesses=VITESSES)
    assert not list(tmp_path.glob("*.npz"))


def test_un_extrait_sans_route_est_refuse(tmp_path):
    extrait = ecrire_pbf(tmp_path / "vide.osm.pbf", NOEUDS, [([1, 2], {"waterway": "river"})])
    with pytest.raises(Refus, match="n'a aucune route"):
        preparer(extrait=extrait, vers=tmp_path, vitesses=VITESSES)


# --- Les altitudes


def _tuile(dossier, nom, valeurs):
    valeurs.astype(">i2").tofile(dossier / nom)


def test_une_tuile_donne_laltitude_de_son_carreau(tmp_path):
    grille = np.arange(1201)[:, None] * np.ones(1201)
    grille[0, 0] = -32_768
    _tuile(tmp_path, "N45E003.hgt", grille)
    lire = altitudes(dossier=tmp_path)
    # La première ligne est au nord ; hors de la tuile, ou inconnue, zéro.
    lues = lire(np.array([45.0, 45.5, 46.5, 45.99999]), np.array([3.5, 3.5, 3.5, 3.00001]))
    assert lues.tolist() == [1200, 600, 0, 0]


def test_une_tuile_de_la_mauvaise_taille_est_refusee(tmp_path):
    with pytest.raises(Refus, match="aucune tuile"):
        altitudes(dossier=tmp_path)
    _tuile(tmp_path, "N45E003.hgt", np.zeros(12))
    with pytest.raises(Refus, match="N45E003.hgt n'est pas une tuile"):
        altitudes(dossier=tmp_path)


def test_la_pente_des_tuiles_ralentit_la_route(tmp_path):
    # Dix pour cent vers l'est : un degré d'est en ouest à 45 ° N fait 78,6 km.
    _tuile(tmp_path, "N45E003.hgt", np.ones((1201, 1)) * np.linspace(0, 7863, 1201))
    extrait = ecrire_pbf(tmp_path / "petit.osm.pbf", NOEUDS, CHEMINS)
    graphes = preparer(
        extrait=extrait, vers=tmp_path, vitesses=VITESSES, altitudes=altitudes(dossier=tmp_path)
    )
    # 60 - 0,1 × 10² = 50 km/h.
    lue = _temps(graphes["voiture"], (1000, 0), (4500, 0))
    assert lue == pytest.approx(3.5 * 60 / 50, rel=0.02)
    assert graphes["voiture"].origine["altitudes"] == "oui"
    assert degres(0, 0) == (45.0, 3.8)


# --- Les extraits réels, s'ils sont là


def _point(nord, est):
    return Point(latitude=nord, longitude=est, densite=100.0)


REELS = [
    # Andorre-la-Vieille au Pas de la Case, par la route du col : 30 km, une quarantaine de minutes.
    ("andorra.osm.pbf", (42.5063, 1.5218), (42.542, 1.733), (28, 55)),
    ("andorra.osm.pbf", (42.5063, 1.5218), (42.556, 1.533), (8, 20)),
    # Vaduz à Malbun, mille mètres plus haut par des lacets ; Vaduz à Schaan, la ville voisine.
    ("liechtenstein-latest.osm.pbf", (47.141, 9.5209), (47.1025, 9.6095), (14, 30)),
    ("liechtenstein-latest.osm.pbf", (47.141, 9.5209), (47.165, 9.5086), (3, 9)),
]


@pytest.mark.parametrize(("nom", "de", "vers", "bornes"), REELS)
def test_un_extrait_reel_donne_des_temps_plausibles(donnees, tmp_path, nom, de, vers, bornes):
    extrait = donnees / "geo" / nom
    if not extrait.is_file():
        pytest.skip(f"extrait {nom} absent (DRAILLE_DONNEES/geo)")
    graphes = preparer(extrait=extrait, vers=tmp_path, vitesses=VITESSES)
    m = sur(graphes["voiture"])
    temps = m.temps(origine=_point(*de), destination=_point(*vers)).minutes / 10
    assert bornes[0] < temps < bornes[1]
    # Le réseau retenu est d'un seul tenant : de partout on va partout.
    g = graphes["voiture"]
    rangs = np.random.default_rng(0).integers(0, len(g.latitudes), 40)
    partout = [_point(float(g.latitudes[i]), float(g.longitudes[i])) for i in rangs]
    grille = m.matrice(origines=partout, destinations=partout[:10]).minutes
    assert (grille >= 0).all() and grille.max() < 200 * 10
