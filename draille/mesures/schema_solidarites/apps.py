"""L'application Django de la mesure."""

from draille.mesures import MesureConfig


class SchemaSolidaritesConfig(MesureConfig):
    """La mesure et ses tables."""

    default = True
    name = "draille.mesures.schema_solidarites"
    label = "schema_solidarites"
    verbose_name = "Schéma des solidarités"

    def ready(self) -> None:
        """Inscrit aussi comment se lit chaque genre d'appui, pour tous les arbres."""
        super().ready()
        from draille.ecrans.arbre import declarer_lecteur
        from draille.mesures.schema_solidarites.lectures_appuis import CATALOGUES, LECTEURS

        for genre, lecteur in LECTEURS.items():
            declarer_lecteur(genre=genre, lecteur=lecteur, catalogue=CATALOGUES[genre])
