"""Un processus qui intègre des fichiers, et peut se tuer lui-même (SIGKILL) à un instant dit.

    python -m draille.moteurs.flux.tests.enfant COUP FICHIER...

Il compte ses gestes : chaque requête, chaque ligne de COPY. Au geste COUP (0 : jamais), il se tue.
Sans coup, il écrit la suite de ses gestes : « r » une requête, « c » une ligne copiée, « t » une
requête de la grande transaction. `LOT` (environnement) : combien de dossiers se prennent ensemble.
"""

import os
import signal
import sys
import threading
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


def espionner(gestes: Gestes) -> None:
    """Fait passer par `gestes` les requêtes de toutes les connexions et les lignes copiées."""
    import psycopg
    from django.db.backends.signals import connection_created

    from draille.moteurs.flux import adaptateur

    adaptateur.DOSSIERS_PAR_LOT = adaptateur.DOSSIERS_PAR_REPRISE = int(os.environ["LOT"])
    ecrire = psycopg.Copy.write_row

    def ouverte(connection: Any, **_: Any) -> None:
        connection.execute_wrappers.append(gestes.requete)

    def write_row(self: Any, ligne: Any) -> None:
        gestes.compter("c")
        ecrire(self, ligne)

    psycopg.Copy.write_row = write_row  # type: ignore[method-assign]
    connection_created.connect(ouverte, weak=False)


def principal(coup: int, chemins: list[Path]) -> None:
    django.setup()
    from draille.moteurs.flux.adaptateur import integrer, recevoir
    from draille.socle import contexte
    from draille.socle.acces import acces_systeme

    gestes = Gestes(coup)
    espionner(gestes)
    par = acces_systeme(nom="essais")
    for chemin in chemins:
        with contexte.ouvrir(acces=par, instant=INSTANT):
            recu = recevoir(source=chemin, nom=chemin.name, par=par, le=LE)
        recu = integrer(fichier=recu, par=par, le=LE, instant=INSTANT)
        assert recu.est_integre, recu.motif
    sys.stdout.write("".join(gestes.faits))


if __name__ == "__main__":
    principal(int(sys.argv[1]), [Path(chemin) for chemin in sys.argv[2:]])
