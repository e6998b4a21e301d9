"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class RendezVousConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.rendez_vous"
    label = "rendez_vous"
    verbose_name = "Rendez-vous"
