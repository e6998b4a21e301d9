"""Ce que le portail demande à allauth : pas d'inscription libre, des secrets chiffrés."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from draille.socle.chiffrement import trousseau


class Adaptateur(DefaultAccountAdapter):  # type: ignore[misc]
    """Les comptes se créent par l'administrateur, jamais depuis la page de connexion."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Personne ne s'inscrit seul."""
        return False


class AdaptateurMfa(DefaultMFAAdapter):  # type: ignore[misc]
    """Le secret du second facteur et les codes de secours sont chiffrés en base."""

    def encrypt(self, text: str) -> str:
        """Le texte chiffré, en base64."""
        return base64.b64encode(trousseau().chiffrer(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Le texte en clair. Lève `Refus('chiffrement.illisible')` sans la clé."""
        return trousseau().dechiffrer(base64.b64decode(encrypted_text)).decode()
