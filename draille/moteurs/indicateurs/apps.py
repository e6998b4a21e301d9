"""L'application Django du moteur : pas de table, les actes qu'il écrit au journal."""

from django.apps import AppConfig


class IndicateursConfig(AppConfig):
    """Les actes du moteur."""

    name = "draille.moteurs.indicateurs"
    label = "indicateurs"
    verbose_name = "Indicateurs"

    def ready(self) -> None:
        """Déclare les actes au journal."""
        from draille.moteurs.indicateurs.journal import ACTES
        from draille.noyau.journal import registre

        for acte in ACTES:
            registre.declarer(acte)
