"""Ce que le PDI montre sur « Ma journée » du pilote : la délibération qui vient, ou qui manque."""

from datetime import date
from typing import Any

from django.conf import settings

from draille.ecrans.panneaux import Tuile
from draille.mesures.pdi import lectures
from draille.mesures.pdi.acces import ACCES
from draille.socle.acces import Acces

# Avant ce temps, une délibération ne se prépare pas encore.
ANNONCE_JOURS = 200


def _tuile(_acces: Acces, le: date) -> dict[str, Any] | None:
    dues = [
        {"programme": p.programme, "annee": a, "jours": (a.avant_le - le).days}
        for p in lectures.programmes(departement=settings.DRAILLE_DEPARTEMENT, le=le)
        for a in p.annees
        if a.deliberee_le is None and (a.avant_le - le).days <= ANNONCE_JOURS
    ]
    return {"dues": dues} if dues else None


TUILES = (
    Tuile(
        code="pdi.deliberations",
        titre="Le programme d'insertion",
        predicat=ACCES["ecrire"],
        gabarit="pdi/tuile.html",
        contexte=_tuile,
        rang=62,
    ),
)
