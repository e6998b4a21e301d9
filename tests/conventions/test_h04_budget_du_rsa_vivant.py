"""H4. La graine, vivante : les votes publiés deviennent des versions, lues à toute date.

« Dans le budget initial du Département, la dépense devait atteindre 19,3 millions d'euros. Un
rajout de 800 000 € a été votée en juin. La situation s'amplifiant, une nouvelle décision
modificative a été prise pour apporter 600 000 € supplémentaires pour financer le RSA. »
"""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.suivi_rsa import actes_budget, lectures_budget
from draille.mesures.suivi_rsa.regles.publies import lire_effectifs, lire_votes
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces
from tests.conventions import publie

FIN = date(2020, 12, 31)


@pytest.mark.django_db
def test_19_3_puis_20_1_puis_20_7_millions_chacun_a_sa_date(systeme: Acces):
    for le in (date(2020, 1, 2), date(2020, 7, 1), FIN):
        actes_budget.inscrire_publies(par=systeme, le=le)
    credits = {}
    for le in (date(2020, 6, 29), date(2020, 6, 30), date(2020, 10, 27)):
        page = lectures_budget.page(annee=2020, acces=systeme, le=le)
        credits[le] = page.execution.credit
    assert list(credits.values()) == [
        Decimal(19_300_000),
        Decimal(20_100_000),
        Decimal(20_700_000),
    ]
    page = lectures_budget.page(annee=2020, acces=systeme, le=FIN)
    assert [v.vote.montant for v in page.execution.versions] == [
        Decimal(19_300_000),
        Decimal(800_000),
        Decimal(600_000),
    ]
    assert round(page.hausse_du_credit * 100, 2) == Decimal("7.25")
    assert [e.nombre for e in page.effectifs] == [2800, 3100]
    assert LigneJournal.objects.filter(code="suivi_rsa.voter").count() == 3


def test_ce_que_lit_le_budget_est_ce_que_lit_la_convention():
    """Deux lecteurs du même fichier publié : mêmes votes, mêmes effectifs, mêmes phrases."""
    contenu, publies = actes_budget.contenu_publie(), publie.rsa("43")
    votes = lire_votes(contenu)
    assert [(v.code, v.montant, v.phrase) for v in votes] == [
        (a.code, a.montant, a.preuve.phrase) for a in publies.budget
    ]
    assert [(e.a_la_date, e.nombre, e.phrase) for e in lire_effectifs(contenu)] == [
        (e.a_la_date, e.nombre, e.preuve.phrase) for e in publies.beneficiaires
    ]


def test_une_date_non_publiee_ou_un_mois_ne_comptent_jamais_trop_tot():
    initial, juin, dm = actes_budget.votes_publies()
    assert (initial.date_dite, initial.compte_le) == ("date non publiée", date(2020, 1, 1))
    assert (juin.date_dite, juin.compte_le) == ("juin 2020", date(2020, 6, 30))
    assert (dm.date_dite, dm.compte_le) == ("date non publiée", date(2020, 10, 27))
