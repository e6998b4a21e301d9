import unicodedata
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.socle import texte
from draille.socle.texte import FINE, INSECABLE, cellule_sure, normaliser


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Éléonore", "eleonore"),
        ("  LE   GALL ", "le gall"),
        ("D'Œuvre-Étienne", "d oeuvre etienne"),
        ("d’Ægidius", "d aegidius"),
        ("N'Guyễn", "n guyen"),
        ("Saint-Privat-d'Allier", "saint privat d allier"),
        ("St. Julien", "st julien"),
        ("Straße", "strasse"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("İbrahim", "ibrahim"),
        ("Jean_Pierre", "jean pierre"),
        ("", ""),
        (None, ""),
        (43, "43"),
        ("---", ""),
        ("Zoe\u0301", "zoe"),
        ("\ud800Paul", "paul"),
    ],
)
def test_un_nom_normalise(nom, attendu):
    assert normaliser(nom) == attendu


@given(st.text(st.characters(), max_size=60))
def test_normaliser_est_stable_et_ne_garde_ni_accent_ni_ponctuation(nom):
    rendu = normaliser(nom)
    assert normaliser(rendu) == rendu
    assert rendu == rendu.strip() and "  " not in rendu
    assert not any(unicodedata.combining(lettre) for lettre in rendu)
    assert not set(rendu) & set("-'’._\t\n")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_la_forme_composee_ou_non_ne_change_rien(nom):
    composee, decomposee = (unicodedata.normalize(forme, nom) for forme in ("NFC", "NFD"))
    assert normaliser(composee) == normaliser(decomposee)


@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t=", "\r", "\n", " =", "\0=", "＝"])
def test_une_formule_devient_du_texte(debut):
    assert cellule_sure(f"{debut}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        ("Dupont", "Dupont"),
        (None, ""),
        (-3, "-3"),
        (Decimal("-1.50"), "-1.50"),
        ("a=b", "a=b"),
        (True, "oui"),
        (-1.5, "-1.5"),
    ],
)
def test_une_cellule_ordinaire_ne_change_pas(valeur, attendu):
    assert cellule_sure(valeur) == attendu


@given(st.text())
def test_aucune_cellule_ne_commence_comme_une_formule(valeur):
    rendu = cellule_sure(valeur).lstrip()
    assert not rendu.startswith(("=", "+", "-", "@"))


def test_les_montants():
    assert texte.euros(Decimal("82000")) == f"82{FINE}000{INSECABLE}€"
    assert texte.euros(Decimal("82000.00")) == f"82{FINE}000{INSECABLE}€"
    assert texte.euros(Decimal("359.32")) == f"359,32{INSECABLE}€"
    assert texte.euros(Decimal("1234567.5")) == f"1{FINE}234{FINE}567,50{INSECABLE}€"
    assert texte.euros(Decimal("-12.345")) == f"−12,35{INSECABLE}€"
    assert texte.euros(Decimal("-0.001")) == f"0{INSECABLE}€"


def test_les_nombres():
    assert texte.entier(3100) == f"3{FINE}100"
    assert texte.entier(-1000) == f"−1{FINE}000"
    assert texte.entier(999) == "999"
    assert texte.pluriel(0, "jour") == f"0{INSECABLE}jour"
    assert texte.pluriel(1, "jour") == f"1{INSECABLE}jour"
    assert texte.pluriel(2, "jour") == f"2{INSECABLE}jours"
    assert texte.pluriel(2, "travail", "travaux") == f"2{INSECABLE}travaux"
    assert texte.pluriel(-1, "jour") == f"−1{INSECABLE}jour"


def test_les_taux():
    assert texte.pourcent(0.87) == f"87{INSECABLE}%"
    assert texte.pourcent(0.005) == f"1{INSECABLE}%"
    assert texte.pourcent(Decimal("0.1234"), decimales=1) == f"12,3{INSECABLE}%"
    assert texte.pourcent(0) == f"0{INSECABLE}%"
    assert texte.pourcent(None) == "sans objet"


def test_les_heures():
    assert texte.heure(time(14)) == "14\N{NO-BREAK SPACE}h"
    assert texte.heure(time(9, 5)) == "9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}05"


def test_les_dates():
    assert texte.date_longue(date(2020, 10, 31)) == "samedi 31 octobre 2020"
    assert texte.date_longue(date(2020, 11, 1)) == "dimanche 1er novembre 2020"
    assert texte.date_moyenne(date(2020, 8, 1)) == "1er août 2020"
    assert texte.date_courte(date(2020, 1, 5)) == "05/01/2020"
    assert texte.mois_annee(date(2020, 2, 29)) == "février 2020"
