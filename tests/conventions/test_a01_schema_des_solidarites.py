"""A1. La graine :

« L'approche transversale qui caractérise les cinq axes du schéma (agir le plus tôt possible,
accueillir et informer, aller vers, accompagner, apprendre à travailler autrement) garantit une
appréhension globale de la politique de solidarité. »
"""

from datetime import date

from draille.mesures.convention.regles import Nature, comptage, lire_au
from tests.conventions import publie


def test_les_cinq_axes_du_schema():
    lecture = lire_au(convention=publie.convention("07", "schema_solidarites"), le=date(2021, 6, 1))
    compte = comptage(annonce=lecture.annonce, lignes=lecture.lignes)
    assert (compte.annonce, compte.lignes, compte.difference) == (5, 5, 0)
    assert compte.par_nature == ((Nature.AXE, 5, 5),)
    for axe in lecture.lignes:
        assert axe.libelle.lower() in axe.preuve.phrase
    assert lecture.mention == "La source ne publie aucun montant."


def test_chaque_phrase_de_l_ardeche_est_dans_la_page():
    texte = publie.page("07_solidarites_2021.txt")
    phrases = [p.phrase for p in publie.preuves(publie.contenu("07"))]
    assert len(phrases) > 20
    assert [p for p in phrases if publie.a_plat(p) not in texte] == []
