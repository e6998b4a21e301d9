"""Qui voit quoi : chaque chemin de lecture, comparé à un oracle indépendant."""

import os
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from draille.noyau.organisation.lectures import acces_de
from draille.socle import contexte
from draille.socle.acces import acces_systeme
from draille.socle.murs import modeles_personnels
from tests.droits import tirages
from tests.droits.chemins import Lecteur, attendre_tables, lire_tables
from tests.droits.chemins_rsa import CHEMINS
from tests.droits.ecrans import ECRANS, NOMINATIFS, REJETE, Ecran, corps, montres
from tests.droits.monde import JOURS, Monde, construire
from tests.droits.oracle import Oracle

INSTANT = datetime(2020, 10, 31, 9, 0, tzinfo=UTC)
EXEMPLES = int(os.environ.get("DRAILLE_EXEMPLES") or (1000 if os.environ.get("CI") else 150))
REGLAGES = settings(
    max_examples=EXEMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Réduire un exemple coûte cent fois son essai ; cinq habilitations se lisent telles quelles.
    phases=(Phase.generate,),
    report_multiple_bugs=False,
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


def _comparer_ecran(nom: str, ecran: Ecran, lecteur: Lecteur) -> bool:
    """Compare une page à l'oracle ; vrai si sa porte s'est ouverte."""
    reponse = ecran.demander(lecteur)
    vus = montres(lecteur, corps(reponse))
    est_ouvert = ecran.est_ouvert(lecteur.oracle)
    attendu = ecran.statut(lecteur) if est_ouvert else 403
    if attendu:
        assert reponse.status_code == attendu, f"{nom} : {reponse.status_code}"
    connues = lecteur.oracle.parmi(NOMINATIFS).personnes(lecteur.monde.individus)
    assert vus <= connues, f"{nom} montre des personnes fermées à cet agent"
    if reponse.status_code not in (200, 204):
        assert vus == set(), f"{nom} refuse, et montre pourtant"
        assert not REJETE.search(corps(reponse))
        return False
    if ecran.noms is not None:
        assert vus == ecran.noms(lecteur), nom
    return est_ouvert


@pytest.fixture
def navigateur(monde: Monde, settings: Any, caplog: Any) -> Client:
    """L'agent du monde, connecté."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    cache.clear()
    # Les portes fermées se comptent par centaines : leur trace noierait le reste.
    caplog.set_level("ERROR", logger="django.request")
    client = Client()
    client.force_login(monde.agent)
    return client


@pytest.mark.lent
def test_chaque_lecture_et_chaque_ecran_suivent_loracle(monde, navigateur, monkeypatch):
    ouverts: set[str] = set()

    @REGLAGES
    @given(
        tirees=tirages.habilitations(NOMBRE_LIEUX),
        le=st.sampled_from(JOURS),
        cible=st.integers(0, len(monde.individus) - 1),
        ecran=st.sampled_from(sorted(ECRANS)),
    )
    def propriete(tirees: Any, le: date, cible: int, ecran: str) -> None:
        monkeypatch.setenv("DRAILLE_DATE", le.isoformat())
        with transaction.atomic():
            contexte.poser(acces=SYSTEME, instant=INSTANT)
            lecteur = _lecteur(monde, tirees, le, cible, navigateur)
            _comparer_tout(lecteur)
            if _comparer_ecran(ecran, ECRANS[ecran], lecteur):
                ouverts.add(ecran)
            transaction.set_rollback(True)

    propriete()
    if EXEMPLES >= 1000:
        assert ouverts == set(ECRANS), "ces écrans n'ont jamais été ouverts : rien n'est éprouvé"
