"""L'application Django de la mesure."""

from django.apps import AppConfig


class OrientationRsaConfig(AppConfig):
    """Inscrit la mesure auprès des moteurs au démarrage."""

    name = "draille.mesures.orientation_rsa"
    label = "orientation_rsa"
    verbose_name = "Orientation RSA"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit le descripteur."""
        from draille.mesures.orientation_rsa.mesure import MESURE

        MESURE.inscrire()
