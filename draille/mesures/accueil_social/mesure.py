"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.actes.charges import ACTES
from draille.mesures.accueil_social.indicateurs import INDICATEURS
from draille.mesures.accueil_social.indicateurs_couverture import FIGURES
from draille.mesures.accueil_social.mesure_mots import MOTS
from draille.mesures.accueil_social.views_encarts import PANNEAUX, TUILES

MESURE = Mesure(
    code="accueil_social",
    libelle="Premier accueil social",
    actes=ACTES,
    indicateurs=INDICATEURS,
    menu=(
        Entree("Accueillir", "accueil_nouveau", ACCES["accueillir"], 10),
        Entree("Accueils", "accueils", ACCES["voir_accueils"], 11),
        Entree("Couverture", "couverture", ACCES["voir_couverture"], 13),
    ),
    panneaux=PANNEAUX,
    tuiles=TUILES,
    mots=MOTS,
    figures=FIGURES,
)
