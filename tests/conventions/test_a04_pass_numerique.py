"""A4. La graine :

« Pour cela, le Département développe en 2021 le Pass'numérique (chéquier pour 5 à 40 heures de
formation au numérique) en direction des personnes les plus éloignées du numérique, en s'appuyant
sur un réseau de partenaires prescripteurs. »
"""

from decimal import Decimal

import pytest

from draille.mesures.convention.regles import situer
from tests.conventions import publie


@pytest.mark.parametrize(("heures", "admis"), [(4, False), (5, True), (40, True), (41, False)])
def test_un_chequier_vaut_5_a_40_heures(heures, admis):
    cible = publie.cibles("07", "pass_numerique")["heures_par_chequier"]
    assert (cible.valeur, cible.valeur_max, cible.unite) == (Decimal(5), Decimal(40), "heures")
    assert situer(cible=cible, constate=Decimal(heures)).est_atteinte is admis
    assert "5 à 40 heures" in cible.preuve.phrase
