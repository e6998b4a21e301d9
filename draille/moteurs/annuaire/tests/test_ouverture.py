"""Quand un lieu est ouvert : exemples du calendrier de 2020."""

from datetime import date, datetime, time

import pytest

from draille.moteurs.annuaire.calcul.ouverture import (
    Plage,
    a_des_horaires,
    est_ouvert,
    ouvertures_du,
    prochaine,
    semaine,
)

MATIN = {"heure_debut": time(9), "heure_fin": time(12)}
SOIR = {"heure_debut": time(14), "heure_fin": time(17, 30)}
MARDI = Plage(jour=2, le=None, **MATIN)
MARDI_SOIR = Plage(jour=2, le=None, **SOIR)


def _dites(plages, le):
    return [str(o).replace("\xa0", " ") for o in ouvertures_du(plages=plages, le=le)]


def test_une_semaine_ordinaire():
    plages = (MARDI_SOIR, MARDI)
    assert _dites(plages, date(2020, 10, 13)) == ["9 h – 12 h", "14 h – 17 h 30"]
    assert _dites(plages, date(2020, 10, 14)) == []


@pytest.mark.parametrize(
    ("a", "ouvert"),
    [(time(8, 59), False), (time(9), True), (time(11, 59), True), (time(12), False), (None, True)],
)
def test_la_fin_est_exclue(a, ouvert):
    assert est_ouvert(plages=(MARDI,), le=date(2020, 10, 13), a=a) is ouvert


def test_un_jour_ferie_ferme_la_semaine_sauf_ouverture_datee():
    # Le 14 juillet 2020 est un mardi.
    ferie = date(2020, 7, 14)
    assert _dites((MARDI,), ferie) == []
    ouvert = Plage(jour=None, le=ferie, **SOIR)
    assert _dites((MARDI, ouvert), ferie) == ["14 h – 17 h 30"]


def test_une_exception_remplace_la_semaine():
    jour = date(2020, 10, 13)
    fermeture = Plage(jour=None, le=jour, est_fermeture=True)
    autre = Plage(jour=None, le=jour, **SOIR)
    assert _dites((MARDI, fermeture), jour) == []
    assert _dites((MARDI, autre), jour) == ["14 h – 17 h 30"]
    assert _dites((MARDI, fermeture), date(2020, 10, 20)) == ["9 h – 12 h"]


def test_les_rangs_du_mois():
    permanence = Plage(jour=2, le=None, rangs=(1, 3), **MATIN)
    ouverts = [j for j in range(1, 32) if _dites((permanence,), date(2020, 10, j))]
    assert ouverts == [6, 20]


def test_la_validite_est_semi_ouverte():
    plage = Plage(jour=2, le=None, debut=date(2020, 10, 13), fin=date(2020, 10, 20), **MATIN)
    ouverts = [j for j in range(1, 32) if _dites((plage,), date(2020, 10, j))]
    assert ouverts == [13]


def test_la_prochaine_ouverture():
    plages = (MARDI, MARDI_SOIR)
    jour, ouverture = prochaine(plages=plages, instant=datetime(2020, 10, 13, 12, 30))
    assert (jour, ouverture.debut) == (date(2020, 10, 13), time(14))
    jour, ouverture = prochaine(plages=plages, instant=datetime(2020, 10, 13, 17, 30))
    assert (jour, ouverture.debut) == (date(2020, 10, 20), time(9))
    # En cours : c'est elle.
    jour, ouverture = prochaine(plages=plages, instant=datetime(2020, 10, 13, 9, 30))
    assert ouverture.debut == time(9)
    assert prochaine(plages=(), instant=datetime(2020, 10, 13, 9)) is None


def test_des_horaires_connus_ou_non():
    jour = date(2020, 10, 13)
    assert not a_des_horaires(plages=(), le=jour)
    assert not a_des_horaires(plages=(Plage(jour=None, le=jour, est_fermeture=True),), le=jour)
    assert not a_des_horaires(plages=(Plage(jour=2, le=None, fin=jour, **MATIN),), le=jour)
    assert a_des_horaires(plages=(MARDI,), le=jour)


def test_la_semaine_lisible():
    rangs = Plage(jour=4, le=None, rangs=(1, 3), **SOIR)
    jours = semaine(plages=(MARDI_SOIR, MARDI, rangs), le=date(2020, 10, 13))
    dites = {j.nom: j.phrase.replace("\xa0", " ") for j in jours}
    assert dites["mardi"] == "9 h – 12 h et 14 h – 17 h 30"
    assert dites["jeudi"] == "14 h – 17 h 30 (1er, 3e du mois)"
    assert dites["dimanche"] == "fermé"
