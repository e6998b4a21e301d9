"""Les rendez-vous hors de leurs pages : au dossier d'une personne, sur « Ma journée », sur la file
d'un référent.
"""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from draille.ecrans import mots
from draille.ecrans.panneaux import Donnees, Panneau, Tuile
from draille.mesures.rendez_vous import lectures
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.models import DemandeRendezVous, RendezVous
from draille.mesures.rendez_vous.views_commun import TONS, acces_nominatif
from draille.mesures.rendez_vous.views_lignes import est_referent_seul
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, Role, a_role, cle

PASSES_MONTRES = 5
LIGNES_TUILE = 8


def _panneau(personne: Personne, acces: Acces, le: date) -> Donnees:
    if not acces.voit(cle(compartiment=Compartiment.INSERTION, commune_id=personne.commune_id)):
        return None
    dossier = lectures.de_la_personne(personne_id=personne.pk, acces=acces, le=le)
    passes = [*reversed(dossier.a_dire), *dossier.passes]
    if not (dossier.demandes or dossier.a_venir or passes or ACCES["fixer"](acces)):
        return None
    return {
        "demandes": [_demande(d, le) for d in dossier.demandes],
        "a_venir": dossier.a_venir,
        "passes": [
            {"rdv": r, "ton": TONS[RendezVous.Statut(r.statut)]} for r in passes[:PASSES_MONTRES]
        ],
        "reste": max(0, len(passes) - PASSES_MONTRES),
        "peut_convoquer": ACCES["convoquer"](acces),
        "url_fixer": reverse("rendez_vous_fixer", args=[personne.pk])
        if ACCES["fixer"](acces)
        else "",
    }


def _demande(demande: DemandeRendezVous, le: date) -> dict[str, object]:
    limite = demande.avant_le
    return {
        "demande": demande,
        "jours": mots.jours_restants(avant_le=limite, jour=le) if limite else None,
        "attend": demande.statut == DemandeRendezVous.Statut.A_CONVOQUER,
        "ton": "genet" if demande.statut != DemandeRendezVous.Statut.CONVOQUEE else "eau",
    }


def _tuile(acces: Acces, le: date) -> Donnees:
    lus = lectures.mes_rendez_vous(acces=acces_nominatif(acces), le=le)
    aujourd_hui, a_venir, a_dire = (
        _que_les_siens(tous, acces) for tous in (lus.aujourd_hui, lus.a_venir, lus.a_dire)
    )
    if not (aujourd_hui or a_venir or a_dire):
        return None
    return {
        "a_dire": _borner(a_dire),
        "aujourd_hui": _borner(aujourd_hui),
        "a_venir": _borner(a_venir),
    }


def _que_les_siens(tous: Sequence[RendezVous], acces: Acces) -> list[RendezVous]:
    """Un référent seul ne tient pas l'accueil : les créneaux sans agent ne sont pas les siens."""
    seul = est_referent_seul(acces)
    return [r for r in tous if not seul or r.creneau.agent_id == acces.agent_id]


def _borner(tous: Sequence[RendezVous]) -> dict[str, object]:
    """Les premiers, et combien il en reste : une tuile se lit d'un coup d'œil."""
    return {
        "premiers": tous[:LIGNES_TUILE],
        "total": len(tous),
        "reste": max(0, len(tous) - LIGNES_TUILE),
    }


def _presence(acces: Acces, le: date) -> Donnees:
    secteurs = lectures.absences_par_secteur(debut=date(le.year, 1, 1), fin=le, acces=acces, le=le)
    return {"secteurs": secteurs} if any(s.total or s.a_dire for s in secteurs) else None


PANNEAUX = (
    Panneau(
        code="rendez_vous.dossier",
        titre="Rendez-vous",
        predicat=ACCES["voir_rendez_vous"],
        gabarit="rendez_vous/panneau.html",
        contexte=_panneau,
        rang=25,
    ),
)
TUILES = (
    Tuile(
        code="rendez_vous.miens",
        titre="Mes rendez-vous",
        predicat=ACCES["voir_rendez_vous"],
        gabarit="rendez_vous/tuile.html",
        contexte=_tuile,
        rang=10,
    ),
    Tuile(
        code="rendez_vous.ma_file",
        titre="Mes rendez-vous",
        predicat=ACCES["voir_rendez_vous"],
        gabarit="rendez_vous/tuile.html",
        contexte=_tuile,
        rang=10,
        emplacement="ma_file",
    ),
    Tuile(
        code="rendez_vous.presence",
        titre="Présence aux rendez-vous",
        predicat=a_role(Role.CADRE, Role.PILOTE),
        gabarit="rendez_vous/tuile_presence.html",
        contexte=_presence,
        rang=45,
    ),
)
