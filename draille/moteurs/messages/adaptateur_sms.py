"""Le SMS, par une passerelle HTTP : une requête POST en JSON (voir docs/algorithmes/messages.md).

Demande : `POST <DRAILLE_SMS_URL>`, en-têtes `Authorization: Bearer <jeton>` et `Idempotency-Key`,
corps `{"cle", "destinataire" (E.164), "emetteur", "texte"}`. Réponses :
  200, 201, 202  accepté ; `{"id": …}` est gardé comme preuve
  409            déjà accepté sous cette clé : c'est une réussite
  400, 404, 422  refusé pour de bon (numéro inconnu, texte impossible)
  401, 403       jeton refusé : panne, l'administrateur doit agir
  429, 5xx, rien panne ou surcharge : on recommencera
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message as Entetes
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from draille.moteurs.messages.adaptateur_pli import DELAI_SECONDES, Echec, Pli

DEJA_ACCEPTE = 409
REFUSES = frozenset({400, 404, 422})
REPONSE_MAXIMUM = 4096


class _SansRedirection(HTTPRedirectHandler):
    """Une redirection emporterait le jeton ailleurs : elle compte comme une erreur."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Entetes, newurl: str
    ) -> None:
        """Ne suit jamais."""


def corps_sms(pli: Pli) -> Mapping[str, str]:
    """Le corps JSON de la demande."""
    return {
        "cle": str(pli.cle),
        "destinataire": pli.destination,
        "emetteur": settings.DRAILLE_SMS_EMETTEUR,
        "texte": pli.contenu,
    }


@dataclass(frozen=True, slots=True)
class Passerelle:
    """Une passerelle SMS, à son adresse, avec son jeton."""

    adresse: str
    jeton: str

    def envoyer(self, pli: Pli) -> str:
        """L'identifiant que donne la passerelle. Lève `Echec`."""
        demande = Request(
            self.adresse,
            data=json.dumps(corps_sms(pli), ensure_ascii=False).encode(),
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Authorization": f"Bearer {self.jeton}",
                "Idempotency-Key": str(pli.cle),
            },
            method="POST",
        )
        try:
            with build_opener(_SansRedirection).open(demande, timeout=DELAI_SECONDES) as reponse:
                return _accepte(reponse.status, reponse.read(REPONSE_MAXIMUM))
        except HTTPError as erreur:
            with erreur:
                return _selon_le_code(erreur.code)
        except (OSError, HTTPException) as erreur:
            raise Echec("receveur_injoignable", type(erreur).__name__, est_panne=True) from erreur

    def fermer(self) -> None:
        """Rien à rendre : une connexion par pli."""


def _accepte(code: int, corps: bytes) -> str:
    if not 200 <= code <= 202:
        raise Echec("reponse_inattendue", f"HTTP {code}")
    try:
        lu = json.loads(corps)
        identifiant = str(lu.get("id", "")) if isinstance(lu, dict) else ""
    except ValueError:
        identifiant = ""
    return f"HTTP {code}, accepté" + (f" sous le numéro {identifiant[:80]}" if identifiant else "")


def _selon_le_code(code: int) -> str:
    if code == DEJA_ACCEPTE:
        return "HTTP 409, déjà accepté sous cette clé"
    if code in REFUSES:
        raise Echec("destination_refusee", f"HTTP {code}", est_definitif=True)
    if code in (401, 403):
        raise Echec("jeton_refuse", f"HTTP {code}", est_panne=True)
    raise Echec("receveur_occupe", f"HTTP {code}", est_panne=code == 429 or code >= 500)
