"""Un petit Département : cinq communes, un cadre, trois référents ; et une base où valider."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from conftest import PROPRIETAIRE
from draille.mesures.referent_unique.tests.fabrique import Monde, monter
from draille.socle.acces import Acces


@pytest.fixture
def monde(systeme: Acces) -> Monde:
    """Le contexte reste celui du système ; les actes se font au nom du cadre."""
    return monter(systeme)


def superutilisateur(base: str) -> "psycopg.Connection[Any]":
    """Une connexion du propriétaire, que ni murs ni règles n'arrêtent."""
    reglage = connections["default"].settings_dict
    return psycopg.connect(
        host=reglage["HOST"],
        port=reglage["PORT"],
        user=PROPRIETAIRE["USER"],
        password=PROPRIETAIRE["PASSWORD"],
        dbname=base,
        autocommit=True,
    )


@pytest.fixture(scope="module")
def base(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Une base jetable : ce qui s'y valide ne revient pas dans celle des autres essais."""
    essais = connections["default"].settings_dict["NAME"]
    jetable = f"{essais}_places"
    detruire = f'DROP DATABASE IF EXISTS "{jetable}" WITH (FORCE)'
    with django_db_blocker.unblock():
        connection.close()
        with superutilisateur("postgres") as lien:
            lien.execute(detruire)
            lien.execute(f'CREATE DATABASE "{jetable}" TEMPLATE "{essais}"')
        yield jetable
        connection.close()
        with superutilisateur("postgres") as lien:
            lien.execute(detruire)


@pytest.fixture
def validees(base: str) -> Iterator[Any]:
    """Branche Django sur la base jetable : ici, une transaction finit pour de bon."""
    des_essais = connections["default"]
    jetable = des_essais.copy()
    jetable.settings_dict["NAME"] = base
    connections["default"] = jetable
    try:
        yield jetable
    finally:
        jetable.close()
        connections["default"] = des_essais
