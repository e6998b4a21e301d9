"""Des processus qui intègrent des fichiers, et peuvent se tuer (SIGKILL) à un instant dit.

    python -m draille.moteurs.flux.tests.enfant

Un père charge Django une fois, puis lit sur son entrée des lignes JSON : une liste de travaux à
faire en même temps (`base`, `depots`, `coup`, `lot`, `fichiers`). Chacun est un processus à lui,
né du père avant toute connexion. Il compte ses gestes : chaque requête, chaque ligne de COPY. Au
geste `coup` (0 : jamais), il se tue. Le père écrit, par liste, le code de sortie de chacun et la
suite de ses gestes : « r » une requête, « c » une ligne copiée, « t » une requête de la grande
transaction. `lot` : combien de dossiers se prennent ensemble.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import django

INSTANT = datetime(2020, 12, 6, 9, tzinfo=UTC)
LE = date(2020, 12, 6)


class Gestes:
    """La suite des gestes, et celui qui tue."""

    def __init__(self, coup: int) -> None:
        self.coup, self.faits = coup, []

    def compter(self, geste: str) -> None:
        self.faits.append(geste)
        if len(self.faits) == self.coup:
            os.kill(os.getpid(), signal.SIGKILL)

    def requete(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        ecrit = threading.current_thread().name == "flux-ecriture"
        self.compter("t" if ecrit else "r")
        return execute(*arguments)


def espionner(gestes: Gestes, lot: int) -> None:
    """Fait passer par `gestes` les requêtes de toutes les connexions et les lignes copiées."""
    import psycopg
    from django.db.backends.signals import connection_created

    from draille.moteurs.flux import adaptateur

    adaptateur.DOSSIERS_PAR_LOT = adaptateur.DOSSIERS_PAR_REPRISE = lot
    ecrire = psycopg.Copy.write_row

    def ouverte(connection: Any, **_: Any) -> None:
        connection.execute_wrappers.append(gestes.requete)

    def write_row(self: Any, ligne: Any) -> None:
        gestes.compter("c")
        ecrire(self, ligne)

    psycopg.Copy.write_row = write_row  # type: ignore[method-assign]
    connection_created.connect(ouverte, weak=False)


def integrer_fichiers(travail: dict[str, Any], vers: int) -> None:
    """Le travail d'un enfant : intègre, puis écrit la suite de ses gestes dans `vers`."""
    from django.conf import settings
    from django.db import connections

    settings.MEDIA_ROOT = Path(travail["depots"])
    connections.databases["default"]["NAME"] = travail["base"]
    from draille.moteurs.flux.adaptateur import integrer, recevoir
    from draille.socle import contexte
    from draille.socle.acces import acces_systeme

    gestes = Gestes(travail["coup"])
    espionner(gestes, travail["lot"])
    par = acces_systeme(nom="essais")
    for chemin in map(Path, travail["fichiers"]):
        with contexte.ouvrir(acces=par, instant=INSTANT):
            recu = recevoir(source=chemin, nom=chemin.name, par=par, le=LE)
        recu = integrer(fichier=recu, par=par, le=LE, instant=INSTANT)
        assert recu.est_integre, recu.motif
    os.write(vers, "".join(gestes.faits).encode())


def naitre(travail: dict[str, Any]) -> tuple[int, int]:
    """Met au monde un enfant ; rend son numéro et le tuyau où lire ses gestes."""
    lire, ecrire = os.pipe()
    enfant = os.fork()
    if enfant:
        os.close(ecrire)
        return enfant, lire
    os.close(lire)
    code = 1
    try:
        integrer_fichiers(travail, ecrire)
        code = 0
    except BaseException:
        traceback.print_exc()
    os._exit(code)


def attendre(enfant: int, lire: int) -> dict[str, Any]:
    with os.fdopen(lire) as tuyau:
        gestes = tuyau.read()
    return {"code": os.waitstatus_to_exitcode(os.waitpid(enfant, 0)[1]), "gestes": gestes}


def principal() -> None:
    django.setup()
    for ligne in sys.stdin:
        nes = [naitre(travail) for travail in json.loads(ligne)]
        print(json.dumps([attendre(*ne) for ne in nes]), flush=True)


if __name__ == "__main__":
    principal()
