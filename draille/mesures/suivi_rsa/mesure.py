"""Le descripteur de la mesure."""

from draille.mesures import Mesure

MESURE = Mesure(code="suivi_rsa", libelle="Suivi du RSA")
