import copy
import pickle

import pytest

from draille.socle.refus import Refus


def _refus() -> Refus:
    return Refus(
        code="orientation_rsa.deja_orientee",
        message="Madame Untel est déjà orientée.",
        base_legale="CASF L262-29",
    )


def test_le_texte_d_un_refus_est_son_message():
    assert str(_refus()) == "Madame Untel est déjà orientée."


def test_la_trace_technique_ne_porte_pas_le_message():
    assert "Untel" not in repr(_refus())
    assert "orientation_rsa.deja_orientee" in repr(_refus())


def test_les_champs_sont_nommes():
    with pytest.raises(TypeError):
        Refus("code", "message")


@pytest.mark.parametrize("double", [copy.copy, lambda r: pickle.loads(pickle.dumps(r))])
def test_un_refus_se_copie_et_se_transmet(double):
    rendu = double(_refus())
    assert (rendu.code, rendu.message, rendu.base_legale) == (
        "orientation_rsa.deja_orientee",
        "Madame Untel est déjà orientée.",
        "CASF L262-29",
    )


def test_la_base_legale_est_facultative():
    assert Refus(code="c", message="m").base_legale == ""
