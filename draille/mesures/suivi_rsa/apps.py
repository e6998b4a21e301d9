"""L'application Django de la mesure."""

from pathlib import Path

from django.apps import AppConfig


class SuiviRsaConfig(AppConfig):
    """Inscrit la mesure auprès des moteurs au démarrage."""

    name = "draille.mesures.suivi_rsa"
    label = "suivi_rsa"
    verbose_name = "Suivi du RSA"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit le descripteur, les paramètres, et qui prend les fichiers de la CAF."""
        from draille.mesures.suivi_rsa import actes
        from draille.mesures.suivi_rsa.mesure import MESURE
        from draille.moteurs.flux import registre
        from draille.socle.parametres import inscrire_fichier

        inscrire_fichier(Path(__file__).with_name("parametres.yaml"))
        MESURE.inscrire()
        registre.declarer(
            registre.Integrateur(
                nature="caf_rsa",
                connues=actes.connues,
                integrer=actes.integrer,
                constater=actes.constater,
            )
        )
