"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class ReseauInsertionConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.reseau_insertion"
    label = "reseau_insertion"
    verbose_name = "Réseau de l'insertion"
