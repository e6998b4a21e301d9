"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class AccueilSocialConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.accueil_social"
    label = "accueil_social"
    verbose_name = "Premier accueil social"
