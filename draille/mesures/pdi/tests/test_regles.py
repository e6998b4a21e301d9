"""Les règles du PDI, sans base : le dernier jour à temps, le fichier et ses fautes."""

from datetime import date

import pytest

from draille.mesures.pdi import regles
from draille.socle.noeud import ErreurFichier

FICHIER = """\
departement: "99"
sources:
  page: {titre: La page, datee: 2021}
programme:
  code: essai
  titre: Programme d'essai
  debut: 2021-01-01
  fin: 2024-01-01
  preuve: {phrase: Une phrase., source: page}
  mention: Rien.
  axes:
    - code: un
      libelle: Un axe
      preuve: {phrase: Une phrase., source: page}
      actions:
        - {code: a, libelle: Une action, preuve: non publié, appuis: [{genre: delai, code: x}]}
"""


def lire(texte: str) -> regles.Programme:
    return regles.charger(texte=texte, fichier="pdi.yaml")


def test_avant_le_31_mars_laisse_jusqu_au_30():
    assert regles.dernier_jour(annee=2021, borne="03-31") == date(2021, 3, 30)
    assert regles.dernier_jour(annee=2024, borne="03-01") == date(2024, 2, 29)


def test_les_annees_que_couvre_un_programme():
    assert regles.annees(debut=date(2021, 1, 1), fin=date(2026, 1, 1)) == (
        2021,
        2022,
        2023,
        2024,
        2025,
    )
    assert regles.annees(debut=date(2021, 7, 1), fin=date(2022, 1, 2)) == (2021, 2022)


@pytest.mark.parametrize(
    ("deliberee", "lu", "etat"),
    [
        (None, date(2021, 3, 30), "a_venir"),
        (None, date(2021, 3, 31), "en_retard"),
        (date(2021, 3, 30), date(2021, 3, 30), "tenue"),
        (date(2021, 3, 31), date(2021, 4, 1), "tenue_en_retard"),
        (date(2021, 4, 5), date(2021, 4, 1), "en_retard"),
    ],
)
def test_l_etat_d_une_annee(deliberee, lu, etat):
    trouve = regles.etat_annee(avant_le=date(2021, 3, 30), deliberee_le=deliberee, le=lu)
    assert trouve == etat


def test_le_fichier_se_lit_entier():
    programme = lire(FICHIER)
    (axe,) = programme.axes
    (action,) = axe.actions
    assert (action.debut, action.preuve, action.appuis[0].code) == (date(2021, 1, 1), None, "x")
    assert programme.preuve.source == "La page"


@pytest.mark.parametrize(
    ("de", "a", "dit"),
    [
        ("fin: 2024-01-01", "fin: 2020-01-01", "finirait avant"),
        ("source: page}\n  mention", "source: autre}\n  mention", "n'est pas décrite"),
        ("genre: delai", "genre: chose", "n'est pas admis"),
        ("  titre: Programme d'essai\n", "", "cette clé manque"),
        (
            "[{genre: delai, code: x}]}",
            "[]}\n        - {code: a, libelle: B, preuve: non publié}",
            "écrite deux fois",
        ),
    ],
)
def test_une_faute_du_fichier_dit_sa_ligne(de, a, dit):
    assert de in FICHIER
    with pytest.raises(ErreurFichier, match=dit) as levee:
        lire(FICHIER.replace(de, a))
    assert levee.value.ligne >= 1
