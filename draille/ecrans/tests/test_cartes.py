"""La carte : ce qu'elle reçoit, ce qu'elle écrit dans la page, et rien qui s'y glisse."""

import json
import re
from itertools import combinations, product
from math import dist
from pathlib import Path

import pytest

from draille.ecrans.cartes import (
    COULEURS,
    HACHURES,
    MOTIFS,
    Lieu,
    Ombre,
    Serie,
    Ton,
    Trait,
    dessiner,
)
from draille.ecrans.tests.test_composants import mots, rendre
from draille.ecrans.tests.test_jetons import THEMES

PUY = Lieu(code="puy", nom="Bureau du Puy", latitude=45.04, longitude=3.88)
STATIQUE = Path(__file__).parents[1] / "static" / "ecrans"


def _trait(cle="1-1", *, lieu="puy", serie=1, nombre=3):
    return Trait(cle=cle, commune=1, lieu=lieu, serie=serie, nombre=nombre)


def _carte(nom="Chanal"):
    return dessiner(lieux=[PUY], series=[Serie(rang=1, nom=nom)], traits=[_trait()])


def test_vingt_quatre_series_ont_chacune_sa_couleur_et_son_motif():
    series = [Serie(rang=r, nom="R") for r in range(1, COULEURS * MOTIFS + 1)]
    paires = {(s.couleur, s.motif) for s in series}
    assert paires == set(product(range(1, COULEURS + 1), range(1, MOTIFS + 1)))
    # Deux voisines de rang ne partagent jamais leur couleur.
    assert all(a.couleur != b.couleur for a, b in zip(series, series[1:], strict=False))


