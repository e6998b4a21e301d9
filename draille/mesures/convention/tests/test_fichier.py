"""Un fichier faux est refusé par une phrase qui dit où et quoi."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draille.mesures.convention.regles import (
    ErreurFichier,
    charger,
    charger_fichier,
    dossier_du_departement,
)
from draille.mesures.convention.tests.fabrique import FICHIER


def test_le_fichier_minimal_se_lit_exactement():
    contenu = charger(texte=FICHIER, fichier="convention.yaml")
    (convention,) = contenu.conventions
    (texte,) = convention.textes
    assert contenu.departement == "99"
    assert texte.signe_le == date(2019, 3, 1)
    assert [m.valeur for m in texte.financements] == [Decimal("100.10"), Decimal("100.10")]
    assert texte.lignes[0].montant == Decimal("200.20")
    assert not texte.lignes[0].repartition_est_publiee


def test_un_montant_sans_guillemets_reste_exact():
    sans = FICHIER.replace('"100.10"', "346875.66", 1).replace('"200.20"', "0.1")
    texte = charger(texte=sans, fichier="f").conventions[0].textes[0]
    assert texte.financements[0].valeur == Decimal("346875.66")
    assert texte.lignes[0].montant == Decimal("0.1")


FAUTES = [
    pytest.param(
        'montant: "200.20"',
        'montant: "128 000 €"',
        "conventions[0].textes[0].lignes[0].montant",
        "« 128 000 € » n'est pas un nombre",
        id="montant_avec_espaces",
    ),
    pytest.param('"200.20"', '"-1"', ".montant", "négatif", id="montant_negatif"),
    pytest.param('"200.20"', '"1.234"', ".montant", "deux décimales", id="montant_trop_fin"),
    pytest.param('"200.20"', '"NaN"', ".montant", "n'est pas un nombre", id="montant_nan"),
    pytest.param('"200.20"', '"Infinity"', ".montant", "n'est pas un nombre", id="infini"),
    pytest.param('"200.20"', "", ".montant", "« non publié »", id="montant_vide"),
    pytest.param("2019-03-01", "01/03/2019", ".signe_le", "année-mois-jour", id="date_francaise"),
    pytest.param("2019-03-01", "2019-02-30", ".signe_le", "pas une date", id="date_impossible"),
    pytest.param(
        "nature: nationale", "nature: étatique", ".nature", "Valeurs admises", id="nature"
    ),
    pytest.param("genre: convention", "genre: pacte", "[0].genre", "Valeurs admises", id="genre"),
    pytest.param("rang: 0", "rang: 1", "conventions[0].textes", "rang 0", id="rang"),
    pytest.param("fin: 2022-01-01", "fin: 2019-01-01", "conventions[0].fin", "suivre", id="fin"),
    pytest.param(
        'part_max_etat: "0.50"', 'part_max_etat: "50"', "part_max_etat", "0.50", id="part"
    ),
    pytest.param(
        "financeur: etat", "financeur: europe", ".financeur", "Connus : etat", id="payeur"
    ),
    pytest.param(
        "financeur: departement", "financeur: etat", "financements[1].financeur", "déjà", id="deux"
    ),
    pytest.param("source: page}", "source: page2}", "preuve.source", "Connues : page", id="source"),
    pytest.param(
        "    titre: Convention d'essai\n", "", "conventions[0].titre", "manque", id="cle_absente"
    ),
    pytest.param("bref:", "abrege:", "textes[0].abrege", "pas connue", id="cle_inconnue"),
    pytest.param(
        "    genre: convention\n",
        "    genre: convention\n    genre: contrat\n",
        "conventions[0].genre",
        "deux fois",
        id="cle_doublee",
    ),
    pytest.param(
        "conventions:\n  - code", "conventions:\n    code", "conventions", "liste", id="liste"
    ),
    pytest.param(
        "repartition: non publié",
        "repartition:\n              - {financeur: etat, montant: 100, "
        "preuve: {phrase: P., source: page}}",
        "repartition",
        "les parts des financeurs font 100 et la ligne 200.20",
        id="repartition_fausse",
    ),
]


@pytest.mark.parametrize(("bon", "faux", "cle", "phrase"), FAUTES)
def test_une_faute_est_dite_avec_le_fichier_la_ligne_et_la_cle(bon, faux, cle, phrase):
    assert bon in FICHIER
    with pytest.raises(ErreurFichier) as capture:
        charger(texte=FICHIER.replace(bon, faux, 1), fichier="convention.yaml")
    erreur = capture.value
    assert cle in erreur.cle
    assert phrase in erreur.message
    assert str(erreur).startswith(f"convention.yaml, ligne {erreur.ligne}, clé « {erreur.cle} »")


def test_la_ligne_dite_est_celle_de_la_faute():
    faux = FICHIER.replace('montant: "200.20"', 'montant: "deux cents"')
    attendue = next(i for i, x in enumerate(faux.splitlines(), 1) if "deux cents" in x)
    with pytest.raises(ErreurFichier) as capture:
        charger(texte=faux, fichier="f")
    assert capture.value.ligne == attendue


CIBLE = """\
            cibles:
              - code: c
                libelle: C
                genre: {genre}
                unite: mois
                preuve: {{phrase: P., source: page}}
