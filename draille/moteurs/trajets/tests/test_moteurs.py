"""Le moteur en vigueur, des réglages aux temps entre communes ."""

from datetime import date

import pytest

from draille.moteurs.trajets.adaptateur import (
    minutes,
    minutes_points,
    plus_proche,
    plus_proches,
    point,
    points,
    points_communes,
    precision,
    temps,
)
from draille.moteurs.trajets.adaptateur_etat import etat
from draille.moteurs.trajets.adaptateur_moteurs import graphe_prepare, moteur, vitesses
from draille.moteurs.trajets.adaptateur_osm import preparer
from draille.moteurs.trajets.calcul.profil import CLASSES
from draille.moteurs.trajets.tests.petit_reseau import degres, ecrire_pbf, lieu
from draille.noyau.territoire.models import Commune
from draille.socle.refus import Refus

LE = date(2020, 10, 31)
NOEUDS = {1: (0, 0), 2: (20_000, 0), 3: (20_000, 20_000)}
CHEMINS = [([1, 2], {"highway": "primary"}), ([2, 3], {"highway": "primary"})]


@pytest.fixture
def extrait(tmp_path):
    return ecrire_pbf(tmp_path / "petit.osm.pbf", NOEUDS, CHEMINS)


@pytest.fixture
def graphe(settings, tmp_path, extrait):
    settings.DRAILLE_TRAJETS = "graphe"
    settings.DRAILLE_TRAJETS_GRAPHE = tmp_path / "graphes"
    lues = {mode: vitesses(le=LE, mode=mode) for mode in ("voiture", "pied")}
    preparer(extrait=extrait, vers=settings.DRAILLE_TRAJETS_GRAPHE, vitesses=lues)
    return settings


def _commune(insee, x, y, **champs):
    nord, est = degres(x, y)
    defauts = {"population": 1000, "surface_km2": 20.0, "latitude": nord, "longitude": est}
    return Commune.objects.create(code_insee=insee, nom=f"Lieu {insee}", **(defauts | champs))


@pytest.fixture
def communes(db):
    return [
        _commune("43001", 0, 0),
        _commune("43002", 20_000, 0),
        _commune("43003", 20_000, 20_000),
        _commune("43004", 60_000, 60_000, population=40_000),
    ]


def test_entre_communes_le_graphe_repond_et_ce_quil_ignore_est_estime(graphe, communes):
    a, b, c, perdue = (x.pk for x in communes)
    grille = minutes(origines=(a, perdue), destinations=(b, c), le=LE)
    # 20 km à 65 km/h, la règle de Metric sur une route droite et plate.
    assert grille.temps(origine=0, destination=0).minutes == pytest.approx(185, abs=2)
    assert grille.temps(origine=0, destination=1).minutes == pytest.approx(369, abs=3)
    assert grille.temps(origine=0, destination=0).methode == "graphe"
    assert grille.temps(origine=1, destination=0).methode == "estimation"
    assert precision(le=LE).methode == "graphe"
    assert "n'a pas été mesurée sur ce Département" in precision(le=LE).source


def test_dune_commune_a_elle_meme_le_plancher_vaut_pour_tout_moteur(graphe, communes):
    ici = temps(de=communes[0].pk, vers=communes[0].pk, le=LE)
    assert (ici.minutes, ici.methode) == (50, "graphe")
    assert ici.bas <= ici.minutes <= ici.haut


def test_les_points_portent_la_densite_de_leur_commune(communes, django_assert_num_queries):
    nord, est = degres(59_000, 59_000)
    with django_assert_num_queries(1):
        chez, pres = points(positions=[(nord, est, communes[0].pk), (nord, est, None)])
    assert (chez.densite, pres.densite) == (50.0, 2000.0)
    assert point(latitude=nord, longitude=est, commune_id=None) == pres
    # Une commune sans position ne prête pas de densité : la plus proche le fait.
    sans = _commune("43005", 0, 0, latitude=None)
    assert point(latitude=nord, longitude=est, commune_id=sans.pk) == pres
    assert points_communes(communes=[communes[0].pk, sans.pk]).keys() == {communes[0].pk}


