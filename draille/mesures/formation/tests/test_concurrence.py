"""Plusieurs vraies connexions sur les dernières places : aucune n'est tenue deux fois."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from conftest import INSTANT, PROPRIETAIRE
from draille.mesures.formation import actes
from draille.mesures.formation.models import Inscription, Professionnel, Session
from draille.mesures.formation.tests import fabrique as f
from draille.socle import contexte
from draille.socle.acces import Acces, acces_systeme
from draille.socle.refus import Refus

PAR: Acces = acces_systeme(nom="essais")
PLACES, CANDIDATS = 2, 6


@pytest.fixture(scope="module")
def base(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Une base jetable : ce qui s'y valide ne revient pas dans celle des autres essais."""
    reglage = connections["default"].settings_dict
    essais, jetable = reglage["NAME"], f"{reglage['NAME']}_places"

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
        yield jetable
        connection.close()
        postgres(detruire)


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


def ensemble(validees: Any, *gestes: Any) -> list[str]:
    """Fait tous ces gestes au même moment, chacun sur sa connexion ; rend ce qu'ils ont donné."""
    depart = threading.Barrier(len(gestes), timeout=30)
    issues: list[str] = []

    def agir(geste: Any) -> None:
        connections["default"] = validees.copy()
        try:
            with contexte.ouvrir(acces=PAR, instant=INSTANT):
                depart.wait()
                rendu = geste()
            issues.append(str(getattr(rendu, "statut", rendu)))
        except Refus as refus:
            issues.append(refus.code)
        finally:
            connections["default"].close()

    fils = [threading.Thread(target=agir, args=(g,)) for g in gestes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    return sorted(issues)


def session(nom: str, **champs: object) -> Session:
    """Une session, et des agents qui veulent y aller."""
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        for n in range(CANDIDATS):
            f.agent(f"{nom}{n}")
        return f.session(PAR, le=f.LE, titre=nom, **champs)


def inscrire(ou: Session, nom: str) -> Any:
    return lambda: f.inscrire(ou, nom, PAR)


def tenues(ou: Session) -> tuple[int, int]:
    """Les places que dit la session, et celles que tiennent vraiment des inscriptions."""
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        lue = Session.objects.get(pk=ou.pk)
        return lue.prises, lue.inscriptions.filter(statut="inscrite").count()


@pytest.mark.parametrize("essai", range(3))
def test_six_candidats_pour_deux_places(validees: Any, essai: int) -> None:
    ou = session(f"Course{essai}", places=PLACES)
    gestes = [inscrire(ou, f"Course{essai}{n}") for n in range(CANDIDATS)]
    issues = ensemble(validees, *gestes)
    assert issues == ["en_attente"] * (CANDIDATS - PLACES) + ["inscrite"] * PLACES
    assert tenues(ou) == (PLACES, PLACES)


def test_le_meme_agent_deux_fois_en_meme_temps_n_a_qu_une_place(validees: Any) -> None:
    ou = session("Double", places=3)
    issues = ensemble(validees, inscrire(ou, "Double0"), inscrire(ou, "Double0"))
    assert issues == ["formation.deja_inscrit", "inscrite"]
    assert tenues(ou) == (1, 1)


def test_le_meme_agent_dans_deux_sessions_de_la_meme_heure_n_en_tient_qu_une(
    validees: Any,
) -> None:
    une, autre = session("Ici", places=3), session("La", places=3)
    issues = ensemble(validees, inscrire(une, "Ici0"), inscrire(autre, "Ici0"))
    assert issues == ["formation.deja_pris", "inscrite"]


def test_se_desister_pendant_que_l_on_s_inscrit_ne_perd_ni_ne_double_de_place(
    validees: Any,
) -> None:
    ou = session("Melee", places=PLACES)
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        premieres = [f.inscrire(ou, f"Melee{n}", PAR).pk for n in range(4)]
    gestes = [
        lambda pk=pk: actes.se_desister(inscription_id=pk, par=PAR, le=f.LE) for pk in premieres[:2]
    ]
    ensemble(validees, *gestes, inscrire(ou, "Melee4"), inscrire(ou, "Melee5"))
    assert tenues(ou) == (PLACES, PLACES)
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        # Ceux qui attendaient d'abord ont les places rendues.
        assert set(ou.inscriptions.filter(statut="inscrite").values_list("pk", flat=True)) == set(
            premieres[2:]
        )


def test_la_base_seule_arrete_une_ecriture_qui_ne_passe_pas_par_l_acte(validees: Any) -> None:
    ou = session("Brute", places=1)
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        qui = [
            Professionnel.objects.create(
                agent=f.agent(f"Brute{n}"), organisation=f.departement()
            ).pk
            for n in range(CANDIDATS)
        ]
    depart = threading.Barrier(CANDIDATS, timeout=30)
    passees: list[int] = []

    def ecrire(professionnel_id: int) -> None:
        reglage = validees.settings_dict
        with (
            psycopg.connect(
                host=reglage["HOST"],
                port=reglage["PORT"],
                user=settings.BASE_APPLICATION["USER"],
                password=settings.BASE_APPLICATION["PASSWORD"],
                dbname=reglage["NAME"],
            ) as lien,
            suppress(psycopg.errors.CheckViolation),
        ):
            depart.wait()
            lien.execute(
                "INSERT INTO formation_inscription (session_id, professionnel_id, statut,"
                " demandee_le) VALUES (%s, %s, 'inscrite', %s)",
                [ou.pk, professionnel_id, f.LE],
            )
            lien.commit()
            passees.append(professionnel_id)

    fils = [threading.Thread(target=ecrire, args=(q,)) for q in qui]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert len(passees) == 1
    assert tenues(ou) == (1, 1)
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        assert Inscription.objects.filter(session=ou).count() == 1
