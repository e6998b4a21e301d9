"""Les phrases qui disent la parité, le comptage et les cibles."""

from decimal import Decimal

import pytest

from draille.mesures.convention import lectures_mots as mots
from draille.mesures.convention.regles import (
    Cible,
    GenreCible,
    Portee,
    RegleParite,
    comptage,
    parite,
)
from draille.mesures.convention.tests.fabrique import DEPARTEMENT, ETAT, PREUVE, ligne, montant

REGLE = RegleParite(Portee.TOTAL, Decimal("0.50"))


def simple(phrase):
    return phrase.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("etat", "departement", "dit"),
    [
        ("100", "100", "L'État engage 50 % du total : la parité est exacte"),
        ("90", "110", "L'État engage 45 % du total : le Département va au-delà"),
        ("120", "90", "L'État engage 57,14 % du total, et l'État ne doit pas dépasser 50 %"),
    ],
)
def test_la_parite_se_dit(etat, departement, dit):
    lue = parite(montants=[montant(ETAT, etat), montant(DEPARTEMENT, departement)], regle=REGLE)
    assert simple(mots.parite_en_mots(lue)).startswith(dit)


def test_une_parite_rompue_dit_ce_qui_la_retablirait():
    lue = parite(montants=[montant(ETAT, "120"), montant(DEPARTEMENT, "90")], regle=REGLE)
    dit = simple(mots.parite_en_mots(lue))
    assert "reprendrait 15 € à total égal, ou ajouterait 30 €" in dit


def test_sans_regle_ou_sans_partage_la_parite_le_dit():
    sans = parite(montants=[montant(ETAT, "1")], regle=None)
    assert mots.parite_en_mots(sans) == "La source ne demande pas de parité."
    muette = parite(montants=[], regle=REGLE)
    assert "n'est pas publié" in mots.parite_en_mots(muette)


def test_sans_annonce_le_comptage_ne_compare_rien():
    dit = mots.comptage_en_mots(comptage(annonce=None, lignes=[ligne("a", "1")]))
    assert dit == "La source n'annonce pas de nombre de mesures."


def cible(genre, valeur, unite, **suite):
    return Cible("c", "Cible", genre, valeur and Decimal(valeur), unite, PREUVE, **suite)


@pytest.mark.parametrize(
    ("lue", "dit"),
    [
        (cible(GenreCible.MOINS_DE, "1", "mois"), "Moins d'un mois."),
        (cible(GenreCible.MOINS_DE, "30", "minutes"), "Moins de 30 minutes."),
        (cible(GenreCible.AU_PLUS, "1", "mois"), "Au plus 1 mois."),
        (
            cible(GenreCible.MULTIPLICATEUR, "2", "visites", annee_base=2020, echeance_annee=2023),
            "Multiplier par 2 le nombre (visites) d'ici 2023 (par rapport à 2020).",
        ),
        (
            cible(GenreCible.MAINTIEN, None, "bilans"),
            "Maintenir le nombre (bilans) (année de base non publiée, échéance non publiée).",
        ),
        (cible(GenreCible.TAUX, None, "%"), "Atteindre un taux : valeur non publiée."),
        (
            cible(GenreCible.INTERVALLE, "5", "heures", valeur_max=Decimal(40)),
            "Entre 5 et 40 heures.",
        ),
        (cible(GenreCible.ABSOLU, "2.5", "points"), "Atteindre 2,50 points."),
    ],
)
def test_une_cible_se_dit(lue, dit):
    assert mots.cible_en_mots(lue) == dit
