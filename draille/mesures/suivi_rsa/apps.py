"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class SuiviRsaConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.suivi_rsa"
    label = "suivi_rsa"
    verbose_name = "Suivi du RSA"
