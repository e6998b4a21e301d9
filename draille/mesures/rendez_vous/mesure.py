"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.mesures import Mesure
from draille.mesures.rendez_vous.actes import ACTES

MESURE = Mesure(code="rendez_vous", libelle="Rendez-vous", actes=ACTES)
