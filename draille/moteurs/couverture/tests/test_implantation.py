"""Où ouvrir : le choix exact vaut la recherche complète, bat le glouton, et le prouve."""

from itertools import combinations

import numpy as np
import pytest

from draille.moteurs.couverture.calcul import implanter, implanter_glouton

PRES, LOIN = 100, 900


def _minutes(*ensembles, communes):
    """Une grille où chaque candidat est près de ces communes, et loin des autres."""
    grille = np.full((communes, len(ensembles)), LOIN, dtype=np.int32)
    for j, ensemble in enumerate(ensembles):
        grille[list(ensemble), j] = PRES
    return grille


def _complet(minutes, populations, deja, nombre):
    """Le mieux que puissent `nombre` candidats, en les essayant tous."""
    couvre = (minutes < 300) & ~np.array(deja)[:, None]
    poids = np.array(populations)
    return max(
        int(poids[couvre[:, list(choix)].any(axis=1)].sum())
        for choix in combinations(range(minutes.shape[1]), min(nombre, minutes.shape[1]))
    )


def test_le_glouton_prend_le_gros_du_milieu_et_perd():
    # Le candidat 0 est au milieu et couvre 600 ; les deux bords, ensemble, couvrent tout.
    minutes = _minutes({1, 2}, {0, 1}, {2, 3}, communes=4)
    demande = {
        "minutes": minutes,
        "populations": (200, 300, 300, 200),
        "deja": [False] * 4,
        "nombre": 2,
        "seuil": 300,
    }
    glouton, exact = implanter_glouton(**demande), implanter(**demande)
    assert [a.candidat for a in glouton.ajouts][0] == 0
    assert glouton.gain == 800
    assert {a.candidat for a in exact.ajouts} == {1, 2}
    assert exact.gain == 1000
    assert exact.est_prouvee
    assert exact.borne == 1000
    assert not glouton.est_prouvee


@pytest.mark.parametrize("graine", range(40))
def test_le_choix_exact_vaut_la_recherche_complete(graine):
    hasard = np.random.default_rng(graine)
    n, m, nombre = int(hasard.integers(1, 14)), int(hasard.integers(1, 9)), graine % 4 + 1
    minutes = hasard.integers(0, 1000, (n, m)).astype(np.int32)
    populations = hasard.integers(0, 500, n)
    deja = hasard.random(n) < 0.3
    demande = {
        "minutes": minutes,
        "populations": populations,
        "deja": deja,
        "nombre": nombre,
        "seuil": 300,
    }
    exact, glouton = implanter(**demande), implanter_glouton(**demande)
    mieux = _complet(minutes, populations, deja, nombre)
    assert exact.gain == exact.borne == mieux
    assert exact.est_prouvee
    assert mieux * (1 - 1 / np.e) <= glouton.gain <= mieux <= glouton.borne
    # Ce que chacun dit apporter est bien ce qu'il ajoute, une fois.
    communes = [i for a in exact.ajouts for i in a.communes]
    assert len(communes) == len(set(communes))
    assert sum(populations[communes]) == exact.gain
    for ajout in exact.ajouts:
        assert ajout.apport == sum(populations[list(ajout.communes)])
        assert all(minutes[i, ajout.candidat] < 300 and not deja[i] for i in ajout.communes)
    apports = [a.apport for a in exact.ajouts]
    assert apports == sorted(apports, reverse=True)


def test_un_lieu_de_plus_qui_napporte_personne_nest_pas_propose():
    minutes = _minutes({0}, {1}, {2}, communes=3)
    rendu = implanter(
        minutes=minutes, populations=(10, 0, 5), deja=(False, False, True), nombre=3, seuil=300
    )
    assert [(a.candidat, a.apport) for a in rendu.ajouts] == [(0, 10)]
    assert rendu.est_prouvee


def test_tout_le_monde_est_deja_couvert_rien_a_ouvrir():
    minutes = _minutes({0}, communes=1)
    rendu = implanter(minutes=minutes, populations=(10,), deja=(True,), nombre=1, seuil=300)
    assert (rendu.ajouts, rendu.gain, rendu.est_prouvee) == ((), 0, True)


def test_a_couverture_egale_le_lieu_le_plus_central_est_choisi():
    # Les deux candidats couvrent les deux communes ; le second est chez les plus nombreux.
    minutes = np.array([[50, 200], [200, 50]], dtype=np.int32)
    rendu = implanter(
        minutes=minutes, populations=(10, 90), deja=(False, False), nombre=1, seuil=300
    )
    assert [a.candidat for a in rendu.ajouts] == [1]


def test_le_meme_probleme_rend_le_meme_choix():
    hasard = np.random.default_rng(3)
    demande = {
        "minutes": hasard.integers(0, 900, (60, 60)).astype(np.int32),
        "populations": hasard.integers(1, 9, 60),
        "deja": np.zeros(60, dtype=bool),
        "nombre": 5,
        "seuil": 120,
    }
    assert implanter(**demande) == implanter(**demande)
    assert implanter(**demande).est_prouvee


@pytest.mark.parametrize("nombre", [0, 6])
def test_on_demande_de_un_a_cinq_lieux(nombre):
    with pytest.raises(ValueError, match="de 1 à 5"):
        implanter(
            minutes=_minutes({0}, communes=1),
            populations=(1,),
            deja=(False,),
            nombre=nombre,
            seuil=300,
        )


def test_des_tailles_qui_ne_saccordent_pas_sont_refusees():
    with pytest.raises(ValueError, match="dans le même ordre"):
        implanter(
            minutes=_minutes({0}, communes=2),
            populations=(1,),
            deja=(False,),
            nombre=1,
            seuil=300,
        )
