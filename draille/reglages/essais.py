"""Les réglages des essais : la base embarquée, démarrée ici."""

import os
import tempfile
from pathlib import Path

from draille.socle.pg_embarque import demarrer

if not os.environ.get("DATABASE_URL"):
    demarrer()

from draille.reglages.principal import *  # noqa: F403
from draille.reglages.principal import DATABASES as _BASES

# pytest crée la base sous le propriétaire ; les essais y entrent ensuite sous `draille_app`.
DATABASES = {"default": {**_BASES["proprietaire"], "CONN_MAX_AGE": 0}}
DATABASES["default"]["TEST"] = {"NAME": f"essai_draille{os.environ.get('DRAILLE_ESSAI', '')}"}
BASE_APPLICATION = _BASES["default"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DRAILLE_DEMONSTRATION = True
DRAILLE_MESSAGES_DOSSIER = Path(tempfile.gettempdir()) / "draille-essais" / "messages"
