"""Convoquer : autant de retards que l'échéance d'abord, moins de trajet, jamais hors préavis."""

from collections import Counter
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draille.moteurs.affectation.calcul import (
    INTERDIT,
    Convocable,
    CreneauJour,
    ReglageConvocation,
    convoquer,
    echeance_d_abord,
    premier_arrive,
)

REGLAGE = ReglageConvocation(retard=5000, jour_de_retard=1000, jour_d_attente=2, preavis_jours=7)


@st.composite
def files(tirer, *, gens: int = 5, noeuds: int = 3, pour_tous: bool = False):
    """Une file et des créneaux ; `pour_tous` : chaque créneau convient à chacun."""
    m = tirer(st.integers(0, noeuds))
    creneaux = [
        CreneauJour(jour=tirer(st.integers(5, 14)), capacite=tirer(st.integers(0, 2)))
        for _ in range(m)
    ]
    minutes = st.integers(0, 60) if pour_tous else st.integers(-1, 60)
    demandes = [
        Convocable(
            avant_jour=tirer(st.none() | st.integers(-2, 16)),
            minutes=tuple(max(-1, 10 * tirer(minutes)) for _ in range(m)),
            admis=() if pour_tous else tuple(tirer(st.booleans()) for _ in range(m)),
        )
        for _ in range(tirer(st.integers(0, gens)))
    ]
    return demandes, creneaux


def _cout(demandes, creneaux, choix) -> tuple[int, int, int] | None:
    """(retards, sans créneau, coût) d'un choix, ou rien s'il n'est pas admis ; à la main."""
    fin = max((c.jour for c in creneaux), default=0)
    retards, cout = 0, 0
    places = Counter(choix)
    if any(j >= 0 and places[j] > creneaux[j].capacite for j in places):
        return None
    for d, j in zip(demandes, choix, strict=True):
        if j < 0:
            retards += d.avant_jour is not None and d.avant_jour <= fin
            continue
        jour = creneaux[j].jour
        if d.minutes[j] == INTERDIT or (d.admis and not d.admis[j]) or jour < 7:
            return None
        tard = 0 if d.avant_jour is None else max(0, jour - d.avant_jour)
        retards += tard > 0
        cout += d.minutes[j] + 2 * jour + 1000 * tard + 5000 * (tard > 0)
    return retards, places[-1], cout


@settings(max_examples=150, deadline=None)
@given(files())
def test_la_convocation_est_celle_de_lenumeration(cas):
    demandes, creneaux = cas
    rendu = convoquer(demandes=demandes, creneaux=creneaux, reglage=REGLAGE)
    lu = _cout(demandes, creneaux, rendu.choix)
    assert lu is not None
    assert (rendu.en_retard, rendu.sans_creneau) == lu[:2]
    choix = product(range(-1, len(creneaux)), repeat=len(demandes))
    bilans = [b for b in (_cout(demandes, creneaux, c) for c in choix) if b is not None]
    # Les retards d'abord, puis les créneaux manqués, puis le coût.
    assert lu == min(bilans)


@settings(max_examples=100, deadline=None)
@given(files(gens=14, noeuds=6, pour_tous=True))
def test_autant_de_retards_que_lecheance_la_plus_proche_dabord(cas):
    demandes, creneaux = cas
    exact = convoquer(demandes=demandes, creneaux=creneaux, reglage=REGLAGE)
    glouton = echeance_d_abord(demandes=demandes, creneaux=creneaux, preavis_jours=7)
    assert exact.en_retard == glouton.en_retard
    assert _cout(demandes, creneaux, glouton.choix) is not None


@settings(max_examples=100, deadline=None)
@given(files(gens=9, noeuds=5))
def test_jamais_plus_de_retards_que_les_deux_habitudes(cas):
    demandes, creneaux = cas
    exact = convoquer(demandes=demandes, creneaux=creneaux, reglage=REGLAGE)
    for habitude in (echeance_d_abord, premier_arrive):
        rendu = habitude(demandes=demandes, creneaux=creneaux, preavis_jours=7)
        lu = _cout(demandes, creneaux, rendu.choix)
        assert lu is not None
        assert (rendu.en_retard, rendu.sans_creneau) == lu[:2]
        assert exact.en_retard <= rendu.en_retard


@settings(max_examples=40, deadline=None)
@given(files(gens=8, noeuds=4))
def test_les_deux_solveurs_convoquent_de_meme(cas):
    demandes, creneaux = cas
    termes = {"demandes": demandes, "creneaux": creneaux, "reglage": REGLAGE, "graine": "g"}
    assert (
        convoquer(**termes).choix
        == convoquer(**termes).choix
        == convoquer(**termes, solveur="scipy").choix
    )


def test_le_preavis_est_tenu_meme_si_lecheance_passe():
    demande = Convocable(avant_jour=3, minutes=(0, 500))
    creneaux = [CreneauJour(jour=6, capacite=1), CreneauJour(jour=7, capacite=1)]
    rendu = convoquer(demandes=[demande], creneaux=creneaux, reglage=REGLAGE)
    assert rendu.choix == (1,)
    assert rendu.en_retard == 1


def test_qui_na_pas_de_creneau_nest_en_retard_que_si_son_echeance_tombe():
    creneaux = [CreneauJour(jour=10, capacite=0)]
    demandes = [Convocable(avant_jour=a, minutes=(100,)) for a in (9, 10, 11, None)]
    rendu = convoquer(demandes=demandes, creneaux=creneaux, reglage=REGLAGE)
    assert (rendu.en_retard, rendu.sans_creneau) == (2, 4)


def test_le_trajet_departage_a_retards_egaux():
    hasard = Random(5)
    lieux, jours = 4, range(7, 27)
    creneaux = [CreneauJour(jour=j, capacite=2) for j in jours for _ in range(lieux)]
    demandes = []
    for _ in range(150):
        trajets = [hasard.randrange(50, 700) for _ in range(lieux)]
        demandes.append(
            Convocable(avant_jour=hasard.randrange(8, 30), minutes=tuple(trajets) * len(jours))
        )
    exact = convoquer(demandes=demandes, creneaux=creneaux, reglage=REGLAGE)
    glouton = echeance_d_abord(demandes=demandes, creneaux=creneaux, preavis_jours=7)
    assert exact.en_retard == glouton.en_retard
    assert exact.minutes <= 0.8 * glouton.minutes


def test_une_demande_sans_trajet_par_creneau_est_refusee():
    with pytest.raises(ValueError, match="un trajet par créneau"):
        convoquer(
            demandes=[Convocable(avant_jour=1, minutes=())],
            creneaux=[CreneauJour(jour=8, capacite=1)],
            reglage=REGLAGE,
        )
