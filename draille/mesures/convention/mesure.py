"""Le descripteur de la mesure."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.actes import ACTES
from draille.mesures.convention.views_encarts import TUILES

MESURE = Mesure(
    code="convention",
    libelle="Convention",
    actes=ACTES,
    menu=(Entree("Convention", "convention:page", ACCES["voir"], rang=60),),
    tuiles=TUILES,
)
