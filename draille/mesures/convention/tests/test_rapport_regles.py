"""L'écriture canonique d'un rapport, ce qu'elle couvre, et ce qui change entre deux versions."""

import copy
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.convention.lectures_rapport_exterieur import pour_exterieur
from draille.mesures.convention.regles import rapport as regles
from draille.mesures.convention.regles.suivi import Etape

FEUILLES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))
)
ARBRES = st.recursive(
    FEUILLES,
    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text("abcé", max_size=3), x, max_size=4),
    max_leaves=20,
)


def _retourner(valeur):
    """Le même arbre, clés dans l'autre ordre."""
    if isinstance(valeur, dict):
        return {c: _retourner(v) for c, v in reversed(list(valeur.items()))}
    return [_retourner(v) for v in valeur] if isinstance(valeur, list) else valeur


@given(ARBRES)
def test_deux_ecritures_du_meme_contenu_ont_les_memes_octets(arbre):
    ecrit = regles.canonique(arbre)
    assert regles.canonique(_retourner(arbre)) == ecrit
    assert json.loads(ecrit) == arbre
    assert regles.canonique(json.loads(ecrit)) == ecrit


@given(ARBRES, ARBRES)
def test_deux_contenus_differents_n_ont_pas_la_meme_empreinte(un, autre):
    # Python tient 1 pour vrai ; JSON, non.
    memes = json.dumps(un, sort_keys=True) == json.dumps(autre, sort_keys=True)
    assert (regles.empreinte(un) == regles.empreinte(autre)) == memes


def test_un_flottant_n_entre_pas():
    with pytest.raises(TypeError):
        regles.canonique({"a": [{"b": 0.1}]})
    with pytest.raises(TypeError):
        regles.simple({"a": 0.1})


def test_simple_garde_le_centime_le_jour_et_le_code():
    assert regles.simple({"m": Decimal("128000.00"), "le": date(2020, 10, 31)}) == {
        "m": "128000.00",
        "le": "2020-10-31",
    }
    assert regles.simple({Etape.PREVUE: (Decimal("1E+3"), Decimal("-0.00"), True)}) == {
        "prevue": ["1000", "0.00", True]
    }


def test_la_signature_couvre_chaque_chose():
    base = {"empreinte": "a", "commentaires": {"": "Bilan."}, "cartouche": {"version": 1}}
    lus = {regles.a_sceller(**base)}
    for cle, autre in (
        ("empreinte", "b"),
        ("commentaires", {"": "Bilan !"}),
        ("commentaires", {"mobilite": "Bilan."}),
        ("cartouche", {"version": 2}),
    ):
        lus.add(regles.a_sceller(**{**base, cle: autre}))
    assert len(lus) == 5


def _indicateur(mois, code="B1", a_taux=True):
    return {
        "code": code,
        "version": 1,
        "libelle": code,
        "a_taux": a_taux,
        "numerateur": sum(n for n, _ in mois),
        "denominateur": sum(d for _, d in mois),
        "mois": [
            {"mois": f"2020-{m:02}-01", "numerateur": n, "denominateur": d}
            for m, (n, d) in enumerate(mois, 1)
        ],
        "actes": [[1, None, 0]],
    }


def _contenu(**changes):
    ligne = {
        "code": "mobilite",
        "libelle": "Mobilité",
        "montants": {"prevue": "100.00", "executee": "10.00"},
        "indicateurs": [_indicateur([(20, 40), (30, 50)])],
        "objectifs": [],
    }
    return {
        "arrete_le": "2020-10-31",
        "seuil_secret": 11,
        "textes": [{"titre": "Avenant", "est_lu": True}],
        "argent": {"totaux": {"prevue": "100.00"}, "parites": []},
        "lignes": [ligne],
        "pieces": [],
        "echeances": [],
        **changes,
    }


def test_rien_ne_change_d_un_contenu_a_lui_meme():
    assert regles.comparer(avant=_contenu(), apres=copy.deepcopy(_contenu())) == ()


def test_comparer_dit_ce_qui_change_et_rien_d_autre():
    apres = copy.deepcopy(_contenu(arrete_le="2020-11-30"))
    apres["lignes"][0]["montants"]["executee"] = "12.50"
    apres["lignes"][0]["indicateurs"][0] |= {"numerateur": 51}
    apres["lignes"].append({**apres["lignes"][0], "code": "sante", "libelle": "Santé"})
    apres["pieces"] = [{"id": 7, "montant": "2.50"}]
    dits = regles.comparer(avant=_contenu(), apres=apres, commentaires=({"": "Un."}, {"": "Deux."}))
    assert [(c.ou, c.quoi, c.avant, c.apres) for c in dits] == [
        ("Rapport", "Arrêté au", "31/10/2020", "30/11/2020"),
        ("Mobilité", "Exécuté", "10\xa0€", "12,50\xa0€"),
        ("Mobilité", "B1", "50 sur 90", "51 sur 90"),
        ("Santé", "Ligne", "", "ajoutée"),
        ("Comptes publics", "Pièces ajoutées", "", "1\xa0pièce, 2,50\xa0€"),
        ("Ensemble", "Commentaire", "Un.", "Deux."),
    ]


COMPTES = st.integers(0, 40).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


@given(st.lists(COMPTES, min_size=1, max_size=12))
def test_aucun_petit_nombre_ne_sort_ni_ne_se_retrouve(mois):
    contenu = _contenu()
    contenu["lignes"][0]["indicateurs"] = [_indicateur(mois)]
    dehors = pour_exterieur(contenu=contenu)["lignes"][0]["indicateurs"][0]
    for m in (*dehors["mois"], dehors):
        n, d = m["numerateur"], m["denominateur"]
        assert d is None or d == 0 or d >= 11
        assert n is None or n == 0 or n >= 11
        if n is not None and d is not None:
            assert d - n == 0 or d - n >= 11
    for champ in ("numerateur", "denominateur"):
        tus = [m for m in dehors["mois"] if m[champ] is None]
        # Un seul mois tu se lirait du total : le total se tait alors aussi.
        assert len(tus) != 1 or dehors[champ] is None
    assert dehors["actes"] == []


@pytest.mark.parametrize(
    ("genre", "valeur", "provenance", "tue"),
    [
        ("absolu", "4", "interne", True),
        ("absolu", "40", "interne", False),
        ("taux", "4", "interne", False),
        ("absolu", "0", "interne", False),
    ],
)
def test_une_valeur_d_objectif_se_tait_avec_ce_qui_s_en_calcule(genre, valeur, provenance, tue):
    contenu = _contenu()
    contenu["lignes"][0]["objectifs"] = [
        {
            "genre": genre,
            "valeurs": [{"provenance": provenance, "valeur": valeur}],
            "bases": [],
            **dict.fromkeys(("base", "seuil", "reste", "part_atteinte", "tendance"), "1"),
        }
    ]
    o = pour_exterieur(contenu=contenu)["lignes"][0]["objectifs"][0]
    assert o["valeurs"][0]["valeur"] == (None if tue else valeur)
    assert (o["part_atteinte"] is None) is tue
    assert o["seuil"] == "1"
