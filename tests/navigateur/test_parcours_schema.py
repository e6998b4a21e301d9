"""Le schéma de l'Ardèche dans un vrai navigateur : axe sans faute, l'arbre au clavier, sa table.

La démonstration de la Haute-Loire n'a pas de schéma : celui-ci s'inscrit dans la base d'essai.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from draille.mesures.schema_solidarites.tests.conftest import (  # noqa: F401
    ardeche,
    commune,
    connecter,
    inscrit,
    publie,
)
from draille.socle.acces import Role
from tests.navigateur.clavier import aller_a
from tests.navigateur.controles import verifier
from tests.navigateur.feuille import poser
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur


@pytest.fixture
def feuille(moteur: Any) -> Iterator[Any]:
    """Une page de navigateur qui lit un fichier posé."""
    contexte = moteur.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    yield contexte.new_page()
    contexte.close()


def test_le_schema_se_parcourt_au_clavier_et_en_table(
    inscrit: Any,  # noqa: F811
    connecter: Any,  # noqa: F811
    feuille: Any,
    tmp_path: Path,
) -> None:
    feuille.goto(poser(connecter(Role.PILOTE), "/schema/", tmp_path).as_uri())
    verifier(feuille)
    illustrer(feuille, "schema_arbre", hauteur=1000)
    assert feuille.locator(".arbre__axe").count() == 5
    aller_a(feuille, "^Lire l'arbre en table")
    feuille.keyboard.press("Enter")
    rangees = feuille.locator(".arbre__donnees tbody tr")
    assert rangees.first.is_visible()
    # Ouverte, la table ne déborde pas non plus, et dit chaque action de l'arbre.
    verifier(feuille)
    actions = set(feuille.locator(".arbre__nom").all_inner_texts())
    assert actions <= set(feuille.locator(".arbre__donnees tbody th").all_inner_texts())
