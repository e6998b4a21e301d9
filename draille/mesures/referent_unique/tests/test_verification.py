"""Un calcul altéré en base par un superutilisateur : la vérification le dit, et dit quoi."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from conftest import INSTANT
from draille.mesures.referent_unique import actes
from draille.mesures.referent_unique.lectures_verification import verification
from draille.mesures.referent_unique.models import Calcul
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.conftest import superutilisateur
from draille.mesures.referent_unique.tests.fabrique import LUNDI, monter
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Territoire
from draille.socle import contexte
from draille.socle.acces import acces_systeme

RACINE = Path(__file__).resolve().parents[4]
PAR = acces_systeme(nom="essais")
# Marqués, pour que pytest-django crée la base que l'on copie.
pytestmark = pytest.mark.django_db
LIGNE = "referent_unique_lignecalcul"
CALCUL = "referent_unique_calcul"


@pytest.fixture
def calcul_id(validees: Any) -> int:
    """Un calcul validé, à demi relu : une ligne acceptée, une changée, les autres à relire."""
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        if Territoire.objects.filter(nature="departement").exists():
            return Calcul.objects.order_by("id").first().pk
        monde = monter(PAR)
        fabrique.referent("tout", monde.communes[0], monde.cadre, places=1)
        for i in range(8):
            fabrique.a_confier(PAR, monde.communes[i % 5], nom=f"N{i}")
        calcul = actes.calculer_proposition(par=monde.cadre, le=LUNDI)
        premiere, seconde = calcul.lignes.order_by("rang")[:2]
        actes.accepter_ligne(ligne_id=premiere.pk, par=monde.cadre, le=LUNDI)
        actes.changer_ligne(
            ligne_id=seconde.pk,
            agent_id=monde.yssingeaux.pk,
            motif="Elle la connaît.",
            par=monde.cadre,
            le=LUNDI,
        )
    return calcul.pk


def verifier(calcul_id: int) -> tuple[str, ...]:
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        return verification(calcul_id=calcul_id, acces=PAR).fautes


def test_un_calcul_intact_na_pas_de_faute(calcul_id):
    assert verifier(calcul_id) == ()


# La table, ce qu'on y écrit, le rang de la ligne, le début d'une faute attendue.
ALTERATIONS = {
    "un choix": (LIGNE, "place = 1 - least(place, 1)", 3, "empreinte"),
    "des minutes": (LIGNE, "minutes[1] = minutes[1] + 1", 2, "empreinte"),
    "un foyer": (LIGNE, "unite_id = unite_id - 1000", 2, "empreinte"),
    "une demande": (LIGNE, "demande_id = NULL", 2, "empreinte"),
    "un rang": (LIGNE, "rang = 99", 4, "lignes"),
    "une decision": (LIGNE, "decision = 'acceptee', relue_le = now()", 5, "décision"),
    "un retenu": (LIGNE, "retenu_id = (SELECT min(id) FROM noyau_agent)", 0, "décision"),
    "un prix": (CALCUL, "prix = jsonb_set(prix, '{0}', '77')", None, "optimalité"),
    "un referent": (
        CALCUL,
        "places = jsonb_set(places, '{0,agent_id}', places->1->'agent_id')",
        None,
        "empreinte",
    ),
    "des places": (CALCUL, "places = jsonb_set(places, '{0,libres}', '0')", None, "sièges"),
    "un poids": (CALCUL, "reglage = jsonb_set(reglage, '{poids_exces}', '9')", None, "empreinte"),
    "la graine": (CALCUL, "graine = 'autre'", None, "empreinte"),
    "le cout": (CALCUL, "cout = cout - 1", None, "coût"),
    "l'empreinte": (CALCUL, "empreinte = repeat('0', 64)", None, "empreinte"),
}


@pytest.mark.parametrize("quoi", ALTERATIONS)
def test_une_alteration_se_voit_et_se_dit(base, calcul_id, quoi):
    table, valeurs, rang, attendue = ALTERATIONS[quoi]
    ou = f"id = {calcul_id}" if rang is None else f"calcul_id = {calcul_id} AND rang = {rang}"
    with alteree(base, table) as lien:
        assert lien.execute(f"UPDATE {table} SET {valeurs} WHERE {ou}").rowcount == 1
        fautes = verifier(calcul_id)
    assert any(f.startswith(attendue) for f in fautes), fautes
    assert verifier(calcul_id) == ()


def test_une_ligne_otee_se_voit(base, calcul_id):
    with alteree(base, LIGNE) as lien:
        lien.execute(f"DELETE FROM {LIGNE} WHERE calcul_id = %s AND rang = 4", [calcul_id])
        fautes = verifier(calcul_id)
    assert any(f.startswith("lignes") for f in fautes), fautes


@contextmanager
def alteree(base: str, table: str) -> Iterator[Any]:
    """Le superutilisateur, déclencheurs débranchés ; la table revient ensuite telle quelle."""
    with superutilisateur(base) as lien:
        lien.execute("SET session_replication_role = replica")
        lien.execute(f"CREATE TEMP TABLE avant AS TABLE {table}")
        try:
            yield lien
        finally:
            lien.execute(f"DELETE FROM {table}")
            lien.execute(f"INSERT INTO {table} SELECT * FROM avant")


def test_meme_empreinte_et_journal_recalcules_le_scellement_reste(base, calcul_id):
    """Qui altère le prix et refait l'empreinte se heurte encore au journal, en ajout seul."""
    with superutilisateur(base) as lien:
        lien.execute(f"UPDATE {CALCUL} SET graine = 'autre' WHERE id = %s", [calcul_id])
        try:
            with contexte.ouvrir(acces=PAR, instant=INSTANT):
                refaite = verification(calcul_id=calcul_id, acces=PAR).empreinte
            ancienne = lien.execute(
                f"SELECT empreinte FROM {CALCUL} WHERE id = %s", [calcul_id]
            ).fetchone()[0]
            lien.execute(f"UPDATE {CALCUL} SET empreinte = %s WHERE id = %s", [refaite, calcul_id])
            fautes = verifier(calcul_id)
        finally:
            lien.execute(
                f"UPDATE {CALCUL} SET graine = %s, empreinte = %s WHERE id = %s",
                [f"referent_unique.{LUNDI.isoformat()}", ancienne, calcul_id],
            )
    assert [f.split(" :")[0] for f in fautes] == ["journal"]


