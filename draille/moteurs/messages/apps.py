"""L'application Django du moteur : les messages, leurs preuves, leurs modèles."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Les tables du moteur et ses actes."""

    name = "draille.moteurs.messages"
    label = "messagerie"
    verbose_name = "Messages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Déclare les actes au journal."""
        from draille.moteurs.messages.journal import ACTES
        from draille.noyau.journal import registre

        for acte in ACTES:
            registre.declarer(acte)
