"""L'accueil hors de ses pages : au dossier d'une personne, et sur « Ma journée »."""

from datetime import date

from django.urls import reverse

from draille.ecrans.panneaux import Donnees, Panneau, Tuile
from draille.mesures.accueil_social import lectures
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.views_commun import nominatif
from draille.mesures.accueil_social.views_orientations import orientations_vues
from draille.moteurs.partage.adaptateur import a_suivre, de_la_personne
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces

AU_DOSSIER = 5
SUR_LA_TUILE = 6


def _panneau(personne: Personne, acces: Acces, le: date) -> Donnees:
    noms = nominatif(acces)
    dossier = lectures.de_la_personne(personne_id=personne.pk, acces=noms)
    orientations = orientations_vues(de_la_personne(personne_id=personne.pk, acces=noms), le)
    peut_accueillir = ACCES["accueillir"](acces)
    if not (dossier.accueils or dossier.notes or orientations or peut_accueillir):
        return None
    return {
        "accueils": dossier.accueils[:AU_DOSSIER],
        "reste": max(0, len(dossier.accueils) - AU_DOSSIER),
        "notes": dossier.notes,
        "orientations": orientations,
        "peut_ouvrir": ACCES["voir_accueils"](acces),
        "url_accueillir": f"{reverse('accueil_nouveau')}?personne={personne.pk}"
        if peut_accueillir
        else "",
        "url_note": reverse("accueil_note", args=[personne.pk]) if ACCES["noter"](acces) else "",
    }


def _aujourd_hui(acces: Acces, le: date) -> Donnees:
    recus = lectures.du_jour(acces=nominatif(acces), le=le)
    return {
        "premiers": recus[:SUR_LA_TUILE],
        "total": len(recus),
        "anonymes": sum(r.accueil.personne_id is None for r in recus),
        "reste": max(0, len(recus) - SUR_LA_TUILE),
    }


def _a_suivre(acces: Acces, le: date) -> Donnees:
    lues = a_suivre(acces=nominatif(acces), le=le)
    if not lues.total:
        return None
    groupes = (
        ("tuile", "revenue", "revenues", lues.revenues),
        ("genet", "sans réponse, date passée", "sans réponse, date passée", lues.en_retard),
        ("genet", "acceptée, sans nouvelles", "acceptées, sans nouvelles", lues.sans_nouvelles),
    )
    return {
        "groupes": [
            {
                "ton": ton,
                "dit": un if len(toutes) == 1 else plusieurs,
                "total": len(toutes),
                "premieres": orientations_vues(toutes[:SUR_LA_TUILE], le),
                "reste": max(0, len(toutes) - SUR_LA_TUILE),
            }
            for ton, un, plusieurs, toutes in groupes
            if toutes
        ]
    }


PANNEAUX = (
    Panneau(
        code="accueil_social.dossier",
        titre="Premier accueil",
        predicat=ACCES["voir_dossier"],
        gabarit="accueil_social/panneau.html",
        contexte=_panneau,
        rang=15,
    ),
)
TUILES = (
    Tuile(
        code="accueil_social.aujourd_hui",
        titre="Premier accueil",
        predicat=ACCES["accueillir"],
        gabarit="accueil_social/tuile.html",
        contexte=_aujourd_hui,
        rang=5,
    ),
    Tuile(
        code="accueil_social.a_suivre",
        titre="Orientations en retard ou revenues",
        predicat=ACCES["accueillir"],
        gabarit="accueil_social/tuile_suivre.html",
        contexte=_a_suivre,
        rang=6,
    ),
)
