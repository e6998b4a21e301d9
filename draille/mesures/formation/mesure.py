"""Le descripteur de la mesure."""

from draille.mesures import Mesure

MESURE = Mesure(code="formation", libelle="Formation des professionnels")
