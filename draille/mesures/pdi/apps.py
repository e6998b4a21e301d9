"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class PdiConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.pdi"
    label = "pdi"
    verbose_name = "Programme départemental d'insertion"
