"""L'entrée WSGI, que sert granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "draille.reglages.principal")
application = get_wsgi_application()
