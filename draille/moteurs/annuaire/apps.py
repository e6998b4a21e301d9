"""L'application Django du moteur : les lieux d'accueil, leurs services, qui les a confirmés."""

from django.apps import AppConfig


class AnnuaireConfig(AppConfig):
    """Les tables du moteur et ses actes."""

    name = "draille.moteurs.annuaire"
    label = "annuaire"
    verbose_name = "Annuaire"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Déclare les actes au journal, et les paramètres s'il en a."""
        from pathlib import Path

        from draille.moteurs.annuaire.journal import ACTES
        from draille.noyau.journal import registre
        from draille.socle.parametres import inscrire_fichier

        parametres = Path(self.path) / "parametres.yaml"
        if parametres.exists():
            inscrire_fichier(parametres)
        for acte in ACTES:
            registre.declarer(acte)
