"""A3. La graine :

« Les actions développées dans ce cadre permettront de mobiliser 1 M€ de l'Etat en regard de la même
somme investie par le Département pour développer les objectifs d'amélioration et de rapprochement
des besoins identifiés dans le cadre de ce contrat. »
"""

from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles import (
    EtatParite,
    EtatPeriode,
    ecart_inexplique,
    lire_au,
    parites,
)
from tests.conventions import publie


def lue():
    return lire_au(convention=publie.convention("07", "contrat_enfance"), le=date(2021, 6, 1))


def test_un_million_de_l_etat_en_regard_d_un_million_du_departement():
    lecture = lue()
    ((_, parite),) = parites(
        financements=lecture.financements, lignes=lecture.lignes, regle=lecture.convention.parite
    )
    assert parite.etat is EtatParite.EXACTE
    assert parite.montant_etat == parite.montant_departement == Decimal(1_000_000)
    for engagement in lecture.financements:
        assert engagement.valeur in publie.montants_ecrits(engagement.preuve.phrase)


def test_les_deux_axes_n_ont_pas_de_montant_publie():
    lecture = lue()
    assert [x.mesures for x in lecture.lignes] == [("pmi",), ("protection_enfance",)]
    assert [x.montant for x in lecture.lignes] == [None, None]
    assert ecart_inexplique(financements=lecture.financements, lignes=lecture.lignes) is None


def test_les_dates_du_contrat_ne_sont_pas_publiees():
    assert lue().periode is EtatPeriode.NON_PUBLIEE
    assert lue().mention == "Montants du contrat."
