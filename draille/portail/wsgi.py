"""L'entrée WSGI, que sert granian."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from draille.portail.journalisation import configurer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "draille.reglages.principal")
configurer(sortie=sys.stdout)
application = get_wsgi_application()
