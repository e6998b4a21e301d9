"""Un vrai navigateur devant un vrai serveur : la démonstration entière, servie comme on la sert.

Jouer un an prend plusieurs minutes. `DRAILLE_NAVIGATEUR_MODELE` nomme une base de démonstration
déjà jouée (celle que laisse `draille demo`, par exemple `draille_demo_43_20201031`) : les essais
travaillent sur sa copie, elle n'est pas touchée. `bin/essais` en joue une pendant les autres
essais. Sans cette variable, tout est rejoué du début.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from draille.socle.pg_embarque import connexions

RACINE = Path(__file__).resolve().parents[2]
CAPTURES = RACINE / "var" / "captures"
# Chaque processus d'essais a sa copie de la démonstration et son serveur : ils ne se gênent pas.
PROCESSUS = os.environ.get("PYTEST_XDIST_WORKER", "")
BASE = f"draille_navigateur{os.environ.get('DRAILLE_ESSAI', '')}{PROCESSUS}"
LARGEURS = {"large": 1280, "etroit": 390}
MODELE = os.environ.get("DRAILLE_NAVIGATEUR_MODELE", "")
# Un an de démonstration sur une machine occupée ; au-delà, quelque chose ne finit pas.
JOUER_S = 2400
# Un serveur met plus d'une minute à s'ouvrir quand la machine fait autre chose.
ESSAIS_D_ATTENTE = 960
VISITES = "test_toutes_les_pages"
NAVIGATEURS = ("chromium", "chromium-browser", "google-chrome")
# Le navigateur tient une boucle d'événements dans le processus : des essais y lisent pourtant la
# base, et Django le refuserait dès sa création.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
A_PART = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """La visite de toutes les pages, la plus longue, part d'abord : les parcours se font à côté."""
    items.sort(key=lambda item: Path(str(item.fspath)).stem != VISITES)


def _navigateur() -> str:
    for nom in NAVIGATEURS:
        chemin = shutil.which(nom)
        if chemin:
            return chemin
    if os.environ.get("DRAILLE_EXIGER_NAVIGATEUR") == "1":
        pytest.fail("Chromium manque : il doit être installé ici.")
    pytest.skip("Chromium absent : essais de navigateur passés")


def _environnement() -> dict[str, str]:
    return {
        **{c: v for c, v in os.environ.items() if c not in A_PART},
        "DRAILLE_DEPARTEMENT": "43",
        "DRAILLE_DATE": "2020-10-31",
        "DRAILLE_DEMONSTRATION": "1",
        "DRAILLE_BASE": BASE,
        "DRAILLE_PROCESSUS": "1",
        "DRAILLE_DEPOTS": str(RACINE / "var" / "depots_essais"),
    }


@pytest.fixture(scope="session")
def chromium() -> str:
    """Le chemin de Chromium ; sans lui, les essais sont passés (ou échouent, si on l'exige)."""
    return _navigateur()


@pytest.fixture(scope="session")
def resume(chromium: str) -> dict[str, Any]:
    """La démonstration jouée dans une base à elle, et le résumé qu'elle imprime."""
    proprietaire = connexions().proprietaire
    with psycopg.connect(**proprietaire, autocommit=True) as connexion:
        # Deux copies d'un même modèle ne se font pas en même temps.
        connexion.execute("SELECT pg_advisory_lock(hashtext('draille.navigateur'))")
        connexion.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(BASE))
        )
        if MODELE:
            connexion.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(BASE), sql.Identifier(MODELE)
                )
            )
    fait = subprocess.run(
        [sys.executable, "-m", "draille.commande.principal", "demo", "--sans-serveur", "--json"]
        + ["--base", BASE],
        cwd=RACINE,
        env=_environnement(),
        capture_output=True,
        text=True,
        timeout=JOUER_S,
    )
    assert fait.returncode == 0, fait.stderr[-3000:]
    return json.loads(fait.stdout.strip().splitlines()[-1])  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def serveur(resume: dict[str, Any]) -> Iterator[str]:
    """L'adresse du serveur, lancé comme le lance `draille servir`, travailleur compris."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    processus = subprocess.Popen(
        [sys.executable, "-m", "draille.commande.principal", "servir", "--port", str(port)],
        cwd=RACINE,
        env=_environnement(),
        start_new_session=True,
    )
    adresse = f"http://127.0.0.1:{port}"
    try:
        _attendre(f"{adresse}/sante")
        yield adresse
    finally:
        os.killpg(processus.pid, 15)
        processus.wait(timeout=30)


def _attendre(adresse: str) -> None:
    for _ in range(ESSAIS_D_ATTENTE):
        try:
            with urllib.request.urlopen(adresse, timeout=2) as reponse:
                if reponse.status == 200:
                    return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"{adresse} ne répond pas")


@pytest.fixture(scope="session")
def moteur(chromium: str) -> Iterator[Any]:
    """Un navigateur sans tête pour toute la session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield navigateur
        navigateur.close()


@pytest.fixture
def ouvrir(moteur: Any, serveur: str) -> Iterator[Callable[..., Any]]:
    """Ouvre une page connectée sous un compte de démonstration : `ouvrir("demo.cadre")`."""
    contextes = []

    def _ouvrir(identifiant: str = "", *, largeur: int = 1280, javascript: bool = True) -> Any:
        contexte = moteur.new_context(
            viewport={"width": largeur, "height": 900},
            base_url=serveur,
            locale="fr-FR",
            java_script_enabled=javascript,
        )
        contextes.append(contexte)
        page = contexte.new_page()
        page.goto("/compte/login/")
        if identifiant:
            page.locator(f"button[value='{identifiant}']").click()
            page.wait_for_load_state()
        return page

    yield _ouvrir
    for contexte in contextes:
        contexte.close()
