"""Le descripteur de la mesure."""

from draille.mesures import Mesure

MESURE = Mesure(code="schema_solidarites", libelle="Schéma des solidarités")
