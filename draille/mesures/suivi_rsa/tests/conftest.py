"""Les communes dont parlent les dossiers des essais, et un dossier de dépôts jetable."""

from pathlib import Path
from typing import Any

import pytest

from draille.mesures.suivi_rsa.tests import fabrique as f
from draille.socle.acces import Acces


@pytest.fixture
def par(systeme: Acces, settings: Any, tmp_path: Path) -> Acces:
    settings.MEDIA_ROOT = tmp_path
    f.communes()
    return systeme
