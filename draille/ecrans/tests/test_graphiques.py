from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.ecrans.graphiques import Legende, Ligne, Releve, barres, jauge, serie, tendance
from draille.socle.texte import entier, euros, pourcent

FINANCEURS = Legende(titre="Argent par mesure", series=("État", "Département"), unite="euros")
MESURES = [
    Ligne("Accueil", (Decimal(45000), Decimal("45000.50")), ("/actes?f=etat", None), "/mesure/1"),
    Ligne("Orientation <RSA> & suivi", (Decimal(82000), Decimal(0))),
]
ENTRANTS = Legende(
    titre="Entrants", series=("Entrants",), nom_taux="Orientés", cible=0.7, entete="Mois"
)
MOIS = [
    Releve("janv.", 28, 0.62, "/e/1", "/o/1"),
    Releve("févr.", 31, None),
    Releve("mars", 0, 0.5),
    Releve("avr.", 12, 1),
]


def _lire(html: str) -> ET.Element:
    return ET.fromstring(html)


def _tableau(racine: ET.Element) -> list[list[str]]:
    return [["".join(case.itertext()) for case in rang] for rang in racine.iter("tr")]


def test_le_tableau_des_barres_porte_les_memes_nombres_et_les_totaux():
    racine = _lire(barres(MESURES, legende=FINANCEURS))
    assert _tableau(racine) == [
        ["Ligne", "État", "Département", "Total"],
        ["Accueil", euros(Decimal(45000)), euros(Decimal("45000.50")), euros(Decimal("90000.50"))],
        ["Orientation <RSA> & suivi", euros(Decimal(82000)), euros(Decimal(0)),
         euros(Decimal(82000))],
    ]  # fmt: skip
    assert [a.get("href") for a in racine.iter("a")] == ["/mesure/1", "/actes?f=etat"]


def test_les_barres_ont_la_largeur_de_leur_part_du_plus_grand_total():
    racine = _lire(barres(MESURES, legende=FINANCEURS))
    morceaux = [r for r in racine.iter("rect") if r.get("fill") and r.get("x")]
    largeurs = [float(r.get("width").removesuffix("%")) for r in morceaux]
    assert largeurs == pytest.approx([49.9997, 50.0003, 91.1106], abs=0.001)
    assert float(morceaux[1].get("x").removesuffix("%")) == pytest.approx(largeurs[0], abs=0.001)
    # Un montant nul ne se dessine pas ; chaque morceau a son propre remplissage.
    assert len({r.get("fill") for r in morceaux[:2]}) == 2


def test_la_serie_coupe_sa_ligne_ou_le_taux_manque():
    racine = _lire(serie(MOIS, legende=ENTRANTS))
    dessin = next(s for s in racine.iter("svg") if s.get("role") == "img")
    traits = [t for t in dessin.iter("line") if t.get("class") == "graphe__taux"]
    assert len(traits) == 1
    assert len([c for c in dessin.iter("circle") if c.get("class") == "graphe__point"]) == 3
    assert _tableau(racine) == [
        ["Mois", "Entrants", "Orientés"],
        ["janv.", entier(28), pourcent(0.62)],
        ["févr.", entier(31), "non connu"],
        ["mars", entier(0), pourcent(0.5)],
        ["avr.", entier(12), pourcent(1.0)],
    ]
    assert [a.get("href") for a in racine.iter("a")] == ["/e/1", "/o/1"]


def test_une_serie_sans_taux_n_a_ni_ligne_ni_seconde_colonne():
    legende = Legende(titre="Stock", series=("Bénéficiaires",))
    racine = _lire(serie([Releve("janv.", 2800), Releve("févr.", 2823)], legende=legende))
    assert _tableau(racine)[0] == ["Période", "Bénéficiaires"]
    assert not [t for t in racine.iter("line") if t.get("class") == "graphe__taux"]


def test_la_jauge_s_arrete_au_bord_mais_ecrit_le_nombre_exact():
    legende = Legende(titre="Dépensé", unite="euros", cible=Decimal(41000))
    racine = _lire(jauge(Decimal(90000), maximum=Decimal(82000), legende=legende))
    assert ["Valeur", euros(Decimal(90000))] in _tableau(racine)
    assert max(float(r.get("width").removesuffix("%")) for r in racine.iter("rect")
               if r.get("width").endswith("%")) == 100  # fmt: skip


def test_la_tendance_dit_ou_elle_commence_et_finit():
    svg = _lire(tendance([2800, 2850, 3100], titre="Bénéficiaires"))
    assert svg.get("role") == "img"
    assert svg.find("title").text == f"Bénéficiaires : de {entier(2800)} à {entier(3100)}"
    assert len(list(svg.iter("line"))) == 2
    assert len(list(_lire(tendance([], titre="Rien")).iter("line"))) == 0


def test_une_part_se_compare_a_un_entier_et_non_a_la_plus_longue():
    legende = Legende(titre="Parts", series=("Couverts",), unite="pourcent", maximum=1)
    racine = _lire(barres([Ligne("Rives", (0.5,))], legende=legende))
    motifs = [r for r in racine.iter("rect") if (r.get("fill") or "").startswith("url(")]
    assert [r.get("width") for r in motifs] == ["50%"]


@pytest.mark.parametrize("rendu", [
    barres(MESURES, legende=FINANCEURS),
    serie(MOIS, legende=ENTRANTS),
    jauge(3, maximum=10, legende=Legende(titre="Trois sur dix")),
])  # fmt: skip
def test_une_image_a_son_nom_sa_description_et_aucun_style(rendu):
    racine = _lire(rendu)
    image = next(s for s in racine.iter("svg") if s.get("role") == "img")
    renvois = image.get("aria-labelledby").split()
    assert [image.find("title").get("id"), image.find("desc").get("id")] == renvois
    assert image.find("title").text and image.find("desc").text
    assert not [e.tag for e in racine.iter() if "style" in e.attrib or e.tag == "style"]
    definis = {e.get("id") for e in racine.iter("pattern")}
    assert {e.get("fill") for e in racine.iter("rect") if e.get("fill")} <= {
        f"url(#{nom})" for nom in definis
    }


@pytest.mark.parametrize(
    ("ligne", "series"),
    [
        (Ligne("trop court", (1,)), ("a", "b")),
        (Ligne("négatif", (1, -1)), ("a", "b")),
        (Ligne("trop de séries", range(7)), tuple("abcdefg")),
        (Ligne("aucune série", ()), ()),
    ],
)
def test_ce_qui_ne_se_dessine_pas_se_refuse(ligne, series):
    with pytest.raises(ValueError):
        barres([ligne], legende=Legende(titre="Essai", series=series))


textes = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=20)


@given(st.lists(st.tuples(textes, st.integers(0, 10**9), st.none() | st.floats(0, 1)), max_size=24))
def test_toute_serie_se_lit_et_reste_dans_son_cadre(brut):
    releves = [Releve(*b) for b in brut]
    legende = Legende(titre="Toute série", series=("N",), nom_taux="T")
    racine = _lire(serie(releves, legende=legende))
    assert len(_tableau(racine)) == len(releves) + 1
    for rect in racine.iter("rect"):
        if rect.get("y"):
            assert float(rect.get("y")) >= 24 - 0.01
            assert float(rect.get("y")) + float(rect.get("height")) <= 224 + 0.02
