from datetime import date
from decimal import Decimal

import pytest

from draille.demo.bareme import Taille, bareme
from draille.demo.droit import trimestre

MARS, AVRIL = date(2020, 3, 1), date(2020, 4, 1)


def test_le_montant_forfaitaire_change_en_avril_2020() -> None:
    assert bareme().montant_forfaitaire(le=MARS) == Decimal("559.74")
    assert bareme().montant_forfaitaire(le=AVRIL) == Decimal("564.78")
    assert bareme().montant_forfaitaire(le=date(2026, 11, 1)) == Decimal("651.69")


@pytest.mark.parametrize(
    ("taille", "montant"),
    [
        (Taille(1, 0), "564.78"),
        (Taille(1, 1), "847.17"),  # 1,5 part
        (Taille(1, 2), "1016.60"),  # 1,8 part
        (Taille(1, 3), "1242.52"),  # 2,2 parts
        (Taille(2, 0), "847.17"),
        (Taille(2, 2), "1186.04"),  # 2,1 parts
        (Taille(2, 3), "1411.95"),  # 2,5 parts
        (Taille(1, 1, est_majore=True), "966.99"),  # 564,78 × 1,71216 = 966,9937
    ],
)
def test_le_minimum_garanti_selon_la_taille_en_2020(taille: Taille, montant: str) -> None:
    assert bareme().minimum_garanti(taille=taille, le=AVRIL) == Decimal(montant)


def test_le_forfait_logement_d_une_deux_et_trois_personnes() -> None:
    montants = [bareme().forfait_logement(taille=Taille(1, n), le=AVRIL) for n in range(4)]
    assert montants == [Decimal(m) for m in ("67.77", "135.55", "167.74", "167.74")]


def test_avant_le_premier_montant_connu_on_le_dit() -> None:
    with pytest.raises(LookupError, match="01/01/2001"):
        bareme().montant_forfaitaire(le=date(2001, 1, 1))


def test_le_trimestre_de_reference_precede_le_mois_et_avance_tous_les_trois_mois() -> None:
    debuts = [trimestre(date(2020, m, 1), 1) for m in range(1, 8)]
    assert debuts == [date(2019, 8, 1)] + [date(2019, 11, 1)] * 3 + [date(2020, 2, 1)] * 3
