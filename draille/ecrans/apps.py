"""Déclaration de l'application « écrans » à Django."""

from django.apps import AppConfig


class EcransConfig(AppConfig):
    """Gabarits de base, composants, graphiques et décorateurs d'accès."""

    name = "draille.ecrans"
    label = "ecrans"
    verbose_name = "Écrans"
