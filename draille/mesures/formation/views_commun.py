"""Ce que les pages de la formation disent toutes : les onglets, quand, et où en est une session."""

from datetime import date

from django.http import HttpRequest
from django.urls import reverse

from draille.ecrans.requete import acces_de
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.lectures import SessionLue
from draille.mesures.formation.models import Session
from draille.mesures.formation.regles import StatutInscription, StatutSession
from draille.socle.texte import MOIS, date_longue, pluriel

_ONGLETS = (
    ("formations", "Sessions", "voir"),
    ("formation_catalogue", "Catalogue", "voir"),
    ("formations_miennes", "Mes formations", "voir"),
    ("formation_chiffres", "Chiffres", "voir_chiffres"),
)


def onglets(request: HttpRequest, actif: str) -> list[dict[str, object]]:
    """Les vues de la formation que ce lecteur ouvre."""
    acces = acces_de(request)
    return [
        {"libelle": libelle, "url": reverse(nom), "est_actif": nom == actif}
        for nom, libelle, acces_requis in _ONGLETS
        if ACCES[acces_requis](acces)
    ]


def quand_dit(session: Session) -> str:
    """« jeudi 15 octobre 2020 », « du 30 octobre au 2 novembre 2020 »."""
    debut, fin = session.debut, session.fin
    if debut == fin:
        return date_longue(debut)
    if (debut.year, debut.month) == (fin.year, fin.month):
        return f"du {_jour(debut)} au {_jour(fin)} {MOIS[fin.month - 1]} {fin.year}"
    de = f"{_jour(debut)} {MOIS[debut.month - 1]}"
    de += f" {debut.year}" if debut.year != fin.year else ""
    return f"du {de} au {_jour(fin)} {MOIS[fin.month - 1]} {fin.year}"


def _jour(le: date) -> str:
    return "1er" if le.day == 1 else str(le.day)


def etat_dit(lue: SessionLue, le: date) -> tuple[str, str]:
    """Le ton et les mots de l'état d'une session, pour qui la lit."""
    session = lue.session
    if lue.mienne is not None and session.statut == StatutSession.PROGRAMMEE:
        if lue.mienne.statut == StatutInscription.EN_ATTENTE:
            return "genet", "vous êtes en attente"
        return "pature", "vous y êtes"
    if session.statut == StatutSession.ANNULEE:
        return "pierre", "annulée"
    if session.statut == StatutSession.CLOSE:
        return "pierre", "close"
    if le > session.fin:
        return "tuile", "à clore"
    if le >= session.debut:
        return "eau", "en cours"
    if session.restantes:
        return "pature", pluriel(session.restantes, "place libre", "places libres")
    attente = f", {lue.attente} en attente" if lue.attente else ""
    return "genet", f"complète{attente}"
