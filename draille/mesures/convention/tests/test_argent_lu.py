"""L'argent lu de la base : les textes publiés, les pièces, et ce qui tombe juste."""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention import lectures
from draille.mesures.convention.lectures_argent import argent
from draille.mesures.convention.regles import EtatParite
from draille.mesures.convention.regles.suivi import Etape

LE = date(2020, 10, 31)


def _page(le=LE):
    return lectures.page(departement="43", code="convention_pauvrete_2019_2021", le=le)


@pytest.mark.django_db
def test_sans_piece_le_prevu_est_celui_du_texte_et_l_ecart_reste_visible(inscrite):
    inscrite("43")
    lu = argent(page=_page(), annee=2020, le=LE)
    assert lu.totaux[Etape.PREVUE] == Decimal("693751.32")
    assert lu.non_affecte == Decimal("359.32")
    assert sum(x.montants[Etape.PREVUE] for x in lu.lignes) == Decimal("693392.00")
    assert lu.par_financeur[(Etape.PREVUE, "etat")] == Decimal("346875.66")
    assert lu.parites[Etape.PREVUE][0][1].etat is EtatParite.EXACTE
    assert lu.totaux[Etape.EXECUTEE] == 0
    assert lu.taux_execution == 0
    assert lu.projection is None
