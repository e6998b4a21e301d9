"""A2. La graine :

« Notamment la prévention en faveur des familles et des enfants en doublant le nombre de
consultations de PMI d'ici 2023, en maintenant la réalisation des bilans de santé en écoles
maternelles à 3-4 ans, en doublant le nombre d'enfants suivis issus de familles vulnérables […].
Mais aussi la prévention en direction des femmes enceintes en doublant le nombre des entretiens
prénataux précoces et les visites à domicile « grossesse et nouveau-nés ». »
"""

from decimal import Decimal

import pytest

from draille.mesures.convention.regles import GenreCible, situer
from tests.conventions import publie

DOUBLEES = ["consultations", "enfants_vulnerables", "entretiens_prenataux", "visites_domicile"]


@pytest.mark.parametrize("code", DOUBLEES)
def test_ce_que_l_ardeche_double(code):
    cible = publie.cibles("07", "contrat_enfance")[code]
    assert (cible.genre, cible.valeur) == (GenreCible.MULTIPLICATEUR, Decimal(2))
    assert "doublant" in cible.preuve.phrase
    assert situer(cible=cible, constate=Decimal(99), base=Decimal(50)).est_atteinte is False
    assert situer(cible=cible, constate=Decimal(100), base=Decimal(50)).est_atteinte is True


def test_ce_que_l_ardeche_maintient():
    cible = publie.cibles("07", "contrat_enfance")["bilans_3_4_ans"]
    assert cible.genre is GenreCible.MAINTIEN
    assert "maintenant" in cible.preuve.phrase
    assert situer(cible=cible, constate=Decimal(49), base=Decimal(50)).est_atteinte is False


def test_seules_les_consultations_ont_une_echeance_publiee():
    echeances = {c: x.echeance_annee for c, x in publie.cibles("07", "contrat_enfance").items()}
    assert echeances == {**dict.fromkeys([*DOUBLEES, "bilans_3_4_ans"]), "consultations": 2023}


def test_l_annee_de_base_n_est_pas_publiee_et_la_cible_ne_se_juge_pas_sans_elle():
    cible = publie.cibles("07", "contrat_enfance")["consultations"]
    assert cible.annee_base is None
    assert situer(cible=cible, constate=Decimal(100)).est_atteinte is None