# Simulations de Machado, Oliveira et Fernandes (2009), sur les canaux linéaires.
VUES = {
    "ordinaire": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutéranope": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanope": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def _lab(couleur: str, vue: str) -> tuple[float, float, float]:
    canaux = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    purs = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux]
    r, v, b = (
        min(1.0, max(0.0, sum(k * c for k, c in zip(ligne, purs, strict=True))))
        for ligne in VUES[vue]
    )
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (
            (0.4124 * r + 0.3576 * v + 0.1805 * b) / 0.9505,
            0.2126 * r + 0.7152 * v + 0.0722 * b,
            (0.0193 * r + 0.1192 * v + 0.9505 * b) / 1.089,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("vue", VUES)
@pytest.mark.parametrize("theme", THEMES)
def test_deux_couleurs_que_lon_confond_nont_pas_le_meme_motif(theme, vue):
    teintes = {r: _lab(THEMES[theme][f"serie-{r}"], vue) for r in range(1, COULEURS + 1)}
    motifs = {r: Serie(rang=r, nom="R").motif for r in teintes}
    for a, b in combinations(teintes, 2):
        # 20 : l'écart CIE76 qu'un trait de trois pixels laisse voir sans peine.
        if motifs[a] == motifs[b]:
            assert dist(teintes[a], teintes[b]) > 20, (a, b)


def test_chaque_couleur_et_chaque_motif_ont_leur_classe():
    css = (STATIQUE / "plan.css").read_text("utf-8")
    for rang in range(1, COULEURS + 1):
        assert f".plan__trait--c{rang} {{" in css and f".plan__numero--c{rang} {{" in css
    tirets = re.findall(r"\.plan__trait--m(\d) \{ stroke-dasharray: ([\d ]+);", css)
    assert [m for m, _ in tirets] == ["2", "3", "4"] and len({t for _, t in tirets}) == 3


@pytest.mark.parametrize(
    ("lieux", "traits", "dit"),
    [
        ([PUY, PUY], [], "lieu répété"),
        ([PUY], [_trait(), _trait()], "trait répété"),
        ([PUY], [_trait(lieu="brioude")], "absents"),
        ([PUY], [_trait(serie=9)], "absents"),
    ],
)
def test_une_carte_incoherente_est_refusee(lieux, traits, dit):
    with pytest.raises(ValueError, match=dit):
        dessiner(lieux=lieux, series=[Serie(rang=1, nom="R")], traits=traits)


def test_la_carte_est_cachee_sans_javascript_et_renvoie_a_sa_table():
    div = rendre('<c-plan nom="p" titre="Qui va où" :donnees="carte" table="t" />', carte=_carte())
    figure = div.find("figure")
    assert figure.get("hidden") is not None
    assert div.get_element_by_id(figure.get("aria-labelledby")).text == "Qui va où"
    assert figure.xpath('.//a[@href="#t"]')
    assert figure.get("data-plan-contours") == "/contours.json"
    lues = json.loads(div.get_element_by_id(figure.get("data-plan")).text)
    assert lues["traits"][0]["nombre"] == 3 and lues["series"][0]["motif"] == 1


def test_la_legende_dit_le_numero_le_nom_et_le_motif():
    div = rendre('<c-plan nom="p" titre="T" :donnees="carte" table="t" />', carte=_carte())
    (bouton,) = div.xpath(".//button")
    assert mots(bouton) == "1 Chanal" and bouton.get("aria-pressed") == "false"
    assert bouton.xpath('.//path[contains(@class, "plan__trait--m1")]')


def test_un_nom_piege_ne_sort_ni_du_script_ni_de_la_legende():
    piege = "</script><script>alert(1)</script>"
    div = rendre('<c-plan nom="p" titre="T" :donnees="carte" table="t" />', carte=_carte(piege))
    assert len(div.xpath('.//script[not(@src) and not(@type="application/json")]')) == 0
    assert json.loads(div.get_element_by_id("p-donnees").text)["series"][0]["nom"] == piege


def test_rien_n_est_en_ligne_et_rien_ne_vient_d_ailleurs():
    div = rendre('<c-plan nom="p" titre="T" :donnees="carte" table="t" />', carte=_carte())
    assert not div.xpath(".//@style") and not div.xpath(".//style")
    liens = div.xpath(".//script/@src | .//link/@href")
    assert len(liens) == 4 and all(lien.startswith("/static/") for lien in liens)
    script = (STATIQUE / "plan.js").read_text("utf-8")
    assert "innerHTML" not in script and "http" not in script


def test_le_bouton_de_ligne_est_cache_sans_javascript():
    div = rendre('<c-plan.montrer cle="1-1" nom="Brioude" />')
    bouton = div.find("button")
    assert bouton.get("hidden") is not None and bouton.get("data-plan-montrer") == "1-1"
    assert mots(bouton) == "Carte : montrer Brioude"


def test_une_commune_ombree_porte_son_ton_et_ses_mots():
    carte = dessiner(
        lieux=[PUY],
        tons=[Ton(rang=1, nom="moins de 10 min"), Ton(rang=HACHURES, nom="30 min ou plus")],
        ombres=[Ombre(commune=7, ton=HACHURES, mots="Saugues : 41 min")],
    )
    assert carte["ombres"] == {"7": [HACHURES, "Saugues : 41 min"]}
    div = rendre('<c-plan nom="p" titre="T" :donnees="carte" />', carte=carte)
    # La carte reprend le motif de la légende : son nom est celui que le script attend.
    assert div.get_element_by_id("p-hachures").tag == "pattern"
    assert [mots(li) for li in div.xpath(".//li")] == ["moins de 10 min", "30 min ou plus"]


def test_une_ombre_sans_legende_ou_dite_deux_fois_est_refusee():
    with pytest.raises(ValueError, match="ton absent"):
        dessiner(lieux=[], ombres=[Ombre(commune=1, ton=2, mots="x")])
    deux = [Ombre(commune=1, ton=1, mots="x"), Ombre(commune=1, ton=1, mots="y")]
    with pytest.raises(ValueError, match="commune ombrée"):
        dessiner(lieux=[], tons=[Ton(rang=1, nom="n")], ombres=deux)
