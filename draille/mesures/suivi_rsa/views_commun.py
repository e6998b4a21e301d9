"""Ce que les pages du budget partagent : leurs onglets, la date de lecture, les mois abrégés."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse

from draille.ecrans.requete import date_de
from draille.mesures.suivi_rsa.acces import ACCES
from draille.socle.acces import Acces

ABREGES = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)
_ONGLETS = (
    ("rsa", "Personnes", "voir_chiffres"),
    ("rsa_budget", "Budget", "voir_budget"),
    ("rsa_prevision", "Prévision", "voir_budget"),
    ("rsa_historique", "Historique", "voir_budget"),
    ("rsa_acomptes", "Acomptes", "voir_acomptes"),
)


@dataclass(frozen=True, slots=True)
class Onglet:
    """Une page voisine."""

    url: str
    libelle: str
    est_actif: bool


def onglets(*, acces: Acces, actif: str) -> list[Onglet]:
    """Les pages voisines que cet accès ouvre ; aucune s'il n'y en a qu'une."""
    ouverts = [
        Onglet(reverse(nom), libelle, nom == actif)
        for nom, libelle, action in _ONGLETS
        if ACCES[action](acces)
    ]
    return ouverts if len(ouverts) > 1 else []


def jour_lu(request: HttpRequest) -> date:
    """Le jour auquel lire : `?le=`, s'il est passé ; sinon la date du produit."""
    le = date_de(request)
    try:
        demande = date.fromisoformat(request.GET.get("le", ""))
    except ValueError:
        return le
    return min(demande, le)


def court(mois: date) -> str:
    """« oct. », et l'année en janvier."""
    nom = ABREGES[mois.month - 1]
    return f"{nom} {mois.year % 100:02}" if mois.month == 1 else nom
