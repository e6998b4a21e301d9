"""L'application Django du portail."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from draille.socle.parametres import inscrire_fichier, registre_global


class PortailConfig(AppConfig):
    """La connexion, les pages communes, les paramètres du Département."""

    name = "draille.portail"
    label = "portail"
    verbose_name = "Portail"

    def ready(self) -> None:
        """Charge tous les paramètres datés : une faute se voit au démarrage, pas à l'écran."""
        dossiers = (settings.RACINE / "departements").glob(f"{settings.DRAILLE_DEPARTEMENT}_*")
        for chemin in (Path(d) / "parametres.yaml" for d in sorted(dossiers)):
            if chemin.exists():
                inscrire_fichier(chemin)
        registre_global()
