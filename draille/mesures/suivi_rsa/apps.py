"""L'application Django de la mesure."""

from django.apps import AppConfig


class SuiviRsaConfig(AppConfig):
    """Inscrit la mesure auprès des moteurs au démarrage."""

    name = "draille.mesures.suivi_rsa"
    label = "suivi_rsa"
    verbose_name = "Suivi du RSA"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit le descripteur."""
        from draille.mesures.suivi_rsa.mesure import MESURE

        MESURE.inscrire()
