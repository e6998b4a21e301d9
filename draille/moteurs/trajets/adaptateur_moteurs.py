"""Le moteur de trajets en vigueur un jour donné, d'après les réglages et les paramètres."""

from datetime import date

from draille.moteurs.trajets.calcul import (
    Bande,
    Coefficients,
    Estimation,
    EstimationPied,
    Mode,
    Moteur,
)
from draille.socle.parametres import registre_global


def lu(nom: str, le: date) -> float:
    """Le paramètre `trajets.<nom>` ce jour-là."""
    return float(registre_global().decimal(f"trajets.{nom}", le))


def moteur(*, le: date, mode: Mode = "voiture") -> Moteur:
    """Le moteur en vigueur ce jour-là pour ce mode, calé par `parametres.yaml`."""
    return estimation(le=le, mode=mode)


def estimation(*, le: date, mode: Mode = "voiture") -> Moteur:
    """L'estimation, qui répond toujours : elle sert seule, ou de repli."""
    if mode == "pied":
        return EstimationPied(
            km_h=lu("pied_km_h", le),
            detour=lu("pied_detour", le),
            minutes_min=lu("minutes_min", le),
            bande=Bande(
                bas=lu("pied_bande_bas", le),
                haut=lu("pied_bande_haut", le),
                minutes=lu("bande_minutes", le),
            ),
        )
    return Estimation(
        coefficients=Coefficients(
            constante=lu("constante", le),
            distance=lu("coefficient_distance", le),
            densite=lu("coefficient_densite", le),
            distance_min_km=lu("distance_min_km", le),
            densite_min=lu("densite_min", le),
            minutes_min=lu("minutes_min", le),
            bande_bas=lu("bande_bas", le),
            bande_haut=lu("bande_haut", le),
            bande_minutes=lu("bande_minutes", le),
        )
    )
