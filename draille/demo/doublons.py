"""Les dossiers en double de la démonstration : rapprochés, rejoints, séparés, distincts."""

from datetime import date

from draille.demo.plan import PlanDeJeu
from draille.socle.acces import Acces


def revoir(*, plan: PlanDeJeu, cadre: Acces, le: date) -> int:
    """La revue de la semaine ; rend le nombre de paires décidées."""
    return 0
