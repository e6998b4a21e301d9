"""Les secrets d'une installation sans environnement : tirés une fois, gardés en 0600."""

import base64
import json
import os
import secrets
from pathlib import Path

from draille.socle.pg_embarque import dossier_par_defaut


def _chemin() -> Path:
    return dossier_par_defaut() / "secrets.json"


def lire(nom: str) -> str:
    """La valeur de l'environnement, sinon celle du fichier local, tirée au besoin.

    `nom` : `DRAILLE_SECRET` (sessions) ou `DRAILLE_CLES` (chiffrement).
    """
    valeur = os.environ.get(nom, "")
    if valeur:
        return valeur
    chemin = _chemin()
    contenu = json.loads(chemin.read_text()) if chemin.exists() else {}
    if nom not in contenu:
        contenu[nom] = _tirer(nom)
        _ecrire(chemin, contenu)
    return str(contenu[nom])


def _tirer(nom: str) -> str:
    if nom == "DRAILLE_CLES":
        return "1:" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(50)


def _ecrire(chemin: Path, contenu: dict[str, str]) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    provisoire = chemin.with_suffix(f".{os.getpid()}")
    descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descripteur, "w") as fichier:
        json.dump(contenu, fichier)
    provisoire.replace(chemin)
