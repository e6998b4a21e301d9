"""Deux vraies connexions : pendant qu'une personne se rétracte, personne ne transmet."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from conftest import INSTANT, PROPRIETAIRE
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Orientation
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.personne.models import Personne
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, acces_systeme
from draille.socle.refus import Refus

LE = date(2020, 10, 15)
PAR: Acces = acces_systeme(nom="essais")
Geste = Callable[[], Any]


@pytest.fixture(scope="module")
def base(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Une base jetable : ce qui s'y valide ne revient pas dans celle des autres essais."""
    reglage = connections["default"].settings_dict
    essais, jetable = reglage["NAME"], f"{reglage['NAME']}_partage"

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
def gestes(validees: Any) -> tuple[Geste, Geste, Personne]:
    """Transmettre sous l'accord d'une personne, et retirer cet accord."""
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        personne = inscrire(
            identite=Identite(nom_naissance="Testot", prenom="Aline"),
            compartiment=Compartiment.SOCIAL,
            commune_id=None,
            par=PAR,
            le=LE,
        )
        ami = partage.inscrire_partenaire(
            fiche=partage.FichePartenaire(nom="Le Relais"), par=PAR, le=LE
        )
        accord = partage.consentir(
            personne=personne, partenaire_id=ami.pk, portee=["nom"], forme="oral", par=PAR, le=LE
        )
    demande = partage.DemandeOrientation(
        personne=personne, destination="", partenaire_id=ami.pk, consentement_id=accord.pk
    )

    def transmettre() -> Any:
        return partage.orienter(demande=demande, par=PAR, le=LE)

    def retirer() -> Any:
        return partage.retirer_consentement(consentement_id=accord.pk, par=PAR, le=LE)

    return transmettre, retirer, personne


def _attendre_un_verrou(base: str) -> None:
    """Rend la main quand une connexion de cette base attend l'autre."""
    reglage = connections["default"].settings_dict
    with psycopg.connect(
        host=reglage["HOST"],
        port=reglage["PORT"],
        user=PROPRIETAIRE["USER"],
        password=PROPRIETAIRE["PASSWORD"],
        dbname=base,
        autocommit=True,
    ) as lien:
        for _ in range(200):
            trouve = lien.execute(
                "SELECT pg_sleep(0.05), (SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock')"
            ).fetchone()
            if trouve and trouve[1]:
                return
    pytest.fail("la seconde connexion n'a pas attendu la première")


def _ensemble(base: str, premier: Geste, second: Geste) -> list[str]:
    """Fait le premier sans valider, lance le second ailleurs, valide quand il attend."""
    codes: list[str] = []
    une = connections["default"]

    def ailleurs() -> None:
        autre = une.copy()
        connections["default"] = autre
        try:
            with contexte.ouvrir(acces=PAR, instant=INSTANT):
                second()
        except Refus as refus:
            codes.append(refus.code)
        finally:
            autre.close()

    fil = threading.Thread(target=ailleurs)
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        premier()
        fil.start()
        _attendre_un_verrou(base)
    fil.join(30)
    return codes


def test_qui_transmet_pendant_un_retrait_est_refuse(base, gestes):
    transmettre, retirer, personne = gestes
    assert _ensemble(base, retirer, transmettre) == ["partage.sans_accord"]
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        assert not Orientation.objects.filter(personne=personne).exists()


def test_qui_se_retracte_pendant_qu_on_transmet_ferme_aussi_cela(base, gestes):
    transmettre, retirer, personne = gestes
    assert _ensemble(base, transmettre, retirer) == []
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        faite = Orientation.objects.get(personne=personne)
        assert (faite.statut, faite.transmis, faite.cle_partenaire) == ("retiree", None, None)
