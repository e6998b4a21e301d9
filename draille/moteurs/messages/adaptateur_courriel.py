"""Le courriel : un message MIME, remis à un vrai serveur SMTP."""

import smtplib
from email.mime.text import MIMEText
from email.utils import format_datetime, parseaddr
from typing import cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from draille.moteurs.messages.adaptateur_lettre import NOM
from draille.moteurs.messages.adaptateur_pli import DELAI_SECONDES, Echec, Pli

_SERVICE_FERME = 421


def composer_courriel(pli: Pli) -> bytes:
    """Le message complet : texte, lettre PDF, rendez-vous iCalendar (METHOD de son calendrier)."""
    domaine = parseaddr(settings.DRAILLE_COURRIEL_DE)[1].partition("@")[2] or "localhost"
    message = EmailMultiAlternatives(
        subject=pli.sujet,
        body=pli.contenu,
        from_email=settings.DRAILLE_COURRIEL_DE,
        to=[pli.destination],
        headers={
            "Message-ID": f"<{pli.cle}@{domaine}>",
            "Date": format_datetime(pli.instant),
            "Auto-Submitted": "auto-generated",
            "Content-Language": "fr",
        },
    )
    if pli.pdf:
        message.attach(NOM, pli.pdf, "application/pdf")
    if pli.calendrier:
        message.attach(_invitation(pli.calendrier))
    # La classe de Django accepte `linesep` ; celle de la bibliothèque standard, non.
    return message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]


def _invitation(calendrier: str) -> MIMEText:
    methode = "CANCEL" if "METHOD:CANCEL" in calendrier else "REQUEST"
    partie = MIMEText(calendrier, "calendar", "utf-8")
    # Sans ce paramètre, les agendas montrent un fichier au lieu d'une invitation (RFC 6047).
    partie.set_param("method", methode)
    partie.add_header("Content-Disposition", "attachment", filename="rendez-vous.ics")
    return partie


class Smtp:
    """Un serveur SMTP, par le moteur de Django ; une connexion sert tous les plis d'un passage."""

    def __init__(self) -> None:
        """Prépare la connexion sans l'ouvrir."""
        self._moteur = EmailBackend(
            host=settings.DRAILLE_SMTP_HOTE,
            port=settings.DRAILLE_SMTP_PORT,
            username=settings.DRAILLE_SMTP_UTILISATEUR,
            password=settings.DRAILLE_SMTP_MOT_DE_PASSE,
            use_tls=settings.DRAILLE_SMTP_TLS,
            timeout=DELAI_SECONDES,
        )

    def envoyer(self, pli: Pli) -> str:
        """La réponse du serveur après DATA (souvent son numéro de file). Lève `Echec`.

        Échec définitif : 5xx sur la destination ou le contenu. Panne : le serveur ne répond pas,
        refuse la connexion ou l'authentification, ou ferme (421).
        """
        octets = composer_courriel(pli)
        try:
            self._moteur.open()
            return self._remettre(cast(smtplib.SMTP, self._moteur.connection), pli, octets)
        except smtplib.SMTPResponseException as erreur:
            self.fermer()
            raise _panne(f"{erreur.smtp_code} {_clair(erreur.smtp_error)}") from erreur
        except (OSError, smtplib.SMTPException) as erreur:
            self.fermer()
            raise _panne(type(erreur).__name__) from erreur

    def fermer(self) -> None:
        """Ferme la connexion, qu'elle réponde ou non."""
        try:
            self._moteur.close()
        except (OSError, smtplib.SMTPException):
            self._moteur.connection = None

    def _remettre(self, smtp: smtplib.SMTP, pli: Pli, octets: bytes) -> str:
        smtp.ehlo_or_helo_if_needed()
        _verifier(smtp.mail(parseaddr(settings.DRAILLE_COURRIEL_DE)[1]), smtp, est_panne=True)
        _verifier(smtp.rcpt(pli.destination), smtp)
        code, reponse = smtp.data(octets)
        _verifier((code, reponse), smtp)
        return f"{code} {_clair(reponse)}"


def _verifier(reponse: tuple[int, bytes], smtp: smtplib.SMTP, *, est_panne: bool = False) -> None:
    code, texte = reponse
    if 200 <= code < 300:
        return
    dit = f"{code} {_clair(texte)}"
    if code == _SERVICE_FERME or est_panne:
        raise _panne(dit)
    smtp.rset()
    raise Echec(
        "destination_refusee" if code >= 500 else "receveur_occupe", dit, est_definitif=code >= 500
    )


def _panne(reponse: str) -> Echec:
    return Echec("receveur_injoignable", reponse, est_panne=True)


def _clair(octets: bytes | str) -> str:
    texte = octets.decode("utf-8", "replace") if isinstance(octets, bytes) else octets
    return " ".join(texte.split())
