"""Deux vraies connexions sur le même créneau : une seule réservation passe."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from conftest import INSTANT, PROPRIETAIRE
from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import Creneau, RendezVous
from draille.mesures.rendez_vous.tests import fabrique
from draille.socle import contexte
from draille.socle.acces import Acces, acces_systeme
from draille.socle.refus import Refus

LE = fabrique.LE
PAR: Acces = acces_systeme(nom="essais")
ESSAIS = 5


@pytest.fixture(scope="module")
def base(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Une base jetable : ce qui s'y valide ne revient pas dans celle des autres essais."""
    reglage = connections["default"].settings_dict
    essais, jetable = reglage["NAME"], f"{reglage['NAME']}_reserve"

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


@pytest.fixture
def creneau(validees: Any) -> Creneau:
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        trouve = Creneau.objects.filter(pris=0, est_ferme=False).order_by("debut").first()
        return trouve or fabrique.creneaux(PAR)[0]


@pytest.mark.parametrize("essai", range(ESSAIS))
def test_deux_reservations_en_meme_temps_une_seule_passe(validees, creneau, essai):
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        demandes = [fabrique.demande(PAR, nom=f"Nom{essai}{n}").pk for n in range(2)]
    depart = threading.Barrier(2, timeout=30)
    issues: list[str] = []

    def reserver(demande_id: int) -> None:
        connections["default"] = validees.copy()
        try:
            with contexte.ouvrir(acces=PAR, instant=INSTANT):
                depart.wait()
                actes.fixer(demande_id=demande_id, creneau_id=creneau.pk, par=PAR, le=LE)
            issues.append("fixe")
        except Refus as refus:
            issues.append(f"{refus.code} : {refus.message}")
        finally:
            connections["default"].close()

    fils = [threading.Thread(target=reserver, args=(d,)) for d in demandes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    fixe, refusee = sorted(issues)
    assert fixe == "fixe"
    assert refusee == (
        "rendez_vous.creneau_plein : Ce créneau vient d'être pris : il n'a plus de place. "
        "Choisissez-en un autre."
    )
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        assert RendezVous.objects.filter(creneau=creneau, statut="fixe").count() == 1
        assert Creneau.objects.get(pk=creneau.pk).pris == 1


def test_la_seconde_attend_la_premiere_puis_est_refusee(validees, creneau):
    """Pas à pas : tant que la première n'a pas validé, la seconde attend ; puis la base refuse.

    Sans le verrou du déclencheur, les deux passeraient.
    """
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        une, autre = fabrique.personne("Une"), fabrique.personne("Autre")
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        actes.fixer(
            demande_id=fabrique.demande(PAR, nom="Premiere").pk,
            creneau_id=creneau.pk,
            par=PAR,
            le=LE,
        )
        with _seconde(validees) as lien, pytest.raises(psycopg.errors.LockNotAvailable):
            _inserer(lien, autre, creneau, attente="200ms")
    with _seconde(validees) as lien, pytest.raises(psycopg.errors.CheckViolation) as erreur:
        _inserer(lien, une, creneau, attente="5s")
    assert erreur.value.diag.constraint_name == "rendez_vous_creneau_plein"


def _seconde(validees: Any) -> "psycopg.Connection[Any]":
    """Une autre connexion de l'application, sous le même rôle."""
    reglage = validees.settings_dict
    return psycopg.connect(
        host=reglage["HOST"],
        port=reglage["PORT"],
        user=settings.BASE_APPLICATION["USER"],
        password=settings.BASE_APPLICATION["PASSWORD"],
        dbname=reglage["NAME"],
    )


def _inserer(lien: Any, personne: Any, creneau: Creneau, *, attente: str) -> None:
    cles = "{" + ",".join(map(str, PAR.cles)) + "}"
    lien.execute("SELECT set_config('draille.cles', %s, true)", [cles])
    lien.execute("SELECT set_config('lock_timeout', %s, true)", [attente])
    lien.execute(
        "INSERT INTO rendez_vous_rendezvous (personne_id, creneau_id, motif, rang, jour, debut,"
        " fin, statut, fixe_le, excuse, cle_acces)"
        " VALUES (%s, %s, %s, 1, %s, %s, %s, 'fixe', %s, '', %s)",
        [
            personne.pk,
            creneau.pk,
            creneau.motif,
            creneau.jour,
            creneau.debut,
            creneau.fin,
            LE,
            200_000 + personne.commune_id,
        ],
    )
