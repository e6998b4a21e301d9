"""Où est la base : un serveur véritable (`DATABASE_URL`), sinon le PostgreSQL embarqué."""

import os
from typing import Any

from draille.socle.pg_embarque import connexions, url_vers_connexion

ROLE_APPLICATION = "draille_app"


def _django(parametres: dict[str, Any]) -> dict[str, Any]:
    connus = {
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
        "dbname": "NAME",
    }
    options = {c: v for c, v in parametres.items() if c not in connus}
    reglage = {connus[c]: v for c, v in parametres.items() if c in connus}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **reglage,
        "OPTIONS": options,
    }


def bases() -> dict[str, dict[str, Any]]:
    """Les deux alias : `default` sous le rôle de l'application, `proprietaire` pour migrer.

    `DATABASE_URL` est celle de l'application, `DATABASE_URL_PROPRIETAIRE` celle des migrations ;
    sans elles, `DRAILLE_BASE` nomme la base du serveur embarqué.
    """
    adresse = os.environ.get("DATABASE_URL", "")
    if adresse:
        application = url_vers_connexion(adresse)
        proprietaire = url_vers_connexion(os.environ.get("DATABASE_URL_PROPRIETAIRE") or adresse)
        return {"default": _django(application), "proprietaire": _django(proprietaire)}
    embarquees = connexions()
    nom = os.environ.get("DRAILLE_BASE") or embarquees.application["dbname"]
    return {
        "default": _django({**embarquees.application, "dbname": nom}),
        "proprietaire": _django({**embarquees.proprietaire, "dbname": nom}),
    }
