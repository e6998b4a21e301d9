"""Le descripteur de la mesure."""

from draille.mesures import Mesure
from draille.mesures.convention.actes import ACTES

MESURE = Mesure(code="convention", libelle="Convention", actes=ACTES)
