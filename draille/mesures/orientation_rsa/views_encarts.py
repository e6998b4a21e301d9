"""Ce que l'orientation montre hors de ses pages : au dossier d'une personne, sur « Ma journée »."""

from datetime import date

from draille.ecrans.panneaux import Donnees, Panneau, Tuile
from draille.mesures.orientation_rsa import lectures
from draille.mesures.orientation_rsa.acces import ACCES
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces


def _panneau(personne: Personne, acces: Acces, le: date) -> Donnees:
    suivis = lectures.dossier(personne_id=personne.pk, acces=acces, le=le)
    return {"suivis": suivis} if suivis else None


def _tuile(acces: Acces, le: date) -> Donnees:
    charges = lectures.charge_par_territoire(acces=acces, le=le)
    if not any(c.a_rencontrer or c.a_orienter for c in charges):
        return None
    return {"charges": charges, "ouvre_la_liste": ACCES["voir_entrants"](acces)}


PANNEAUX = (
    Panneau(
        code="orientation_rsa.suivi",
        titre="Orientation",
        predicat=ACCES["voir_entrants"],
        gabarit="orientation_rsa/panneau.html",
        contexte=_panneau,
        rang=30,
    ),
)
TUILES = (
    Tuile(
        code="orientation_rsa.charge",
        titre="Nouveaux entrants par secteur",
        predicat=ACCES["voir_charge"],
        gabarit="orientation_rsa/tuile.html",
        contexte=_tuile,
        rang=40,
    ),
)
