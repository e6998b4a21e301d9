"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class ReferentUniqueConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.referent_unique"
    label = "referent_unique"
    verbose_name = "Référent unique"
