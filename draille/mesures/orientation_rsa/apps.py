"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class OrientationRsaConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.orientation_rsa"
    label = "orientation_rsa"
    verbose_name = "Orientation RSA"
