"""L'application Django du portail."""

from django.apps import AppConfig


class PortailConfig(AppConfig):
    """La connexion, les pages communes."""

    name = "draille.portail"
    label = "portail"
    verbose_name = "Portail"