def test_sans_aucune_commune_situee_un_point_est_refuse(db):
    with pytest.raises(Refus, match="Aucune commune n'a de position connue") as refus:
        point(latitude=45.0, longitude=3.8, commune_id=None)
    assert refus.value.code == "trajets.commune_sans_position"
    assert points(positions=[]) == []


def test_le_plus_proche_et_les_plus_proches(graphe, django_assert_num_queries):
    lieux = [lieu(20_000, 20_000), lieu(15_000, 0), lieu(1000, 0)]
    trouves = plus_proches(origine=lieu(0, 0), destinations=lieux, le=LE, limite_minutes=20)
    assert [p.rang for p in trouves] == [2, 1]
    assert [p.temps.methode for p in trouves] == ["graphe", "graphe"]
    gens = [lieu(2000, 0), lieu(19_000, 0), lieu(20_000, 15_000)]
    assert [p.rang for p in plus_proche(origines=gens, destinations=lieux, le=LE)] == [2, 1, 0]
    assert plus_proche(origines=gens, destinations=[], le=LE) == []
    assert plus_proche(origines=[], destinations=lieux, le=LE) == []


def test_a_pied_sur_le_graphe(graphe):
    grille = minutes_points(origines=[lieu(0, 0)], destinations=[lieu(1500, 0)], le=LE, mode="pied")
    assert grille.temps(origine=0, destination=0).minutes == pytest.approx(200, abs=2)
    assert "20 min à pied (par la route" in grille.temps(origine=0, destination=0).libelle


def test_le_graphe_refait_est_relu(graphe, extrait):
    ancien = graphe_prepare(mode="voiture")
    assert graphe_prepare(mode="voiture") is ancien
    lentes = {m: vitesses(le=LE, mode=m) for m in ("voiture", "pied")}
    ecrire_pbf(extrait.with_name("grand.osm.pbf"), NOEUDS, [*CHEMINS, ([1, 3], CHEMINS[0][1])])
    preparer(
        extrait=extrait.with_name("grand.osm.pbf"),
        vers=graphe.DRAILLE_TRAJETS_GRAPHE,
        vitesses=lentes,
    )
    neuf = graphe_prepare(mode="voiture")
    assert neuf is not None and ancien is not None and len(neuf.de) == len(ancien.de) + 1


def test_un_graphe_abime_est_refuse_par_une_phrase(graphe):
    (graphe.DRAILLE_TRAJETS_GRAPHE / "voiture.npz").write_bytes(b"rien")
    with pytest.raises(Refus, match="Le graphe routier ne se lit pas"):
        moteur(le=LE)


def test_un_reglage_mal_ecrit_est_refuse(settings):
    settings.DRAILLE_TRAJETS = "grafe"
    with pytest.raises(Refus, match="« grafe » : écrivez estimation, graphe ou osrm"):
        moteur(le=LE)


def test_sans_graphe_prepare_on_estime_et_on_le_dit(settings, tmp_path):
    settings.DRAILLE_TRAJETS = "graphe"
    settings.DRAILLE_TRAJETS_GRAPHE = tmp_path / "vide"
    assert moteur(le=LE).methode == "estimation"
    dit = etat(le=LE)
    assert not dit.est_entier
    assert "draille trajets preparer" in " ".join(dit.phrases)


def test_letat_dit_la_methode_la_bande_et_la_source(graphe):
    dit = etat(le=LE)
    ecrit = "\n".join(dit.phrases)
    assert dit.est_entier
    assert "Trajets en voiture : calculés sur le graphe routier." in ecrit
    assert "Trajets à pied : calculés sur le graphe routier." in ecrit
    assert "petit.osm.pbf" in ecrit and "bande de 0,85 à 1,18 fois" in ecrit


def test_chaque_classe_de_route_a_son_parametre():
    for mode in ("voiture", "pied"):
        lues = vitesses(le=LE, mode=mode)
        assert len(lues.km_h) == len(CLASSES) and min(lues.km_h) > 0
