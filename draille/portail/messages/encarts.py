"""Ce que les messages montrent ailleurs : au dossier d'une personne, à « Ma journée »."""

from datetime import date

from draille.ecrans.panneaux import Donnees, Panneau, Tuile
from draille.moteurs.messages import adaptateur_lectures as lectures
from draille.noyau.personne.models import Personne
from draille.portail.messages.acces import ACCES
from draille.portail.messages.views import en_ligne
from draille.socle.acces import Acces, Role

MONTRES = 10


def _panneau(personne: Personne, acces: Acces, le: date) -> Donnees:
    lus = lectures.de_la_personne(personne_id=personne.pk, acces=acces, limite=MONTRES + 1)
    if not lus:
        return None
    return {"lignes": [en_ligne(lu) for lu in lus[:MONTRES]], "a_plus": len(lus) > MONTRES}


def _tuile(acces: Acces, le: date) -> Donnees:
    nombre = lectures.non_remis(acces=acces.parmi([Role.CADRE]))
    return {"nombre": nombre} if nombre else None


PANNEAU = Panneau(
    code="messages.personne",
    titre="Courriers et messages",
    predicat=ACCES["voir_message"],
    gabarit="messages/panneau.html",
    contexte=_panneau,
    rang=60,
)
TUILE = Tuile(
    code="messages.non_remis",
    titre="Messages non remis",
    predicat=ACCES["voir_liste"],
    gabarit="messages/tuile.html",
    contexte=_tuile,
    rang=15,
)
