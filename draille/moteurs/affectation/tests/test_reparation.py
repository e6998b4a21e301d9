"""Réparer : le moins de changements, vérifié par énumération, et rien de remanié en silence."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draille.moteurs.affectation.calcul import Probleme, reparer
from draille.moteurs.affectation.tests.fabrique import (
    cout_total,
    demandeur,
    place,
    probleme,
    problemes,
)


def _meilleure(p: Probleme, actuels: Sequence[int]) -> tuple[int, int, int]:
    """(perdus, unités déplacées, coût) du meilleur, par énumération des suivis seuls."""
    suivis = [i for i, j in enumerate(actuels) if j >= 0]
    reduit = replace(p, demandeurs=tuple(p.demandeurs[i] for i in suivis))
    bilans = []
    for choix in product(range(-1, len(p.places)), repeat=len(suivis)):
        cout = cout_total(reduit, choix)
        if cout is not None:
            bilans.append((*_bilan(p, actuels, suivis, choix), cout))
    return min(bilans)


def _bilan(p, actuels, suivis, choix) -> tuple[int, int]:
    perdus = {p.demandeurs[i].unite for i, j in zip(suivis, choix, strict=True) if j < 0}
    bouges = {p.demandeurs[i].unite for i, j in zip(suivis, choix, strict=True) if j != actuels[i]}
    poids = {p.demandeurs[i].unite: 0 for i in suivis}
    for i in suivis:
        poids[p.demandeurs[i].unite] += 1
    return len(perdus), len(bouges)


@settings(max_examples=125, deadline=None)
@given(problemes(couples=False), st.data())
def test_la_reparation_est_la_plus_petite_puis_la_moins_chere(p, donnees):
    actuels = tuple(donnees.draw(st.integers(-1, len(p.places) - 1)) for _ in p.demandeurs)
    rendu = reparer(probleme=p, actuels=actuels)
    suivis = [i for i, j in enumerate(actuels) if j >= 0]
    choix = [rendu.choix[i] for i in suivis]
    reduit = replace(p, demandeurs=tuple(p.demandeurs[i] for i in suivis))
    assert cout_total(reduit, choix) == rendu.cout
    assert (*_bilan(p, actuels, suivis, choix), rendu.cout) == _meilleure(p, actuels)


@settings(max_examples=50, deadline=None)
@given(problemes(), st.data())
def test_tout_changement_est_dit_et_rien_dautre_ne_bouge(p, donnees):
    actuels = tuple(donnees.draw(st.integers(-1, len(p.places) - 1)) for _ in p.demandeurs)
    rendu = reparer(probleme=p, actuels=actuels)
    dits = {c.demandeur: (c.de, c.vers) for c in rendu.changements}
    vrais = {i: (a, b) for i, (a, b) in enumerate(zip(actuels, rendu.choix, strict=True)) if a != b}
    assert dits == vrais
    assert all(de >= 0 for de, _ in dits.values())


def test_une_affectation_admissible_ne_bouge_pas_meme_si_lon_ferait_mieux():
    p = probleme([demandeur(1, 800, 10), demandeur(2, 10, 800)], [place(2), place(2)])
    rendu = reparer(probleme=p, actuels=(0, 1))
    assert rendu.choix == (0, 1)
    assert rendu.changements == ()


def test_un_referent_parti_donne_ses_dossiers_et_eux_seuls():
    p = probleme(
        [demandeur(1, 100, 200, 300), demandeur(2, 100, 200, 300), demandeur(3, 100, 200, 300)],
        [place(3, est_presente=False), place(1), place(3)],
    )
    rendu = reparer(probleme=p, actuels=(0, 0, 1))
    assert rendu.choix == (2, 2, 1)
    assert [(c.demandeur, c.de, c.vers, c.cout) for c in rendu.changements] == [
        (0, 0, 2, None),
        (1, 0, 2, None),
    ]


def test_un_quota_reduit_ne_deplace_que_lexcedent_le_moins_cher():
    p = probleme(
        [demandeur(1, 100, 500), demandeur(2, 100, 130), demandeur(3, 100, 500)],
        [place(2), place(3)],
    )
    rendu = reparer(probleme=p, actuels=(0, 0, 0))
    assert [(c.demandeur, c.vers, c.cout) for c in rendu.changements] == [(1, 1, 30)]


def test_un_secteur_change_deplace_une_chaine_plutot_que_de_laisser_sans_referent():
    p = probleme(
        [demandeur(1, -1, 100, -1), demandeur(2, -1, 100, 100)],
        [place(1), place(1), place(1)],
    )
    assert reparer(probleme=p, actuels=(0, 1)).choix == (1, 2)


def test_qui_attend_nest_pas_touche_et_un_foyer_separe_est_reuni():
    p = probleme([demandeur(k, 100, 100) for k in (1, 1, 2)], [place(2), place(2)])
    rendu = reparer(probleme=p, actuels=(0, 1, -1))
    assert rendu.choix[0] == rendu.choix[1] >= 0
    assert rendu.choix[2] == -1
    assert len(rendu.changements) == 1


def test_des_longueurs_qui_ne_saccordent_pas_sont_refusees():
    with pytest.raises(ValueError, match="une place actuelle"):
        reparer(probleme=probleme([demandeur(1)], []), actuels=())
