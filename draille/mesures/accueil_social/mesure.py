"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.mesures import Mesure

MESURE = Mesure(code="accueil_social", libelle="Premier accueil social")
