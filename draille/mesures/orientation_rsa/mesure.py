"""Le descripteur de la mesure."""

from draille.mesures import Mesure

MESURE = Mesure(code="orientation_rsa", libelle="Orientation RSA")
