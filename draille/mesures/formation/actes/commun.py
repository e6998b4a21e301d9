"""Ce que les actes partagent : prendre une session, écrire au journal, dire les refus."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from draille.mesures.formation.acces import GERER
from draille.mesures.formation.models import Session
from draille.mesures.formation.regles import StatutSession
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

_FINIES = {
    StatutSession.CLOSE: "Cette session est close : ce qui y est écrit ne change plus.",
    StatutSession.ANNULEE: "Cette session est annulée. Choisissez-en une autre.",
}


def refus(code: str, message: str) -> Refus:
    """Un refus de cette mesure."""
    return Refus(code=f"formation.{code}", message=message)


def exiger_gestion(*, par: Acces, action: str) -> None:
    """Lève `Refus('acces.refuse')` hors pilote et cadre du Département."""
    # Qui tient un rôle d'ailleurs (un pilote de l'État) lit la convention, et n'écrit rien ici.
    tenu = par if par.est_du_departement else par.parmi(())
    tenu.exiger(GERER, cle_ligne=None, action=action)


def prendre(*, session_id: int) -> Session:
    """La session programmée, verrouillée : les inscriptions y passent une à une.

    Lève `Refus` : `formation.session_introuvable`, `formation.session_finie`.
    """
    session = Session.objects.select_for_update(of=("self",)).filter(pk=session_id).first()
    if session is None:
        raise refus(
            "session_introuvable", "Cette session n'existe pas. Revenez à la liste des sessions."
        )
    if session.statut != StatutSession.PROGRAMMEE:
        raise refus("session_finie", _FINIES[StatutSession(session.statut)])
    return session


def ecrire(
    *, charge: Any, session: Session, par: Acces, le: date, objet_id: int | None = None
) -> None:
    """Écrit la ligne d'un acte, au lieu de la session ; `objet_id` est la session à défaut.

    Lève `Refus('formation.date_future')` si `le` est à venir.
    """
    ligne = consigner(
        charge=charge,
        par=par,
        le=le,
        sujet=Sujet(commune_id=session.commune_id, objet_id=objet_id or session.pk),
    )
    aujourd_hui = timezone.localtime(ligne.ecrit_le).date()
    if le > aujourd_hui:
        raise refus(
            "date_future",
            f"La date du {date_moyenne(le)} est à venir : nous sommes le "
            f"{date_moyenne(aujourd_hui)}. Enregistrez l'acte quand il aura eu lieu.",
        )


_PHRASES = {
    "formation_places": (
        "complete",
        "La dernière place vient d'être prise. Recommencez : vous serez en liste d'attente.",
    ),
    "formation_deja_inscrit": (
        "deja_inscrit",
        "Cette inscription existe déjà. Ouvrez la session pour la voir.",
    ),
    "formation_session_fermee": (
        "session_finie",
        "Cette session n'est plus ouverte. Choisissez-en une autre.",
    ),
}


@contextmanager
def refuser_en_phrases() -> Iterator[None]:
    """Dit en français ce que la base refuse, sans défaire la transaction de l'appelant.

    Lève `Refus` : `formation.` `complete`, `deja_inscrit`, `session_finie`.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as erreur:
        contrainte = getattr(getattr(erreur.__cause__, "diag", None), "constraint_name", None)
        if contrainte not in _PHRASES:
            raise
        raise refus(*_PHRASES[contrainte]) from erreur
