"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.mesures import Mesure
from draille.mesures.accueil_social.actes.charges import ACTES
from draille.mesures.accueil_social.indicateurs import INDICATEURS
from draille.mesures.accueil_social.mesure_mots import MOTS

MESURE = Mesure(
    code="accueil_social",
    libelle="Premier accueil social",
    actes=ACTES,
    indicateurs=INDICATEURS,
    mots=MOTS,
)
