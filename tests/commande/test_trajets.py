"""`draille trajets` : préparer le graphe d'un extrait, dire le moteur en vigueur."""

from draille.commande.principal import principal
from draille.moteurs.trajets.tests.petit_reseau import ecrire_pbf


def test_la_commande_prepare_et_dit(settings, tmp_path, capsys):
    noeuds = {1: (0, 0), 2: (20_000, 0), 3: (20_000, 20_000)}
    chemins = [([1, 2], {"highway": "primary"}), ([2, 3], {"highway": "primary"})]
    extrait = ecrire_pbf(tmp_path / "petit.osm.pbf", noeuds, chemins)
    settings.DRAILLE_TRAJETS = "graphe"
    settings.DRAILLE_TRAJETS_GRAPHE = tmp_path / "ici"
    assert principal(["trajets", "dire"]) == 1
    assert principal(["trajets", "preparer", str(extrait)]) == 0
    assert "voiture : 3 nœuds, 2 arêtes" in capsys.readouterr().out
    assert principal(["trajets", "dire"]) == 0
    assert principal(["trajets", "preparer", str(tmp_path / "rien.osm.pbf")]) == 1
    assert "ne se lit pas comme un extrait" in capsys.readouterr().err
