"""Le descripteur de la mesure."""

from draille.mesures import Mesure

MESURE = Mesure(code="pdi", libelle="Programme départemental d'insertion")
