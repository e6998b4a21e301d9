"""L'application Django de la mesure."""

from django.apps import AppConfig


class ConventionConfig(AppConfig):
    """Inscrit la mesure auprès des moteurs au démarrage."""

    name = "draille.mesures.convention"
    label = "convention"
    verbose_name = "Convention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit le descripteur."""
        from draille.mesures.convention.mesure import MESURE

        MESURE.inscrire()
