"""Compter qui est couvert, par quoi, avec quelle bande ; et ce que change une fermeture."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.couverture.calcul import (
    HORS_DE_PORTEE,
    couvrir,
    fermer,
    pertes,
    plus_proches,
    reunir,
    sommes,
)

# Trois communes, deux points : dixièmes de minute.
MINUTES = np.array([[100, 400], [300, 310], [299, 120]], dtype=np.int32)
BAS = np.array([[84, 336], [252, 260], [251, 85]], dtype=np.int32)
HAUT = np.array([[135, 524], [393, 406], [392, 157]], dtype=np.int32)
POPULATIONS = (1000, 200, 300)


def _couverture(seuil=300):
    proches = plus_proches(minutes=MINUTES, bas=BAS, haut=HAUT)
    return couvrir(proches=proches, populations=POPULATIONS, seuil=seuil)


def test_est_couvert_qui_est_a_moins_du_seuil_pas_juste_au_seuil():
    lue = _couverture()
    assert lue.proches.point.tolist() == [0, 0, 1]
    assert lue.proches.minutes.tolist() == [100, 300, 120]
    # La deuxième commune est à trente minutes juste : elle n'est pas à moins de trente minutes.
    assert lue.couvertes.tolist() == [True, False, True]
    assert (lue.population, lue.population_couverte) == (1500, 1300)
    assert lue.part == Fraction(1300, 1500)


def test_la_bande_va_des_temps_hauts_aux_temps_bas():
    lue = _couverture()
    assert lue.part_basse == Fraction(1300, 1500)
    assert lue.part_haute == Fraction(1)
    serree = _couverture(seuil=130)
    assert (serree.part_basse, serree.part, serree.part_haute) == (
        Fraction(0),
        Fraction(1300, 1500),
        Fraction(1300, 1500),
    )


def test_sans_point_personne_nest_couvert_et_cela_se_dit():
    proches = plus_proches(minutes=np.zeros((2, 0), dtype=np.int32))
    lue = couvrir(proches=proches, populations=(5, 6), seuil=300)
    assert lue.proches.point.tolist() == [-1, -1]
    assert lue.proches.minutes.tolist() == [HORS_DE_PORTEE] * 2
    assert lue.part == 0


def test_un_point_sans_route_nest_le_plus_proche_de_personne():
    minutes = np.array([[HORS_DE_PORTEE, HORS_DE_PORTEE]], dtype=np.int32)
    assert plus_proches(minutes=minutes).point.tolist() == [-1]


def test_sans_habitant_il_ny_a_pas_de_part():
    proches = plus_proches(minutes=np.array([[10]], dtype=np.int32))
    assert couvrir(proches=proches, populations=(0,), seuil=300).part is None


def test_par_blocs_le_compte_est_le_meme():
    blocs = [plus_proches(minutes=MINUTES[i : i + 1], bas=BAS[i : i + 1]) for i in range(3)]
    ensemble, entier = reunir(blocs=blocs), plus_proches(minutes=MINUTES, bas=BAS)
    assert ensemble.point.tolist() == entier.point.tolist()
    assert ensemble.bas.tolist() == entier.bas.tolist()
    assert reunir(blocs=[]).point.shape == (0,)


def test_les_territoires_se_somment_et_qui_nen_a_pas_nest_dans_aucun():
    lue = _couverture()
    assert sommes(couverture=lue, groupes=(0, 1, 0), nombre=3) == (
        (1300, 1300, 1300, 1300),
        (200, 0, 0, 200),
        (0, 0, 0, 0),
    )
    assert sommes(couverture=lue, groupes=(-1, -1, 0), nombre=1) == ((300, 300, 300, 300),)


def test_fermer_dit_qui_perd_et_qui_va_ailleurs():
    rendu = fermer(minutes=MINUTES, bas=BAS, haut=HAUT, populations=POPULATIONS, seuil=300, point=0)
    assert rendu.perdues == (0,)
    assert rendu.deplacees == (0, 1)
    assert rendu.population_perdue == 1000
    # Le point restant garde son rang.
    assert rendu.apres.proches.point.tolist() == [1, 1, 1]
    assert rendu.apres.proches.minutes.tolist() == [400, 310, 120]


def test_fermer_le_seul_point_laisse_tout_le_monde_sans():
    rendu = fermer(
        minutes=MINUTES[:, :1],
        bas=BAS[:, :1],
        haut=HAUT[:, :1],
        populations=POPULATIONS,
        seuil=300,
        point=0,
    )
    assert rendu.apres.population_couverte == 0
    assert rendu.population_perdue == 1300
    assert rendu.apres.proches.point.tolist() == [-1, -1, -1]


def test_fermer_un_rang_qui_nexiste_pas_est_refuse():
    with pytest.raises(ValueError, match="rang"):
        fermer(minutes=MINUTES, bas=BAS, haut=HAUT, populations=POPULATIONS, seuil=300, point=2)


@pytest.mark.parametrize(
    ("populations", "seuil"), [((1, 2), 300), ((1, 2, -3), 300), ((1, 2, 3), 0)]
)
def test_des_entrees_qui_ne_saccordent_pas_sont_refusees(populations, seuil):
    with pytest.raises(ValueError):
        couvrir(proches=plus_proches(minutes=MINUTES), populations=populations, seuil=seuil)


@given(
    minutes=st.lists(st.lists(st.integers(0, 900), min_size=3, max_size=3), min_size=1, max_size=6),
    point=st.integers(0, 2),
)
def test_fermer_vaut_recompter_sans_le_point(minutes, point):
    grille = np.array(minutes, dtype=np.int32)
    habitants = np.arange(1, len(minutes) + 1)
    rendu = fermer(
        minutes=grille, bas=grille, haut=grille, populations=habitants, seuil=300, point=point
    )
    autres = [j for j in range(3) if j != point]
    sans = couvrir(
        proches=plus_proches(minutes=grille[:, autres]), populations=habitants, seuil=300
    )
    assert rendu.apres.population_couverte == sans.population_couverte
    assert [autres[j] for j in sans.proches.point] == rendu.apres.proches.point.tolist()
    assert rendu.population_perdue == sum(habitants[list(rendu.perdues)])
    assert pertes(minutes=grille, populations=habitants, seuil=300)[point] == (
        rendu.population_perdue
    )
    assert set(rendu.perdues) <= set(rendu.deplacees)
