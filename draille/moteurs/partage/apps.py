"""L'application Django du moteur : les consentements, et ce que chaque partenaire reçoit."""

from django.apps import AppConfig


class PartageConfig(AppConfig):
    """Les tables du moteur et ses actes."""

    name = "draille.moteurs.partage"
    label = "partage"
    verbose_name = "Partage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Déclare les actes au journal, et les paramètres s'il en a."""
        from pathlib import Path

        from draille.moteurs.partage.journal import ACTES
        from draille.noyau.journal import registre
        from draille.socle.parametres import inscrire_fichier

        parametres = Path(self.path) / "parametres.yaml"
        if parametres.exists():
            inscrire_fichier(parametres)
        for acte in ACTES:
            registre.declarer(acte)
