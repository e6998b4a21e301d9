"""L'application Django du moteur : les fichiers reçus, l'antichambre, les rejets."""

from django.apps import AppConfig


class FluxConfig(AppConfig):
    """Les tables du moteur."""

    name = "draille.moteurs.flux"
    label = "flux"
    verbose_name = "Fichiers reçus"
    default_auto_field = "django.db.models.BigAutoField"
