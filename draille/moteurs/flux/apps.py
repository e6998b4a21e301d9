"""L'application Django du moteur : les fichiers reçus, les rejets."""

from django.apps import AppConfig


class FluxConfig(AppConfig):
    """Les tables du moteur et ses actes."""

    name = "draille.moteurs.flux"
    label = "flux"
    verbose_name = "Fichiers reçus"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Déclare les actes au journal."""
        from draille.moteurs.flux.journal import ACTES
        from draille.noyau.journal import registre

        for acte in ACTES:
            registre.declarer(acte)
