"""Le descripteur de la mesure."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.actes import ACTES
from draille.mesures.convention.actes_rapport_charges import ACTES_RAPPORT
from draille.mesures.convention.actes_suivi import ACTES_SUIVI
from draille.mesures.convention.views_encarts import TUILES

MESURE = Mesure(
    code="convention",
    libelle="Convention",
    # Chacun ajoute ici son tuple : ACTES_SUIVI, ACTES_COMPTES, ACTES_RAPPORT…
    actes=(*ACTES, *ACTES_SUIVI, *ACTES_RAPPORT),
    menu=(Entree("Convention", "convention:page", ACCES["voir"], rang=60),),
    tuiles=TUILES,
)
