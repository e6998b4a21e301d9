"""L'application Django du moteur : les paires à revoir, les dossiers rejoints."""

from django.apps import AppConfig


class RapprochementConfig(AppConfig):
    """Les tables du moteur et ses actes."""

    name = "draille.moteurs.rapprochement"
    label = "rapprochement"
    verbose_name = "Rapprochement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Déclare les actes au journal, et les paramètres s'il en a."""
        from pathlib import Path

        from draille.moteurs.rapprochement.journal import ACTES
        from draille.noyau.journal import registre
        from draille.socle.parametres import inscrire_fichier

        parametres = Path(self.path) / "parametres.yaml"
        if parametres.exists():
            inscrire_fichier(parametres)
        for acte in ACTES:
            registre.declarer(acte)
