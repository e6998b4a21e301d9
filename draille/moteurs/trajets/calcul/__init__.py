"""Les temps de trajet : l'interface des moteurs, l'estimation, le graphe routier. Pur."""

from draille.moteurs.trajets.calcul import fichier
from draille.moteurs.trajets.calcul.estimation import Coefficients, Estimation, EstimationPied
from draille.moteurs.trajets.calcul.proches import AvecRepli, Proche, plus_proche, plus_proches
from draille.moteurs.trajets.calcul.temps import (
    AU_DELA,
    INCONNU,
    RAYON_TERRE_KM,
    Bande,
    Grille,
    Masque,
    Matrice,
    Methode,
    Mode,
    Moteur,
    Point,
    Reels,
    Temps,
    distances_km,
)

__all__ = [
    "AU_DELA",
    "INCONNU",
    "RAYON_TERRE_KM",
    "AvecRepli",
    "Bande",
    "Coefficients",
    "Estimation",
    "EstimationPied",
    "Grille",
    "Masque",
    "Matrice",
    "Methode",
    "Mode",
    "Moteur",
    "Point",
    "Proche",
    "Reels",
    "Temps",
    "distances_km",
    "fichier",
    "plus_proche",
    "plus_proches",
]
