"""Émarger : qui était là, demi-journée par demi-journée."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from draille.mesures.formation.actes import charges
from draille.mesures.formation.actes.commun import ecrire, exiger_gestion, prendre, refus
from draille.mesures.formation.models import DemiJournee, Inscription, Presence
from draille.mesures.formation.regles import StatutInscription
from draille.socle.acces import Acces
from draille.socle.texte import date_moyenne


@transaction.atomic
def emarger(*, demi_journee_id: int, presents: Collection[int], par: Acces, le: date) -> int:
    """Dit qui était là (`presents` : des identifiants d'inscription) ; les autres étaient absents.

    Se redit pour corriger, tant que la session n'est pas close : seul ce qui change s'écrit. Rend
    le nombre de présences changées. Lève `Refus` : `acces.refuse`, `formation.`
    `demi_journee_introuvable`, `session_finie`, `a_venir`, `pas_inscrit`, `date_future`.
    """
    exiger_gestion(par=par, action="émarger une formation")
    demi = DemiJournee.objects.filter(pk=demi_journee_id).first()
    if demi is None:
        raise refus("demi_journee_introuvable", "Cette demi-journée n'existe pas.")
    session = prendre(session_id=demi.session_id)
    if le < demi.jour:
        raise refus(
            "a_venir",
            f"Cette demi-journée est le {date_moyenne(demi.jour)}. Vous émargerez ce jour-là.",
        )
    inscriptions = {i.pk: i for i in session.inscriptions.filter(statut=StatutInscription.INSCRITE)}
    if not set(presents) <= set(inscriptions):
        raise refus(
            "pas_inscrit",
            "La liste a changé pendant que vous émargiez. Rouvrez la page et recommencez.",
        )
    changees = _changees(demi, inscriptions, set(presents), le)
    Presence.objects.bulk_create(
        changees,
        update_conflicts=True,
        unique_fields=["inscription", "demi_journee"],
        update_fields=["est_presente", "emargee_le"],
    )
    for presence in changees:
        charge = charges.Emarger(
            presence.inscription_id, session.pk, demi.pk, presence.est_presente
        )
        ecrire(charge=charge, session=session, par=par, le=le, objet_id=presence.inscription_id)
    return len(changees)


def _changees(
    demi: DemiJournee, inscriptions: dict[int, Inscription], presents: set[int], le: date
) -> list[Presence]:
    dites = dict(
        Presence.objects.filter(demi_journee=demi).values_list("inscription_id", "est_presente")
    )
    return [
        Presence(inscription_id=pk, demi_journee=demi, est_presente=pk in presents, emargee_le=le)
        for pk in inscriptions
        if dites.get(pk) is not (pk in presents)
    ]
