from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory

from draille.ecrans.lecture_seule import ecrit, methodes_qui_ecrivent, mettre_en_lecture_seule


def _ecrire(request):
    Session.objects.create(
        session_key=uuid4().hex, session_data="", expire_date=datetime(2020, 11, 1, tzinfo=UTC)
    )
    return HttpResponse("écrit")


def _demande(methode):
    return getattr(RequestFactory(), methode)("/")


@pytest.fixture
def annulee(db):
    """Une transaction que l'essai défait : rien de ce qu'il écrit ne reste."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_la_methode_declaree_ecrit(annulee):
    assert ecrit("POST")(_ecrire)(_demande("post")).content == "écrit".encode()


@pytest.mark.parametrize("methode", ["get", "head", "put"])
def test_les_autres_methodes_ne_peuvent_pas_ecrire(annulee, methode):
    with pytest.raises(DatabaseError, match="read-only"):
        ecrit("POST")(_ecrire)(_demande(methode))


def test_une_vue_de_lecture_lit_et_la_suite_peut_ecrire(annulee):
    @ecrit()
    def lire(request):
        with connection.cursor() as curseur:
            curseur.execute("SELECT 42")
            return HttpResponse(str(curseur.fetchone()[0]))

    assert lire(_demande("get")).content == b"42"
    assert _ecrire(_demande("post")).content == "écrit".encode()


def test_une_reponse_de_gabarit_se_rend_dans_la_garde(annulee):
    class Rendu(SimpleTemplateResponse):
        @property
        def rendered_content(self):
            return _ecrire(None).content

    with pytest.raises(DatabaseError, match="read-only"):
        ecrit()(lambda request: Rendu("ecrans/base.html"))(_demande("get"))


def test_hors_transaction_la_garde_se_refuse():
    with pytest.raises(AssertionError):
        mettre_en_lecture_seule()


def test_la_declaration_se_lit_de_l_exterieur_et_refuse_l_inconnu():
    assert methodes_qui_ecrivent(ecrit("POST", "DELETE")(_ecrire)) == {"POST", "DELETE"}
    assert methodes_qui_ecrivent(ecrit()(_ecrire)) == frozenset()
    assert methodes_qui_ecrivent(_ecrire) is None
    with pytest.raises(ValueError, match="POTS"):
        ecrit("POTS")
