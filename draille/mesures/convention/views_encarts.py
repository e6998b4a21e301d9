"""Ce que la convention montre sur « Ma journée » : l'argent, le résultat promis, les échéances."""

from datetime import date
from typing import Any

from django.conf import settings

from draille.ecrans.mots import echeance_mots
from draille.ecrans.panneaux import Tuile
from draille.mesures.convention import (
    lectures,
    lectures_indicateurs,
    lectures_suivi,
    views_indicateurs,
)
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_definitions import reference
from draille.mesures.convention.views_vie import TONS
from draille.socle.acces import Acces

AU_PLUS = 5


def _tuile(acces: Acces, le: date) -> dict[str, Any] | None:
    pages = lectures.pages(departement=settings.DRAILLE_DEPARTEMENT, le=le)
    lues = [p for p in pages if p.lecture.lignes]
    if not lues:
        return None
    return {
        "conventions": [{"page": p, "code": p.lecture.convention.code} for p in lues],
        "resultats": [r for p in lues for r in _resultats(p, acces, le)],
        "jour": le,
    }


def _resultats(page: PageConvention, acces: Acces, le: date) -> list[dict[str, Any]]:
    resultats = []
    for ligne in page.lecture.lignes:
        repere = reference(views_indicateurs.declares(ligne))
        if repere is not None:
            lecteur = lectures_indicateurs.Lecteur(acces, le)
            lue = lectures_indicateurs.lire(indicateur=repere, annee=le.year, lecteur=lecteur)
            resultats.append({"ligne": ligne, "libelle": repere.libelle, "compte": lue.annee})
    return resultats


def _echeances(acces: Acces, le: date) -> dict[str, Any] | None:
    dues = lectures_suivi.a_tenir(departement=settings.DRAILLE_DEPARTEMENT, le=le)
    if not dues:
        return None
    montrees = [
        {
            "dite": d,
            "ton": TONS[d.echeance.etat],
            "mots": echeance_mots(jours=(d.echeance.avant_le - le).days),
        }
        for d in dues[:AU_PLUS]
    ]
    return {"echeances": montrees, "reste": len(dues) - len(montrees)}


TUILES = (
    Tuile(
        code="convention.echeances",
        titre="Échéances de la convention",
        predicat=ACCES["piloter"],
        gabarit="convention/_vie_tuile.html",
        contexte=_echeances,
        rang=55,
    ),
    Tuile(
        code="convention.resultats",
        titre="La convention",
        predicat=ACCES["piloter"],
        gabarit="convention/tuile.html",
        contexte=_tuile,
        rang=60,
    ),
)
