"""Ce que le portail demande à allauth : pas d'inscription libre."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adaptateur(DefaultAccountAdapter):  # type: ignore[misc]
    """Les comptes se créent par l'administrateur, jamais depuis la page de connexion."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Personne ne s'inscrit seul."""
        return False
