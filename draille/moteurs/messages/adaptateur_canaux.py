"""Les receveurs : le bureau d'ordre, le serveur de courriel, la passerelle SMS.

Chacun reçoit un pli et rend ce qu'il a répondu (la preuve), ou lève `Echec`. La clé d'envoi du pli
lui permet d'écarter un second envoi : nom de fichier, Message-ID, Idempotency-Key.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from draille.moteurs.messages.adaptateur_courriel import Smtp, composer_courriel
from draille.moteurs.messages.adaptateur_pli import Echec, Pli
from draille.moteurs.messages.adaptateur_sms import Passerelle, corps_sms
from draille.moteurs.messages.models import Canal


class Receveur(Protocol):
    """Ce qui prend un pli."""

    def envoyer(self, pli: Pli) -> str:
        """Rend la réponse du receveur. Lève `Echec`."""

    def fermer(self) -> None:
        """Rend les connexions."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Un dossier où chaque pli devient un fichier nommé par sa clé : le second écrase le premier.

    C'est le bureau d'ordre pour les courriers ; en démonstration, l'enregistreur des deux autres.
    """

    racine: Path
    canal: str

    def envoyer(self, pli: Pli) -> str:
        """Écrit le fichier d'un seul geste. Lève `Echec('dossier_indisponible')`."""
        contenu, extension = self._contenu(pli)
        jour = self.racine / f"{self.canal}s" / f"{pli.instant:%Y-%m-%d}"
        try:
            jour.mkdir(parents=True, exist_ok=True, mode=0o700)
            _ecrire(jour / f"{pli.cle}{extension}", contenu)
        except OSError as cause:
            raise Echec(
                "dossier_indisponible", f"écriture impossible ({cause.strerror})", est_panne=True
            ) from cause
        ou = "au bureau d'ordre" if self.canal == Canal.COURRIER else "au dossier de démonstration"
        return f"Déposé {ou} : {jour.name}/{pli.cle}{extension}, {len(contenu)} octets"

    def fermer(self) -> None:
        """Rien à rendre."""

    def _contenu(self, pli: Pli) -> tuple[bytes, str]:
        if self.canal == Canal.COURRIER:
            return pli.pdf or b"", ".pdf"
        if self.canal == Canal.COURRIEL:
            return composer_courriel(pli), ".eml"
        return json.dumps(corps_sms(pli), ensure_ascii=False, indent=1).encode(), ".json"


def _ecrire(chemin: Path, contenu: bytes) -> None:
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descripteur, "wb") as fichier:
        fichier.write(contenu)
        fichier.flush()
        os.fsync(fichier.fileno())
    provisoire.replace(chemin)


def receveur(canal: str) -> Receveur:
    """Le receveur de ce canal selon les réglages ; en démonstration, toujours un dossier.

    Lève `Echec('receveur_absent')` si le serveur n'en a pas pour ce canal.
    """
    dossier = Dossier(settings.DRAILLE_MESSAGES_DOSSIER, canal)
    if canal == Canal.COURRIER or settings.DRAILLE_DEMONSTRATION:
        return dossier
    if canal == Canal.COURRIEL and settings.DRAILLE_SMTP_HOTE:
        return Smtp()
    if canal == Canal.SMS and settings.DRAILLE_SMS_URL:
        return Passerelle(settings.DRAILLE_SMS_URL, settings.DRAILLE_SMS_JETON)
    raise Echec("receveur_absent", f"aucun receveur n'est réglé pour {canal}", est_panne=True)
