"""La couverture d'une population par des points : compter, fermer, ouvrir. Rien que des nombres.

Les temps sont des dixièmes de minute entiers ; une commune est un rang, un point aussi. Est
couverte la commune dont le point le plus proche est à **moins** du seuil.
"""

from draille.moteurs.couverture.calcul.implantation import (
    NOMBRE_AU_PLUS,
    Ajout,
    Implantation,
    implanter,
    implanter_glouton,
)
from draille.moteurs.couverture.calcul.population import (
    HORS_DE_PORTEE,
    Couverture,
    Fermeture,
    Grille,
    Proches,
    couvrir,
    fermer,
    pertes,
    plus_proches,
    reunir,
    sommes,
)

__all__ = [
    "HORS_DE_PORTEE",
    "NOMBRE_AU_PLUS",
    "Ajout",
    "Couverture",
    "Fermeture",
    "Grille",
    "Implantation",
    "Proches",
    "couvrir",
    "fermer",
    "implanter",
    "implanter_glouton",
    "pertes",
    "plus_proches",
    "reunir",
    "sommes",
]
