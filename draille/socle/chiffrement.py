"""Chiffrement du NIR et des contenus rejetés, par des clés venues de l'environnement.

La première clé de la liste chiffre ; les suivantes déchiffrent encore : ainsi en change-t-on.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from draille.socle.refus import Refus

TAILLE_NONCE = 12
TAILLE_EMPREINTE = 16


@dataclass(frozen=True)
class Trousseau:
    """Clés maîtresses de 32 octets par numéro de version (1 à 255), la courante en tête."""

    cles: tuple[tuple[int, bytes], ...]

    @classmethod
    def lire(cls, texte: str) -> "Trousseau":
        """Lit « 2:base64,1:base64 ». Lève `Refus('chiffrement.cle')` si une clé est mal formée."""
        cles = []
        for morceau in filter(None, (m.strip() for m in texte.split(","))):
            version, _, valeur = morceau.partition(":")
            try:
                cle = base64.b64decode(valeur, validate=True)
                numero = int(version)
            except ValueError:
                cle, numero = b"", 0
            if len(cle) != 32 or not 1 <= numero <= 255:
                raise Refus(
                    code="chiffrement.cle",
                    message=(
                        "DRAILLE_CLES : chaque clé s'écrit « numéro:base64 de 32 octets », "
                        "le numéro allant de 1 à 255 ; l'une d'elles n'a pas cette forme."
                    ),
                )
            cles.append((numero, cle))
        if not cles:
            raise Refus(code="chiffrement.cle", message="DRAILLE_CLES ne contient aucune clé.")
        return cls(cles=tuple(cles))

    @cached_property
    def _chiffreurs(self) -> dict[int, AESGCM]:
        return {v: AESGCM(hashlib.sha256(b"chiffrer" + c).digest()) for v, c in self.cles}

    @cached_property
    def _cle_empreinte(self) -> bytes:
        return hashlib.sha256(b"empreinte" + self.cles[0][1]).digest()

    @property
    def version(self) -> int:
        """Numéro de la clé qui chiffre aujourd'hui."""
        return self.cles[0][0]

    def chiffrer(self, clair: bytes) -> bytes:
        """Rend version (1 octet), nonce (12 octets), chiffré et sceau AES-GCM."""
        nonce = os.urandom(TAILLE_NONCE)
        version = self.version
        return bytes([version]) + nonce + self._chiffreurs[version].encrypt(nonce, clair, None)

    def dechiffrer(self, chiffre: bytes) -> bytes:
        """Rend le clair. Lève `Refus('chiffrement.illisible')` si aucune clé ne l'ouvre."""
        chiffreur = self._chiffreurs.get(chiffre[0]) if chiffre else None
        try:
            if chiffreur is None:
                raise InvalidTag
            nonce = chiffre[1 : 1 + TAILLE_NONCE]
            return chiffreur.decrypt(nonce, chiffre[1 + TAILLE_NONCE :], None)
        except (InvalidTag, ValueError) as cause:
            raise Refus(
                code="chiffrement.illisible",
                message=(
                    "Cette donnée chiffrée ne s'ouvre avec aucune clé de DRAILLE_CLES : "
                    "remettez l'ancienne clé à la suite de la nouvelle."
                ),
            ) from cause

    def empreinte(self, clair: bytes) -> bytes:
        """Empreinte à clé (16 octets) : rapproche deux valeurs égales sans les montrer."""
        return hmac.digest(self._cle_empreinte, clair, "sha256")[:TAILLE_EMPREINTE]

    def sceau(self, contenu: bytes) -> bytes:
        """Sceau à clé (32 octets) d'un lot du journal, avec la plus ancienne clé du trousseau."""
        return hmac.digest(hashlib.sha256(b"sceau" + self.cles[-1][1]).digest(), contenu, "sha256")


@lru_cache(maxsize=1)
def trousseau() -> Trousseau:
    """Le trousseau de ce serveur, lu une fois des réglages."""
    return Trousseau.lire(settings.DRAILLE_CLES)
