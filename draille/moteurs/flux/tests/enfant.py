"""Un processus qui intègre des fichiers, et peut se tuer lui-même (SIGKILL) à un instant dit.

    python -m draille.moteurs.flux.tests.enfant COUP FICHIER...

Il compte ses gestes : chaque requête, chaque ligne de COPY. Au geste COUP (0 : jamais), il se tue.
Sans coup, il écrit la suite de ses gestes : « r » une requête, « c » une ligne copiée, « t » une
requête de la grande transaction.
"""

import os
import signal
import sys
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
        self.coup, self.faits, self.est_transaction = coup, [], False

    def compter(self, geste: str) -> None:
        self.faits.append(geste)
        if len(self.faits) == self.coup:
            os.kill(os.getpid(), signal.SIGKILL)

    def requete(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.compter("t" if self.est_transaction else "r")
        return execute(*arguments)


def espionner(gestes: Gestes) -> None:
    """Fait passer par `gestes` les lignes copiées et la grande transaction."""
    import psycopg

    from draille.moteurs.flux import adaptateur

    ecrire, prendre = psycopg.Copy.write_row, adaptateur._Integration._prendre

    def write_row(self: Any, ligne: Any) -> None:
        gestes.compter("c")
        ecrire(self, ligne)

    def _prendre(self: Any) -> None:
        gestes.est_transaction = True
        prendre(self)
        gestes.est_transaction = False

    psycopg.Copy.write_row = write_row  # type: ignore[method-assign]
    adaptateur._Integration._prendre = _prendre  # type: ignore[method-assign]


def principal(coup: int, chemins: list[Path]) -> None:
    django.setup()
    from django.db import connection

    from draille.moteurs.flux.adaptateur import integrer, recevoir
    from draille.socle import contexte
    from draille.socle.acces import acces_systeme

    gestes = Gestes(coup)
    espionner(gestes)
    par = acces_systeme(nom="essais")
    with connection.execute_wrapper(gestes.requete):
        for chemin in chemins:
            with contexte.ouvrir(acces=par, instant=INSTANT):
                recu = recevoir(source=chemin, nom=chemin.name, par=par, le=LE)
            recu = integrer(fichier=recu, par=par, le=LE, instant=INSTANT)
            assert recu.est_integre, recu.motif
    sys.stdout.write("".join(gestes.faits))


if __name__ == "__main__":
    principal(int(sys.argv[1]), [Path(chemin) for chemin in sys.argv[2:]])
