"""Le journal technique : une ligne JSON par fait, sur la sortie, sans valeur personnelle.

Le message d'une exception peut citer une valeur (« Key (nom)=(…) already exists ») : on n'écrit
que son type et l'endroit du code. De même, les messages des bibliothèques s'écrivent sans leurs
arguments.
"""

import json
import logging
import sys
import traceback
from typing import Any, TextIO

import structlog

_PROFONDEUR = 8


def sans_valeurs(erreur: BaseException) -> dict[str, Any]:
    """Le type d'une exception et les derniers endroits du code qu'elle traverse."""
    lieux = traceback.extract_tb(erreur.__traceback__)[-_PROFONDEUR:]
    return {
        "type": type(erreur).__name__,
        "code": getattr(erreur, "code", None) or getattr(erreur, "sqlstate", None),
        "lieux": [f"{lieu.filename}:{lieu.lineno} {lieu.name}" for lieu in lieux],
    }


def _exception(
    _journal: Any, _methode: str, fait: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    erreur = fait.pop("exc_info", None)
    if erreur is True:
        erreur = sys.exc_info()[1]
    if isinstance(erreur, tuple):
        erreur = erreur[1]
    if isinstance(erreur, BaseException):
        fait["exception"] = sans_valeurs(erreur)
    return fait


class FormatSansValeurs(logging.Formatter):
    """Met une ligne de la bibliothèque standard en JSON, sans les arguments de son message."""

    def format(self, record: logging.LogRecord) -> str:
        """Une ligne JSON : niveau, nom, modèle du message, référence de la requête."""
        fait: dict[str, Any] = {
            "instant": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "niveau": record.levelname.lower(),
            "nom": record.name,
            "fait": str(record.msg),
            **structlog.contextvars.get_contextvars(),
        }
        if record.exc_info and record.exc_info[1]:
            fait["exception"] = sans_valeurs(record.exc_info[1])
        return json.dumps(fait, ensure_ascii=False)


def configurer(*, sortie: TextIO) -> None:
    """Règle structlog et la bibliothèque standard ; à appeler une fois, à l'entrée du serveur."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="instant"),
            _exception,
            structlog.processors.EventRenamer("fait"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sortie),
        cache_logger_on_first_use=False,
    )
    standard = logging.StreamHandler(sortie)
    standard.setFormatter(FormatSansValeurs())
    racine = logging.getLogger()
    racine.handlers[:] = [standard]
    racine.setLevel(logging.WARNING)
