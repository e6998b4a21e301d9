"""Les dessins du budget : rien ne sort du cadre, et le tableau dit les mêmes nombres."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.suivi_rsa.regles import budget as r
from draille.mesures.suivi_rsa.regles.prevision import Point, Prevue, apres
from draille.mesures.suivi_rsa.tests.fabrique_budget import vote
from draille.mesures.suivi_rsa.views_budget_dessin import BAS, HAUT, courbe, cumul

LE = date(2020, 12, 31)
ORDONNEES = re.compile(r' (?:y|y1|y2|cy)="(-?[\d.]+)"')


def _execution(credit: int, par_mois: int, faits: int) -> r.Execution:
    mois = [date(2020, n, 1) for n in range(1, 13)]
    valeur = Decimal(par_mois)
    return r.executer(
        annee=2020,
        versions=r.versions(votes=[vote(str(credit))], annee=2020, le=LE),
        droits={m: valeur for m in mois[:faits]},
        mandats={},
        attendus={m: r.Attendu(m, valeur, valeur, valeur) for m in mois[faits:]},
        le=LE,
    )


@given(st.integers(1, 10**9), st.integers(1, 10**8), st.integers(0, 12))
def test_le_cumul_et_le_credit_restent_dans_le_cadre(credit, par_mois, faits):
    dessin = cumul(_execution(credit, par_mois, faits))
    hauteurs = [float(y) for y in ORDONNEES.findall(dessin.partition("</svg>")[0])]
    # Une graduation s'écrit juste au-dessus de son trait, un mois sous le socle.
    assert min(hauteurs) >= HAUT - 7
    assert max(hauteurs) <= BAS + 20


def test_le_tableau_du_cumul_dit_le_fait_et_le_prevu():
    dessin = cumul(_execution(1000, 100, 7))
    assert dessin.count('<td class="nombre">fait</td>') == 7
    assert dessin.count('<td class="nombre">prévu</td>') == 5
    assert "1 200" in dessin.replace("\u202f", " ")


@pytest.mark.parametrize("avec_bande", [True, False])
def test_la_courbe_montre_sa_bande_si_elle_en_a_une(avec_bande):
    debut = date(2020, 1, 1)
    points = tuple(
        Point(apres(debut, 3 + n), 100.0 + n, *((90.0, 120.0) if avec_bande else (None, None)))
        for n in range(4)
    )
    prevue = Prevue("foyers", "m", "r", points, ())
    passe = [(apres(debut, n), Decimal(100 + n)) for n in range(3)]
    dessin = courbe(prevue, passe, unite="entier")
    # Quatre rectangles et leur clé, ou rien.
    assert dessin.count('class="rsa-bande"') == (5 if avec_bande else 0)
    assert ("Intervalle de la prévision" in dessin) is avec_bande
    assert dessin.count('class="rsa-fait"') == 2 + 1
    assert dessin.count('class="rsa-prevu"') == 4 + 1
    hauteurs = [float(y) for y in ORDONNEES.findall(dessin.partition("</svg>")[0])]
    assert min(hauteurs) >= HAUT - 7
    assert "style=" not in dessin
    assert courbe(prevue, [], unite="entier") == ""
