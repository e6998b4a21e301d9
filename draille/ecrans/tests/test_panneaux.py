"""Les tuiles paraissent sur la page qu'elles ont choisie, et sur elle seule."""

from datetime import date

import pytest

from draille.ecrans import panneaux
from draille.ecrans.panneaux import (
    FigureLigne,
    Tuile,
    declarer_figure,
    declarer_tuile,
    figures,
    tuiles,
)
from draille.socle.acces import Acces, Role, a_role

LE = date(2020, 10, 15)
REFERENT = Acces(
    agent_id=1, organisation_id=1, nom="Essai", cles_par_role={Role.REFERENT: frozenset({200000})}
)


@pytest.fixture(autouse=True)
def registre_vide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panneaux, "_tuiles", {})
    monkeypatch.setattr(panneaux, "_figures", {})


def _declarer(code: str, *, rang: int = 50, **options: str) -> None:
    declarer_tuile(
        Tuile(
            code=code,
            titre=code,
            predicat=a_role(Role.REFERENT),
            gabarit="x.html",
            contexte=lambda acces, le: {"le": le},
            rang=rang,
            **options,
        )
    )


def test_une_tuile_est_sur_ma_journee_si_elle_ne_dit_rien():
    _declarer("b", rang=20)
    _declarer("a", rang=30)
    assert [t.code for t in tuiles(acces=REFERENT, le=LE)] == ["b", "a"]
    assert tuiles(acces=REFERENT, le=LE, emplacement="ma_file") == []


def test_une_tuile_de_la_file_ne_parait_pas_sur_ma_journee():
    _declarer("jour")
    _declarer("file", emplacement="ma_file")
    (encart,) = tuiles(acces=REFERENT, le=LE, emplacement="ma_file")
    assert (encart.code, encart.donnees) == ("file", {"le": LE})
    assert [t.code for t in tuiles(acces=REFERENT, le=LE)] == ["jour"]


def _figure(code: str, *, ligne: str = "accueil", rang: int = 50, donnees=None) -> FigureLigne:
    return FigureLigne(
        code=code,
        ligne_convention=ligne,
        libelle=code,
        definition="Ce que c'est.",
        source="D'où cela vient.",
        contexte=lambda acces, le: donnees,
        rang=rang,
    )


def test_une_figure_parait_sur_sa_ligne_quand_elle_a_une_valeur():
    dite = {"valeur": "93 %", "precision": "estimation", "url": "/couverture/"}
    declarer_figure(_figure("b", donnees=dite))
    declarer_figure(_figure("a", rang=60, donnees={"valeur": "12"}))
    declarer_figure(_figure("muette"))
    declarer_figure(_figure("ailleurs", ligne="rsa", donnees=dite))
    b, a = figures(lignes=["accueil"], acces=REFERENT, le=LE)
    assert (b.declaree.code, b.valeur, b.precision, b.url) == ("b", *dite.values())
    assert (a.declaree.code, a.valeur, a.url) == ("a", "12", "")


def test_une_figure_ne_se_declare_quune_fois():
    declarer_figure(_figure("a"))
    with pytest.raises(ValueError, match="deux fois"):
        declarer_figure(_figure("a"))
