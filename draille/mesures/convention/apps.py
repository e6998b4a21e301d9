"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class ConventionConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.convention"
    label = "convention"
    verbose_name = "Convention"
