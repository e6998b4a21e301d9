"""Le réseau hors de ses pages : au dossier d'une personne, et sur la journée d'un partenaire."""

from datetime import date

from django.urls import reverse

from draille.ecrans.panneaux import Donnees, Panneau, Tuile
from draille.mesures.reseau_insertion.acces import ACCES
from draille.mesures.reseau_insertion.views_commun import dire_portee, vue_recue, vues
from draille.moteurs.partage import adaptateur as partage
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, Role, cle

LIGNES_TUILE = 8


def _accompagnement(personne: Personne, acces: Acces, le: date) -> Donnees:
    lu = partage.qui_accompagne(personne_id=personne.pk, acces=acces, le=le)
    if not (lu.referents or lu.orientations):
        return None
    return {
        "referents": lu.referents,
        "orientations": vues(lu.orientations, le),
        "suit": _suit(personne, acces),
    }


def _accords(personne: Personne, acces: Acces, _le: date) -> Donnees:
    if not _suit(personne, acces):
        return None
    vivants = [
        c
        for c in partage.consentements_de(personne_id=personne.pk, acces=acces)
        if c.retire_le is None
    ]
    return {
        "accords": [
            {"accord": c, "portee": ", ".join(dire_portee(c.portee)).lower()} for c in vivants
        ],
        "url_orienter": reverse("orienter_personne", args=[personne.pk]),
        "url_accords": reverse("consentements", args=[personne.pk]),
    }


def _suit(personne: Personne, acces: Acces) -> bool:
    """Vrai si ce lecteur suit cette personne en action sociale."""
    en_social = cle(compartiment=Compartiment.SOCIAL, commune_id=personne.commune_id)
    return acces.a_role_sur(partage.ROLES_ORIENTER, en_social)


def _recues(acces: Acces, le: date) -> Donnees:
    """Sans un nom : « Ma journée » s'ouvre sans que personne ne l'ait demandé."""
    chez_lui = acces.parmi((Role.PARTENAIRE,))
    attendent = [r for r in partage.recues_par(acces=chez_lui, le=le) if r.statut == "envoyee"]
    return {
        "total": len(attendent),
        "lignes": [vue_recue(r, le) for r in attendent[:LIGNES_TUILE]],
        "reste": max(0, len(attendent) - LIGNES_TUILE),
    }


PANNEAUX = (
    Panneau(
        code="reseau_insertion.accompagnement",
        titre="Qui accompagne",
        predicat=ACCES["voir_accompagnement"],
        gabarit="reseau_insertion/panneau_accompagnement.html",
        contexte=_accompagnement,
        rang=12,
    ),
    Panneau(
        code="reseau_insertion.accords",
        titre="Partenaires et accords",
        predicat=ACCES["suivre"],
        gabarit="reseau_insertion/panneau_accords.html",
        contexte=_accords,
        rang=40,
    ),
)
TUILES = (
    Tuile(
        code="reseau_insertion.recues",
        titre="Orientations reçues",
        predicat=ACCES["recevoir"],
        gabarit="reseau_insertion/tuile_recues.html",
        contexte=_recues,
        rang=5,
    ),
)