def commande(base: str, *arguments: str) -> tuple[int, str]:
    """`draille affectation …` sur la base jetable, comme un agent la taperait."""
    issue = subprocess.run(
        [sys.executable, "-m", "draille.commande.principal", "affectation", *arguments],
        cwd=RACINE,
        env={**os.environ, "DRAILLE_BASE": base, "DRAILLE_DATE": "2020-10-12"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return issue.returncode, issue.stdout + issue.stderr


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="base du serveur embarqué")
def test_la_commande_rend_zero_puis_un_et_dit_quoi(base, calcul_id):
    connection.close()
    code, sortie = commande(base, "verifier", str(calcul_id))
    assert (code, "intact" in sortie) == (0, True), sortie
    with superutilisateur(base) as lien:
        lien.execute(f"UPDATE {CALCUL} SET cout = cout + 1 WHERE id = %s", [calcul_id])
        try:
            code, sortie = commande(base, "verifier", str(calcul_id))
        finally:
            lien.execute(f"UPDATE {CALCUL} SET cout = cout - 1 WHERE id = %s", [calcul_id])
    assert code == 1
    assert "coût" in sortie
    assert "altéré" in sortie
    code, sortie = commande(base, "verifier", "999999")
    assert (code, "n'existe pas" in sortie) == (1, True)


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="base du serveur embarqué")
def test_la_commande_propose_sans_rien_designer(base, calcul_id):
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        avant = Referent.objects.count()
    connection.close()
    code, sortie = commande(base, "proposer")
    assert (code, "à relire par un agent" in sortie) == (0, True), sortie
    with contexte.ouvrir(acces=PAR, instant=INSTANT):
        dernier = Calcul.objects.order_by("-id").first()
        assert (dernier.statut, dernier.agent_id) == ("propose", None)
        assert Referent.objects.count() == avant
