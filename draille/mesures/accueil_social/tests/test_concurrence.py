"""Le même envoi, deux fois en même temps, par deux vraies connexions : un seul accueil."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction

from conftest import INSTANT, PROPRIETAIRE
from draille.mesures.accueil_social import actes
from draille.mesures.accueil_social.actes import accueil as module
from draille.mesures.accueil_social.models import Accueil, Note
from draille.mesures.accueil_social.tests import fabrique as f
from draille.noyau.personne.models import Personne
from draille.socle import contexte
from draille.socle.acces import acces_systeme

PAR = acces_systeme(nom="essais")
A_LA_FOIS = 3


@pytest.fixture
def validees(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Une base jetable où une transaction finit pour de bon."""
    reglage = connections["default"].settings_dict
    essais, jetable = reglage["NAME"], f"{reglage['NAME']}_envois"

    def postgres(requete: str) -> None:
        with psycopg.connect(
            host=reglage["HOST"],
            port=reglage["PORT"],
            user=PROPRIETAIRE["USER"],
            password=PROPRIETAIRE["PASSWORD"],
            dbname="postgres",
            autocommit=True,
        ) as lien:
            lien.execute(requete)

    detruire = f'DROP DATABASE IF EXISTS "{jetable}" WITH (FORCE)'
    with django_db_blocker.unblock():
        connection.close()
        postgres(detruire)
        postgres(f'CREATE DATABASE "{jetable}" TEMPLATE "{essais}"')
        des_essais = connections["default"]
        autre = des_essais.copy()
        autre.settings_dict["NAME"] = jetable
        connections["default"] = autre
        try:
            yield autre
        finally:
            autre.close()
            connections["default"] = des_essais
            postgres(detruire)


def test_le_meme_envoi_en_meme_temps_n_ecrit_qu_un_accueil(validees, monkeypatch):
    saisie = f.nouvelle(note_partagee="Une note.", besoins=("logement",))
    depart = threading.Barrier(A_LA_FOIS, timeout=30)
    ecrits: list[int] = []
    nettoyer = module.nettoyer

    def nettoyer_ensemble(**dits: Any) -> Any:
        # Aucun n'écrit avant que tous aient cherché l'envoi sans le trouver.
        depart.wait()
        return nettoyer(**dits)

    monkeypatch.setattr(module, "nettoyer", nettoyer_ensemble)

    def envoyer() -> None:
        connections["default"] = validees.copy()
        try:
            with contexte.ouvrir(acces=PAR, instant=INSTANT):
                accueil = actes.accueillir(saisie=saisie, par=PAR, le=f.LE)
                ecrits.append(accueil.pk)
        finally:
            connections["default"].close()

    fils = [threading.Thread(target=envoyer) for _ in range(A_LA_FOIS)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert len(ecrits) == A_LA_FOIS
    assert len(set(ecrits)) == 1
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        comptes = [t.objects.count() for t in (Accueil, Personne, Note)]
    assert comptes == [1, 1, 1]


def test_la_base_elle_meme_refuse_deux_accueils_du_meme_envoi(systeme):
    f.au(f.LE, systeme)
    accueil = actes.accueillir(saisie=f.saisie(), par=systeme, le=f.LE)
    accueil.pk = None
    with pytest.raises(IntegrityError, match="envoi"), transaction.atomic():
        accueil.save(force_insert=True)
