"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.mesures import Mesure

MESURE = Mesure(code="reseau_insertion", libelle="Réseau de l'insertion")
