"""Les écrans des rendez-vous : les noms qu'ils montrent, et ceux que l'oracle attend."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from draille.mesures.rendez_vous.models import DemandeRendezVous, Lieu, RendezVous
from tests.droits.chemins import Lecteur
from tests.droits.chemins_referent import de_la_cible
from tests.droits.chemins_rendez_vous import PRENNENT, au_creneau, est_sans_objet, lundi_de, seance
from tests.droits.ecrans import (
    DECIDENT,
    ENTRANTS,
    Ecran,
    connue_en_insertion,
    est_referent_seul,
    reduit,
)
from tests.droits.ecrans_referent import ADRESSES_HORS_SUJET, ECRANS

ABSENT = 999_999
RENDENT_COMPTE = ("accueil", *ENTRANTS)


def _ligne(lecteur: Lecteur, modele: Any) -> int:
    return de_la_cible(lecteur, modele) or ABSENT


def _objet(lecteur: Lecteur, modele: Any) -> Any:
    return lecteur.monde.details.get((modele._meta.db_table, _ligne(lecteur, modele)))


def _ouverte(lecteur: Lecteur, modele: Any) -> bool:
    return _ligne(lecteur, modele) in reduit(lecteur).ids(modele)


def _celle_de_la_cible(modele: Any) -> Any:
    return lambda lecteur: {lecteur.cible.id} if _ouverte(lecteur, modele) else set()


def _ou_404(modele: Any) -> Any:
    return lambda lecteur: 200 if _ouverte(lecteur, modele) else 404


def _pour_lui(lecteur: Lecteur, agent_id: int | None) -> bool:
    """Qui n'est que référent ne regarde que ceux qu'il accompagne."""
    return not est_referent_seul(lecteur) or agent_id == lecteur.acces.agent_id


def _a_examiner(lecteur: Lecteur) -> set[int]:
    lignes = reduit(lecteur).ouvertes(
        DemandeRendezVous, lambda d: d.statut == "signalee" and _pour_lui(lecteur, d.agent_id)
    )
    return {ligne.personne or 0 for ligne in lignes}


def _a_convoquer(lecteur: Lecteur, motif: str) -> set[int]:
    lignes = reduit(lecteur).ouvertes(
        DemandeRendezVous,
        lambda d: (
            d.statut == "a_convoquer"
            and d.motif == motif
            and (motif != "referent" or _pour_lui(lecteur, d.agent_id))
        ),
    )
    return {ligne.personne or 0 for ligne in lignes}


def _convocations(motif: str) -> Any:
    def noms(lecteur: Lecteur) -> set[int]:
        sans_objet = reduit(lecteur).ouvertes(
            RendezVous,
            lambda r: est_sans_objet(lecteur, r) and _pour_lui(lecteur, r.creneau.agent_id),
        )
        return _a_convoquer(lecteur, motif) | {x.personne or 0 for x in sans_objet}

    return noms


def _agenda(garde: Any = lambda r: True) -> Any:
    def noms(lecteur: Lecteur) -> set[int]:
        lundi = lundi_de(lecteur.le)
        semaine = reduit(lecteur).ouvertes(
            RendezVous,
            lambda r: (
                r.statut in PRENNENT and lundi <= r.jour < lundi + timedelta(days=7) and garde(r)
            ),
        )
        return {ligne.personne or 0 for ligne in semaine}

    return noms


def _statut_convoquer(lecteur: Lecteur) -> int:
    if not _ouverte(lecteur, DemandeRendezVous):
        return 404
    # Une demande qui n'attend plus mène à son rendez-vous.
    return 200 if _objet(lecteur, DemandeRendezVous).statut == "a_convoquer" else 302


def _seance(lecteur: Lecteur) -> set[int]:
    """Les personnes de la séance que l'agent ouvre ; à qui ne tient pas les lieux, la page n'est
    pas ouverte."""
    if not lecteur.oracle.roles & set(DECIDENT):
        return set()
    ouverts = au_creneau(reduit(lecteur), seance())
    return {x.personne or 0 for x in lecteur.monde.de(RendezVous) if x.id in ouverts}


def _statut_deplacer(lecteur: Lecteur) -> int:
    if not _ouverte(lecteur, RendezVous):
        return 404
    # Un rendez-vous qui a sa suite ne se déplace plus.
    return 200 if _objet(lecteur, RendezVous).statut == "fixe" else 302


ECRANS |= {
    "convocations": Ecran(
        lambda x: f"{reverse('convocations')}?motif=orientation",
        ("convocations",),
        ENTRANTS,
        noms=_convocations("orientation"),
    ),
    "convocations avec le référent": Ecran(
        lambda x: f"{reverse('convocations')}?motif=referent",
        (),
        ENTRANTS,
        noms=_convocations("referent"),
    ),
    "convocations à examiner": Ecran(
        lambda x: reverse("convocations_examen"),
        ("convocations_examen",),
        ENTRANTS,
        noms=_a_examiner,
    ),
    "relecture des convocations": Ecran(
        lambda x: f"{reverse('convocations_revue')}?tout=1&motif=orientation",
        ("convocations_revue",),
        ENTRANTS,
        # Ceux à qui le calcul trouve un créneau ; sans personne, on revient à la liste.
        noms=None,
        statut=lambda x: 0 if _a_convoquer(x, "orientation") else 302,
    ),
    "suivi des convocations": Ecran(
        lambda x: f"{reverse('convocations_suivi')}?motif=orientation",
        ("convocations_suivi",),
        (*ENTRANTS, "pilote"),
    ),
    "convoquer une personne": Ecran(
        lambda x: reverse("convoquer", args=[_ligne(x, DemandeRendezVous)]),
        ("convoquer",),
        ENTRANTS,
        noms=lambda x: {x.cible.id} if _statut_convoquer(x) == 200 else set(),
        statut=_statut_convoquer,
    ),
    "classer une demande, sans motif": Ecran(
        lambda x: reverse("convocation_classer", args=[_ligne(x, DemandeRendezVous)]),
        ("convocation_classer",),
        ENTRANTS,
        noms=lambda x: _a_examiner(x) if _ouverte(x, DemandeRendezVous) else set(),
        statut=_ou_404(DemandeRendezVous),
        donnees=lambda x: {},
    ),
    "agenda d'un lieu": Ecran(
        lambda x: f"{reverse('agenda')}?lieu={Lieu.objects.get().pk}&jour={x.le}",
        ("agenda",),
        RENDENT_COMPTE,
        noms=_agenda(),
    ),
    "agenda d'un collègue": Ecran(
        lambda x: f"{reverse('agenda')}?agent={x.monde.collegue.pk}&jour={x.le}",
        (),
        RENDENT_COMPTE,
        noms=lambda x: _agenda(lambda r: r.creneau.agent_id == x.monde.collegue.pk)(x),
    ),
    "séance": Ecran(
        lambda x: reverse("creneau", args=[seance()]),
        ("creneau",),
        ENTRANTS,
        noms=_seance,
        statut=lambda x: 200 if x.oracle.roles & set(DECIDENT) else 404,
    ),
    "rendez-vous": Ecran(
        lambda x: reverse("rendez_vous", args=[_ligne(x, RendezVous)]),
        ("rendez_vous",),
        RENDENT_COMPTE,
        noms=_celle_de_la_cible(RendezVous),
        statut=_ou_404(RendezVous),
    ),
    "déplacer un rendez-vous": Ecran(
        lambda x: reverse("rendez_vous_deplacer", args=[_ligne(x, RendezVous)]),
        ("rendez_vous_deplacer",),
        ENTRANTS,
        noms=lambda x: {x.cible.id} if _statut_deplacer(x) == 200 else set(),
        statut=_statut_deplacer,
    ),
    "excuser, sans motif": Ecran(
        lambda x: reverse("rendez_vous_geste", args=[_ligne(x, RendezVous), "excuser"]),
        ("rendez_vous_geste",),
        RENDENT_COMPTE,
        noms=_celle_de_la_cible(RendezVous),
        statut=_ou_404(RendezVous),
        donnees=lambda x: {},
    ),
    "fixer un rendez-vous": Ecran(
        lambda x: reverse("rendez_vous_fixer", args=[x.cible.id]),
        ("rendez_vous_fixer",),
        ENTRANTS,
        noms=connue_en_insertion,
        statut=lambda x: 200 if connue_en_insertion(x) else 404,
    ),
}

ECRANS |= {
    # Lieux et heures d'ouverture : aucun nom, pour personne.
    "lieux": Ecran(lambda x: reverse("lieux"), ("lieux",), ENTRANTS),
    "lieu": Ecran(lambda x: reverse("lieu", args=[Lieu.objects.get().pk]), ("lieu",), ENTRANTS),
    "ouvrir un lieu": Ecran(lambda x: reverse("lieu_nouveau"), ("lieu_nouveau",), DECIDENT),
}
ADRESSES_HORS_SUJET |= {
    "convocation_reprendre": "un acte, sans lecture",
    "lieu_fermer": "un acte sur un lieu, sans lecture",
    "lieu_fermer_jour": "un acte sur un lieu, sans lecture",
    "plage_fermer": "un acte sur un lieu, sans lecture",
}
