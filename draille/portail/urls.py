"""Les adresses racines : le portail, puis celles que chaque mesure déclare."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("compte/", include("allauth.urls")),
]
for _mesure in settings.DRAILLE_MESURES:
    if find_spec(f"{_mesure}.urls"):
        import_module(f"{_mesure}.urls")
        urlpatterns.append(path("", include(f"{_mesure}.urls")))
