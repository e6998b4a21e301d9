"""Les transitions et la portée, sans base."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.moteurs.partage import calcul
from draille.moteurs.partage.calcul import Identite

IDENTITE = Identite(nom="Aline Testot", telephone="06", courriel="a@b", commune="Le Puy")


@pytest.mark.parametrize(
    ("geste", "depuis", "vers"),
    [
        ("accepter", "envoyee", "acceptee"),
        ("accepter", "recue", None),
        ("recevoir", "envoyee", "recue"),
        ("poursuivre", "recue", "en_cours"),
        ("terminer", "en_cours", "terminee"),
        ("terminer", "refusee", None),
        ("refuser", "acceptee", "refusee"),
        ("refuser", "recue", None),
        ("perdre", "en_cours", "perdue"),
        ("recevoir", "perdue", "recue"),
    ],
)
def test_ou_mene_chaque_geste(geste, depuis, vers):
    assert calcul.arrivee(geste=geste, depuis=depuis) == vers


@pytest.mark.parametrize("fin", ["terminee", "refusee", "retiree"])
def test_rien_ne_rouvre_ce_qui_est_fini_ni_un_accord_retire(fin):
    assert calcul.gestes_possibles(depuis=fin) == ()


@given(
    st.sets(st.sampled_from(sorted(calcul.PORTEES))),
    st.sets(st.sampled_from(sorted(calcul.PORTEES))),
)
def test_rien_ne_sort_de_la_portee_ni_ne_la_depasse_une_fois_reduite(premiere, seconde):
    transmis = calcul.transmettre(
        portee=premiere, identite=IDENTITE, besoins=("logement",), message="Bonjour"
    )
    assert set(transmis) == premiere
    assert set(calcul.restreindre(transmis=transmis, portee=seconde)) == premiere & seconde


def test_ce_qui_est_vide_ne_part_pas():
    vide = Identite(nom="Aline", telephone="", courriel="", commune="")
    transmis = calcul.transmettre(portee=calcul.PORTEES, identite=vide, besoins=(), message="  ")
    assert transmis == {"nom": "Aline"}


def test_la_limite_est_le_dernier_jour_inclus():
    assert calcul.attendue_avant(envoyee_le=date(2020, 10, 15), jours=15) == date(2020, 10, 30)


@pytest.mark.parametrize(
    ("texte", "vrai"),
    [
        ("logement", True),
        ("aide_urgence", True),
        ("Mme Testot", False),
        ("", False),
        ("a\n", False),
    ],
)
def test_une_phrase_ne_passe_pas_pour_un_code(texte, vrai):
    assert calcul.est_code(texte) is vrai
