"""Un acte peut toucher plus que son auteur ne lit, le temps d'un bloc, jamais après."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection

from draille.socle import contexte
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

INSTANT = datetime(2020, 10, 31, 9, 0, tzinfo=UTC)
AGENT = Acces(
    agent_id=1, organisation_id=1, nom="A", cles_par_role={Role.CADRE: frozenset({100_007})}
)


def _cles():
    with connection.cursor() as curseur:
        curseur.execute("SELECT draille_cles()::text")
        return curseur.fetchone()[0]


@pytest.mark.django_db
def test_les_cles_sajoutent_puis_se_retirent():
    with contexte.ouvrir(acces=AGENT, instant=INSTANT):
        avant = _cles()
        with contexte.elargi(cles=[200_000, 600_003]):
            assert _cles() == avant[:-1] + ",200000,600003}"
        assert _cles() == avant


@pytest.mark.django_db
@pytest.mark.parametrize("panne", ["refus", "base"])
def test_un_bloc_qui_echoue_rend_aussi_les_cles(panne):
    with contexte.ouvrir(acces=AGENT, instant=INSTANT):
        avant = _cles()
        with pytest.raises((Refus, DatabaseError)), contexte.elargi(cles=[200_000]):
            if panne == "refus":
                raise Refus(code="essai", message="non")
            with connection.cursor() as curseur:
                curseur.execute("SELECT 1 / 0")
        assert _cles() == avant
