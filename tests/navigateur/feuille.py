"""Une page rendue par l'essai, posée en fichier avec ses feuilles de style : à voir, à imprimer."""

import re
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders


def poser(client: Any, adresse: str, dossier: Path, nom: str = "page") -> Path:
    """Écrit la page de cette adresse dans `dossier` ; ses ressources restent où elles sont."""
    reponse = client.get(adresse)
    assert reponse.status_code == 200, (adresse, reponse.status_code)
    html = re.sub(r'(href|src)="/static/([^"]+)"', _trouver, reponse.content.decode())
    chemin = dossier / f"{nom}.html"
    chemin.write_text(html, "utf-8")
    return chemin


def _trouver(renvoi: re.Match[str]) -> str:
    trouve = finders.find(renvoi[2].split("?")[0])
    return f'{renvoi[1]}="file://{trouve}"' if trouve else renvoi[0]
