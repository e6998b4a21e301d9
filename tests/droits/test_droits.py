"""Qui voit quoi : chaque chemin de lecture, comparé à un oracle indépendant."""

import os
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from draille.noyau.organisation.lectures import acces_de
from draille.socle import contexte
from draille.socle.acces import acces_systeme
from draille.socle.murs import modeles_personnels
from tests.droits import tirages
from tests.droits.chemins import CHEMINS, Lecteur, attendre_tables, lire_tables
from tests.droits.monde import JOURS, Monde, construire
from tests.droits.oracle import Oracle

INSTANT = datetime(2020, 10, 31, 9, 0, tzinfo=UTC)
EXEMPLES = int(os.environ.get("DRAILLE_EXEMPLES") or (1000 if os.environ.get("CI") else 150))
REGLAGES = settings(
    max_examples=EXEMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
NOMBRE_LIEUX = 15
SYSTEME = acces_systeme(nom="essai des droits")


@pytest.fixture
def monde(systeme: Any) -> Monde:
    """Le monde fixe, écrit dans la transaction de l'essai."""
    return construire()


def test_chaque_table_personnelle_a_des_rangees(monde):
    vides = [m._meta.db_table for m in modeles_personnels() if not monde.de(m)]
    assert vides == ["noyau_personne"], "le monde des essais n'a aucune rangée de ces tables"
    lues = lire_tables()
    for modele in modeles_personnels():
        table = modele._meta.db_table
        attendues = len(monde.individus) if table == "noyau_personne" else len(monde.de(table))
        assert lues[table][0] == attendues, f"le monde oublie des rangées de {table}"


def test_les_marques_sont_uniques(monde):
    marques = [i.marque for i in monde.individus]
    assert len(set(marques)) == len(marques)
    assert len(monde.lieux) == NOMBRE_LIEUX


def _lecteur(monde: Monde, tirees: Any, le: date, cible: int, client: Any = None) -> Lecteur:
    oracle = Oracle(tirages.donner(monde, tirees), le)
    return Lecteur(
        acces=acces_de(agent=monde.agent, le=le),
        oracle=oracle,
        monde=monde,
        le=le,
        cible=monde.individus[cible % len(monde.individus)],
        client=client,
    )


def _comparer_tout(lecteur: Lecteur) -> None:
    assert {str(r) for r in lecteur.acces.roles} == lecteur.oracle.roles
    for ligne in lecteur.monde.lignes:
        cle_ligne = lecteur.monde.cle_de(ligne)
        assert lecteur.acces.voit(cle_ligne) == lecteur.oracle.voit(ligne), ligne
    attendus = {nom: chemin.attendre(lecteur) for nom, chemin in CHEMINS.items()}
    contexte.poser(acces=lecteur.acces, instant=INSTANT)
    assert lire_tables() == attendre_tables(lecteur), "SQL brut, par le second mur seul"
    for nom, chemin in CHEMINS.items():
        if chemin.murs != "premier":
            assert chemin.lire(lecteur) == attendus[nom], f"{nom}, sous les droits de l'agent"
    contexte.poser(acces=SYSTEME, instant=INSTANT)
    for nom, chemin in CHEMINS.items():
        if chemin.murs != "second":
            assert chemin.lire(lecteur) == attendus[nom], f"{nom}, par le premier mur seul"


@pytest.mark.lent
def test_chaque_lecture_suit_loracle(monde):
    @REGLAGES
    @given(
        tirees=tirages.habilitations(NOMBRE_LIEUX),
        le=st.sampled_from(JOURS),
        cible=st.integers(0, len(monde.individus) - 1),
    )
    def propriete(tirees: Any, le: date, cible: int) -> None:
        with transaction.atomic():
            contexte.poser(acces=SYSTEME, instant=INSTANT)
            _comparer_tout(_lecteur(monde, tirees, le, cible))
            transaction.set_rollback(True)

    propriete()