"""


@pytest.mark.parametrize(
    ("genre", "valeurs", "phrase"),
    [
        ("au_plus", "", "attend la clé « valeur »"),
        ("maintien", "                valeur: 2\n", "n'admet pas la clé « valeur »"),
        ("intervalle", "                valeur: 2\n", "attend la clé « valeur_max »"),
        (
            "intervalle",
            "                valeur: 5\n                valeur_max: 2\n",
            "2 est inférieur à 5",
        ),
    ],
)
def test_une_cible_dit_les_valeurs_que_son_genre_attend(genre, valeurs, phrase):
    with pytest.raises(ErreurFichier, match=phrase):
        charger(texte=FICHIER + CIBLE.format(genre=genre) + valeurs, fichier="f")


def test_un_fichier_vide_ou_illisible_est_refuse():
    with pytest.raises(ErreurFichier, match="vide"):
        charger(texte="", fichier="f")
    with pytest.raises(ErreurFichier, match="f, ligne 2"):
        charger(texte='departement: "43\nsources: [', fichier="f")
    with pytest.raises(ErreurFichier, match="groupe de clés"):
        charger(texte="une phrase", fichier="f")


def test_un_fichier_absent_ou_mal_encode_est_refuse(tmp_path: Path):
    with pytest.raises(ErreurFichier, match="introuvable"):
        charger_fichier(chemin=tmp_path / "convention.yaml")
    (tmp_path / "convention.yaml").write_bytes(FICHIER.encode("latin-1"))
    with pytest.raises(ErreurFichier, match="UTF-8"):
        charger_fichier(chemin=tmp_path / "convention.yaml")


def test_un_departement_inconnu_dit_ceux_qui_existent(tmp_path: Path):
    (tmp_path / "departements" / "43_haute_loire").mkdir(parents=True)
    assert dossier_du_departement(racine=tmp_path, code="43").name == "43_haute_loire"
    with pytest.raises(ErreurFichier, match="43_haute_loire"):
        dossier_du_departement(racine=tmp_path, code="44")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_un_fichier_abime_ne_fait_jamais_planter(data):
    """Ôter ou changer un morceau donne un contenu lu ou une `ErreurFichier`, jamais autre chose."""
    debut = data.draw(st.integers(0, len(FICHIER) - 1))
    fin = data.draw(st.integers(debut, min(len(FICHIER), debut + 40)))
    remplacant = data.draw(st.text(alphabet=st.characters(codec="utf-8"), max_size=5))
    try:
        charger(texte=FICHIER[:debut] + remplacant + FICHIER[fin:], fichier="f")
    except ErreurFichier as erreur:
        assert erreur.ligne >= 1
        assert erreur.message
