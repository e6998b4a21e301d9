"""L'attestation de présence : ce qu'un professionnel a suivi, en PDF accessible."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from draille.mesures.formation import regles_catalogue
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.models import Inscription, Presence
from draille.mesures.formation.regles import Moment, StatutInscription, StatutSession
from draille.moteurs.messages.registre import expediteur
from draille.socle import pdf
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import INSECABLE, date_longue, date_moyenne, decimal

GABARIT = Path(__file__).parent / "templates" / "formation" / "attestation.typ"


def heures_dites(heures: Decimal) -> str:
    """« 3,5 heures », « 1 heure »."""
    entier = heures == heures.to_integral_value()
    nombre = str(int(heures)) if entier else decimal(heures).rstrip("0")
    return f"{nombre}{INSECABLE}heure{'s' if heures >= 2 else ''}"


def attestation(*, inscription_id: int, acces: Acces) -> bytes:
    """Le PDF/UA de l'attestation : toujours les mêmes octets pour la même session close.

    Chacun a la sienne ; un pilote ou un cadre les a toutes. Lève `Refus` :
    `formation.attestation_introuvable` (d'un autre, session non close, rien de suivi),
    `pdf.gabarit`.
    """
    inscription = (
        Inscription.objects.select_related(
            "session__commune", "professionnel__agent", "professionnel__organisation"
        )
        .filter(pk=inscription_id, statut=StatutInscription.INSCRITE)
        .filter(session__statut=StatutSession.CLOSE)
        .first()
    )
    suivies = [] if inscription is None else _suivies(inscription)
    if inscription is None or not suivies or not _peut_lire(inscription, acces):
        raise Refus(
            code="formation.attestation_introuvable",
            message="Cette attestation n'existe pas, ou n'est pas la vôtre. Elle se délivre quand "
            "la session est close et que l'émargement dit une présence.",
        )
    finie_le = inscription.session.finie_le
    assert finie_le is not None
    return pdf.composer(
        gabarit=GABARIT,
        donnees=_donnees(inscription, suivies, finie_le),
        instant=datetime.combine(finie_le, time(12), UTC),
    )


def _peut_lire(inscription: Inscription, acces: Acces) -> bool:
    if ACCES["gerer"](acces):
        return True
    agent_id = inscription.professionnel.agent_id
    return agent_id is not None and agent_id == acces.agent_id


def _suivies(inscription: Inscription) -> list[Presence]:
    return list(
        Presence.objects.filter(inscription=inscription, est_presente=True)
        .select_related("demi_journee")
        .order_by("demi_journee__jour", "-demi_journee__moment")
    )


def _donnees(inscription: Inscription, suivies: list[Presence], finie_le: date) -> dict[str, Any]:
    session, qui = inscription.session, inscription.professionnel
    heures = sum((p.demi_journee.heures for p in suivies), Decimal(0))
    theme = regles_catalogue.tous().get(session.theme)
    du, au = date_longue(session.debut), date_longue(session.fin)
    return {
        "titre": "Attestation de présence à une formation",
        "departement": expediteur(settings.DRAILLE_DEPARTEMENT).nom,
        "nom": str(qui),
        "metier": qui.metier,
        "organisation": qui.organisation.nom,
        "session": session.titre,
        "theme": regles_catalogue.libelle_theme(session.theme),
        "objectif": theme.objectif if theme else "",
        "organisme": session.organisme,
        "lieu": ", ".join(
            x for x in (session.lieu, session.commune.nom if session.commune else "") if x
        ),
        "quand": f"le {du}" if session.debut == session.fin else f"du {du} au {au}",
        "duree": heures_dites(session.heures),
        "suivi": heures_dites(heures),
        "est_entiere": heures == session.heures,
        "presences": [
            [
                date_longue(p.demi_journee.jour),
                Moment(p.demi_journee.moment).libelle,
                heures_dites(p.demi_journee.heures),
            ]
            for p in suivies
        ],
        "delivree": date_moyenne(finie_le),
        "reference": f"formation {session.pk}, inscription {inscription.pk}",
        "fictif": settings.DRAILLE_DEMONSTRATION,
    }
