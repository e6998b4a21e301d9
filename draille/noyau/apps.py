"""Le noyau : une seule application Django, dont les noms sont ordonnés."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NoyauConfig(AppConfig):
    """Pose les murs de PostgreSQL après chaque migration et déclare les actes du noyau."""

    name = "draille.noyau"
    label = "noyau"
    verbose_name = "Noyau"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Branche les murs et les actes."""
        from draille.noyau import actes_declares  # noqa: F401
        from draille.socle.murs import apres_migration

        post_migrate.connect(apres_migration, dispatch_uid="draille.murs")
