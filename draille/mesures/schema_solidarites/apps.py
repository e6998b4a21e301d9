"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class SchemaSolidaritesConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.schema_solidarites"
    label = "schema_solidarites"
    verbose_name = "Schéma des solidarités"
