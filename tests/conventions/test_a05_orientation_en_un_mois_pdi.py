"""A5. La graine :

« Les grands axes de travail mis en œuvre sur la période 2021-2025 sont présentés dans le Programme
départemental de l'insertion (PDI). […] le Département s'engage à orienter les nouvelles personnes
au RSA dans un délai d'un mois à compter de leur ouverture de droits. »
"""

from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles import EtatPeriode, lire_au, situer
from tests.conventions import publie


def test_l_ardeche_oriente_en_un_mois_a_compter_de_l_ouverture_des_droits():
    cible = publie.cibles("07", "pdi_2021_2025")["un_mois"]
    assert (cible.genre, cible.valeur, cible.unite) == ("au_plus", Decimal(1), "mois")
    assert "dans un délai d’un mois à compter de leur ouverture de droits" in cible.preuve.phrase
    # « dans un délai d'un mois » admet le mois entier, « en moins d'un mois » (43) non.
    assert situer(cible=cible, constate=Decimal(1)).est_atteinte is True
    autre = publie.cibles("43", "convention_pauvrete_2019_2021")["moins_d_un_mois"]
    assert situer(cible=autre, constate=Decimal(1)).est_atteinte is False


def test_le_programme_couvre_2021_a_2025():
    programme = publie.convention("07", "pdi_2021_2025")
    jours = [date(2020, 12, 31), date(2021, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [lire_au(convention=programme, le=j).periode for j in jours] == [
        EtatPeriode.A_VENIR,
        EtatPeriode.EN_COURS,
        EtatPeriode.EN_COURS,
        EtatPeriode.TERMINEE,
    ]


def test_la_ligne_mene_aux_mesures_qui_l_executent():
    lecture = lire_au(convention=publie.convention("07", "pdi_2021_2025"), le=date(2021, 6, 1))
    mesures = {m for x in lecture.lignes for m in x.mesures}
    assert mesures == {"pdi", "orientation_rsa", "metiers_tension", "reseau_insertion"}
