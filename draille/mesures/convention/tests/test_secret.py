"""Hors du Département, aucun petit nombre ne se lit, même par différence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.convention.lectures_secret import (
    Compte,
    taire,
    taire_colonne,
    taire_total,
)


def compte(numerateur, denominateur, cle="x"):
    return Compte(cle, cle, numerateur, denominateur)


@pytest.mark.parametrize(
    ("numerateur", "denominateur", "lus"),
    [
        (0, 0, (0, 0)),
        (20, 40, (20, 40)),
        (11, 22, (11, 22)),
        (3, 40, (None, 40)),
        (38, 40, (None, 40)),
        (40, 40, (40, 40)),
        (5, 10, (None, None)),
        (0, 30, (0, 30)),
    ],
)
def test_un_compte_tait_ce_qui_designe(numerateur, denominateur, lus):
    tu = taire(compte(numerateur, denominateur), seuil=11)
    assert (tu.numerateur, tu.denominateur) == lus
    assert (tu.taux is None) == (tu.est_masque or not denominateur)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=12))
def test_rien_de_petit_ne_se_retrouve_par_difference(paires):
    colonne = [compte(min(n, d), d, str(i)) for i, (n, d) in enumerate(paires)]
    tus = taire_colonne(colonne, seuil=11)
    for champ in ("numerateur", "denominateur"):
        caches = [
            getattr(avant, champ)
            for avant, apres in zip(colonne, tus, strict=True)
            if getattr(apres, champ) is None
        ]
        visibles = [getattr(c, champ) for c in tus if getattr(c, champ) is not None]
        assert not [v for v in visibles if 0 < v < 11]
        # Le total affiché moins les cases lisibles ne donne jamais un seul nombre caché.
        total = compte(sum(c.numerateur for c in colonne), sum(c.denominateur for c in colonne))
        # Ni une somme qui désignerait encore des personnes.
        if len(caches) == 1 or (caches and 0 < sum(caches) < 11):
            assert not any(visibles)
            assert getattr(taire_total(total, [tus], seuil=11), champ) is None
