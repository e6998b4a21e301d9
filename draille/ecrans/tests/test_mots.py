from datetime import date

import pytest

from draille.ecrans.mots import echeance_etat, echeance_mots, jours_restants


@pytest.mark.parametrize(
    ("jours", "est_tenu", "mots", "etat"),
    [
        (-3, False, "en retard de 3 jours", "retard"),
        (-1, False, "en retard de 1 jour", "retard"),
        (0, False, "aujourd'hui", "jour"),
        (1, False, "demain", "bientot"),
        (7, False, "dans 7 jours", "bientot"),
        (8, False, "dans 8 jours", "large"),
        (5, True, "tenu", "tenu"),
        (0, True, "tenu", "tenu"),
        (-2, True, "tenu avec 2 jours de retard", "tenu"),
        (None, True, "tenu", "tenu"),
        (None, False, "sans échéance", "aucun"),
    ],
)
def test_un_delai_se_dit_en_mots_et_en_classe(jours, est_tenu, mots, etat):
    assert echeance_mots(jours=jours, est_tenu=est_tenu) == mots
    assert echeance_etat(jours=jours, est_tenu=est_tenu) == etat


def test_le_dernier_jour_a_temps_est_le_jour_zero():
    assert jours_restants(avant_le=date(2020, 10, 31), jour=date(2020, 10, 31)) == 0
    assert jours_restants(avant_le=date(2020, 10, 31), jour=date(2020, 11, 1)) == -1
    assert jours_restants(avant_le=date(2020, 3, 1), jour=date(2020, 2, 28)) == 2
