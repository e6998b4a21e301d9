"""H4. La graine :

« Fin 2019, le nombre de bénéficiaires du RSA était de 2800 personnes en Haute-Loire. Il est
actuellement de 3100, soit une hausse notable de 10 % en quelques mois. Dans le budget initial du
Département, la dépense devait atteindre 19,3 millions d'euros. Un rajout de 800 000 € a été votée
en juin. La situation s'amplifiant, une nouvelle décision modificative a été prise pour apporter
600 000 € supplémentaires pour financer le RSA. »
"""

from decimal import Decimal

from draille.mesures.convention.regles import (
    budget_rsa,
    hausse_des_beneficiaires,
    hausse_du_budget_rsa,
)
from tests.conventions import publie


def test_le_budget_du_rsa_2020_fait_20_7_millions():
    assert budget_rsa(rsa=publie.rsa("43"), annee=2020) == Decimal(20_700_000)
    assert hausse_du_budget_rsa(rsa=publie.rsa("43"), annee=2020) == Decimal("7.25")
    assert budget_rsa(rsa=publie.rsa("43"), annee=2021) == 0
    assert hausse_du_budget_rsa(rsa=publie.rsa("43"), annee=2021) is None


def test_de_2800_a_3100_beneficiaires():
    effectifs = publie.rsa("43").beneficiaires
    assert [e.nombre for e in effectifs] == [2800, 3100]
    assert hausse_des_beneficiaires(rsa=publie.rsa("43")) == Decimal("10.71")


def test_chaque_chiffre_se_lit_dans_sa_phrase_et_la_phrase_dans_la_page():
    rsa = publie.rsa("43")
    for acte in rsa.budget:
        assert acte.montant in publie.montants_ecrits(acte.preuve.phrase)
    for effectif in rsa.beneficiaires:
        assert str(effectif.nombre) in effectif.preuve.phrase
    texte = publie.page("43_convention_pauvrete.txt")
    for preuve in [x.preuve for x in (*rsa.budget, *rsa.beneficiaires)]:
        assert publie.a_plat(preuve.phrase) in texte
