"""Ce que tous les essais partagent : la base sous le rôle de l'application, un contexte."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from hypothesis import settings as reglages_hypothesis

from draille.socle.acces import Acces, acces_systeme

# Un essai ne mesure pas le temps : sur une machine chargée, un exemple peut attendre son tour.
reglages_hypothesis.register_profile("draille", deadline=None)
reglages_hypothesis.load_profile("draille")

PROPRIETAIRE = {c: settings.DATABASES["default"][c] for c in ("USER", "PASSWORD")}
INSTANT = datetime(2020, 10, 31, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """La base d'essai est créée par le propriétaire ; on y entre ensuite sous `draille_app`."""
    connexion = connections["default"]
    with django_db_blocker.unblock():
        connexion.close()
        for champ in ("USER", "PASSWORD"):
            connexion.settings_dict[champ] = settings.BASE_APPLICATION[champ]
        yield
        connexion.close()
        connexion.settings_dict.update(PROPRIETAIRE)


@pytest.fixture
def le() -> date:
    """Le jour des essais, au milieu de la démonstration."""
    return date(2020, 10, 15)


@pytest.fixture
def systeme(db: None) -> Iterator[Acces]:
    """Un contexte ouvert sous un accès qui voit tout."""
    from draille.socle import contexte

    with contexte.ouvrir(acces=acces_systeme(nom="essais"), instant=INSTANT) as acces:
        yield acces


@pytest.fixture
def proprietaire(db: None) -> Iterator[psycopg.Connection[Any]]:
    """Une connexion du propriétaire (superutilisateur) à la base d'essai, défaite à la fin."""
    reglage = settings.DATABASES["default"]
    connexion = psycopg.connect(
        host=reglage["HOST"],
        port=reglage["PORT"],
        user=PROPRIETAIRE["USER"],
        password=PROPRIETAIRE["PASSWORD"],
        dbname=connections["default"].settings_dict["NAME"],
    )
    connexion.execute("SELECT set_config('draille.instant', %s, true)", [INSTANT.isoformat()])
    try:
        yield connexion
    finally:
        connexion.rollback()
        connexion.close()


@pytest.fixture(scope="session")
def donnees() -> Path:
    """Le dossier des données réelles, voisin du dépôt ; absent, l'essai est passé et le dit."""
    dossier = Path(
        os.environ.get("DRAILLE_DONNEES", Path(__file__).parent.parent / "shared" / "donnees")
    )
    if not dossier.is_dir():
        pytest.skip("données réelles absentes (DRAILLE_DONNEES)")
    return dossier
