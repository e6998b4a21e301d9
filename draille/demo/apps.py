"""L'application Django de la démonstration : présente seulement quand on en joue une."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Déclare les actes du jeu, pour que le journal les dise en mots."""

    name = "draille.demo"
    label = "demo"
    verbose_name = "Démonstration"

    def ready(self) -> None:
        """Inscrit les actes."""
        from draille.demo.mise_en_place import ACTES
        from draille.noyau.journal.registre import declarer

        for acte in ACTES:
            declarer(acte)
