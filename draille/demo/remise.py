"""La remise des messages du jeu : en nombre pour les mois passés, un par un la dernière semaine.

Un an de messages, chacun validé avant et après son envoi, prendrait plus que le reste du jeu. Les
plus anciens sont donc remis d'un coup à l'enregistreur de démonstration, preuve comprise ; les
derniers passent par la boîte d'envoi elle-même et laissent leurs fichiers dans le dossier.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from draille.demo.plan import PlanDeJeu
from draille.moteurs.messages.adaptateur_envoi import envoyer_dus
from draille.moteurs.messages.journal import Remettre
from draille.moteurs.messages.models import Message, Tentative
from draille.noyau.journal.actes import consigner_lot
from draille.socle import contexte
from draille.socle.acces import acces_systeme

PARIS = ZoneInfo("Europe/Paris")
JOURS_ENVOYES = 7
LIMITE = 5000
REPONSE = "Remis à l'enregistreur de démonstration"

_SOURCE = """
SELECT %(le)s::date AS le, personne_id, id AS objet_id, cle_acces,
  jsonb_build_object('canal', canal, 'tentative', 1) AS charge
FROM messagerie_message WHERE id = ANY(%(ids)s) ORDER BY id
"""


def remettre(*, plan: PlanDeJeu, le: date) -> int:
    """Remet, à midi, ce qui est dû ce jour-là ; rend le nombre de messages."""
    instant = datetime.combine(le, time(12), PARIS)
    if le > plan.date_demonstration - timedelta(days=JOURS_ENVOYES):
        return envoyer_dus(instant=instant, limite=LIMITE).remis
    return _enregistrer(le, instant)


def _enregistrer(le: date, instant: datetime) -> int:
    with contexte.ouvrir(acces=acces_systeme(nom="démonstration"), instant=instant) as par:
        dus = list(
            Message.objects.filter(
                etat=Message.Etat.A_ENVOYER, prochaine_tentative_le__lte=instant
            ).order_by("id")
        )
        if not dus:
            return 0
        ids = [message.pk for message in dus]
        Message.objects.filter(pk__in=ids).update(
            etat=Message.Etat.REMIS,
            remis_le=instant,
            pris_le=instant,
            tentatives=1,
            # Comme à l'envoi : le lien d'un partenaire ne survit pas à sa remise.
            secret=None,
        )
        Tentative.objects.bulk_create(_preuve(message, instant) for message in dus)
        consigner_lot(acte=Remettre, par=par, source=_SOURCE, parametres={"le": le, "ids": ids})
        return len(dus)


def _preuve(message: Message, instant: datetime) -> Tentative:
    return Tentative(
        message_id=message.pk,
        personne_id=message.personne_id,
        cle_acces=message.cle_acces,
        rang=1,
        le=instant,
        destination=message.destination,
        est_reussie=True,
        reponse=REPONSE,
        cle_envoi=message.cle_envoi,
    )
