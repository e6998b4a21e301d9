"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class FormationConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.formation"
    label = "formation"
    verbose_name = "Formation des professionnels"
