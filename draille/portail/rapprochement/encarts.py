"""Ce que les doublons montrent ailleurs : à « Ma journée », au dossier qui en continue d'autres."""

from datetime import date

from draille.ecrans.panneaux import Donnees, Panneau, Tuile
from draille.moteurs.rapprochement import adaptateur_revue as revue
from draille.noyau.personne.models import Personne
from draille.portail.rapprochement.acces import ACCES
from draille.socle.acces import Acces


def _tuile(acces: Acces, le: date) -> Donnees:
    a_revoir = revue.paires(acces=acces).count()
    a_confirmer = revue.paires(acces=acces, vue="a_confirmer").count()
    if not a_revoir and not a_confirmer:
        return None
    return {"a_revoir": a_revoir, "a_confirmer": a_confirmer}


def _panneau(personne: Personne, acces: Acces, le: date) -> Donnees:
    fusions = list(revue.fusions(acces=acces).filter(gardee=personne, separee_le__isnull=True)[:5])
    return {"fusions": fusions} if fusions else None


PANNEAU = Panneau(
    code="rapprochement.personne",
    titre="Dossiers rejoints",
    predicat=ACCES["voir"],
    gabarit="rapprochement/panneau.html",
    contexte=_panneau,
    rang=90,
)
TUILE = Tuile(
    code="rapprochement.a_revoir",
    titre="Doublons possibles",
    predicat=ACCES["voir"],
    gabarit="rapprochement/tuile.html",
    contexte=_tuile,
    rang=70,
)
