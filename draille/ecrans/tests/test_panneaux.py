"""Les tuiles paraissent sur la page qu'elles ont choisie, et sur elle seule."""

from datetime import date

import pytest

from draille.ecrans import panneaux
from draille.ecrans.panneaux import Tuile, declarer_tuile, tuiles
from draille.socle.acces import Acces, Role, a_role

LE = date(2020, 10, 15)
REFERENT = Acces(
    agent_id=1, organisation_id=1, nom="Essai", cles_par_role={Role.REFERENT: frozenset({200000})}
)


@pytest.fixture(autouse=True)
def registre_vide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panneaux, "_tuiles", {})


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
