"""Les écrans du référent unique et des messages : les noms qu'ils montrent, d'après l'oracle.

Un nom ne s'y lit qu'au titre d'un rôle qui ouvre des dossiers, tenu là ; une charge, une boîte
d'envoi ou la page publique comptent sans nommer.
"""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.moteurs.messages.models import Message
from draille.noyau.referent.models import Referent
from tests.droits.chemins import Lecteur
from tests.droits.chemins_referent import de_la_cible, dernier_calcul, lignes_du, suivies
from tests.droits.ecrans import (
    ADRESSES_HORS_SUJET,
    DECIDENT,
    ECRANS,
    ENTRANTS,
    NOMINATIFS,
    Ecran,
    connue_en_insertion,
    reduit,
    tuile_rendez_vous,
)

ABSENTE = 999_999
PILOTENT = (*DECIDENT, "pilote")
TIENNENT_LA_BOITE = ("cadre", "administrateur")


def _vers(nom: str, cible: Callable[[Lecteur], Any], *suite: str) -> Callable[[Lecteur], str]:
    return lambda lecteur: reverse(nom, args=[cible(lecteur), *suite])


def _ligne(lecteur: Lecteur) -> int:
    return de_la_cible(lecteur, LigneCalcul) or ABSENTE


def _ligne_ouverte(lecteur: Lecteur) -> bool:
    return _ligne(lecteur) in reduit(lecteur, ENTRANTS).ids(LigneCalcul)


def _cible_de_la_ligne(lecteur: Lecteur) -> set[int]:
    return {lecteur.cible.id} if _ligne_ouverte(lecteur) else set()


def _statut_ligne(lecteur: Lecteur) -> int:
    return 200 if _ligne_ouverte(lecteur) else 404


def _proposition(calcul: Callable[[], int]) -> Callable[[Lecteur], set[int]]:
    return lambda x: {y.personne or 0 for y in lignes_du(reduit(x, ENTRANTS), calcul())}


def _calcul_relu() -> int:
    return Calcul.objects.earliest("fait_le").pk


def _suivies(lecteur: Lecteur, agent_id: int) -> set[int]:
    return suivies(reduit(lecteur, ENTRANTS), agent_id)


def _connue(lecteur: Lecteur) -> set[int]:
    return connue_en_insertion(lecteur, ENTRANTS)


def _statut_connue(lecteur: Lecteur) -> int:
    return 200 if _connue(lecteur) else 404


def _statut_changer(lecteur: Lecteur) -> int:
    """On ne change que le référent qu'on lui connaît."""
    if not _connue(lecteur):
        return 404
    nominatif = reduit(lecteur, ENTRANTS)
    return 200 if nominatif.ids(Referent, personne=lecteur.cible.id) else 302


def _passation(lecteur: Lecteur) -> dict[str, Any]:
    """Vers qui l'on change : l'aperçu, avant confirmation, dit ce qui change de mains."""
    return {
        "passation-agent": lecteur.monde.agent.pk,
        "passation-motif": "déménagement",
        "passation-precision": "",
    }


ECRANS |= {
    "proposition": Ecran(
        lambda x: reverse("referents"), ("referents",), DECIDENT, noms=_proposition(dernier_calcul)
    ),
    "proposition relue": Ecran(
        lambda x: reverse("referents_calcul", args=[_calcul_relu()]),
        ("referents_calcul",),
        DECIDENT,
        noms=_proposition(_calcul_relu),
    ),
    "tout relire": Ecran(
        lambda x: reverse("referents_relire", args=[dernier_calcul()]),
        ("referents_relire",),
        DECIDENT,
        statut=lambda x: 302,
    ),
    "fin de la relecture": Ecran(
        lambda x: reverse("referents_fin", args=[dernier_calcul()]),
        ("referents_fin",),
        DECIDENT,
        # Les seules lignes que l'agent a déjà ouvertes, gardées dans sa session.
        noms=None,
    ),
    "ligne": Ecran(
        _vers("referents_ligne", _ligne),
        ("referents_ligne",),
        DECIDENT,
        noms=_cible_de_la_ligne,
        statut=_statut_ligne,
    ),
    "ligne, pourquoi pas un autre": Ecran(
        lambda x: f"{reverse('referents_ligne', args=[_ligne(x)])}?agent={x.monde.collegue.pk}",
        (),
        DECIDENT,
        noms=_cible_de_la_ligne,
        statut=_statut_ligne,
    ),
    "changer une ligne": Ecran(
        _vers("referents_changer", _ligne),
        ("referents_changer",),
        DECIDENT,
        noms=_cible_de_la_ligne,
        statut=_statut_ligne,
    ),
    "écarter une ligne, sans motif": Ecran(
        _vers("referents_ecarter", _ligne),
        ("referents_ecarter",),
        DECIDENT,
        noms=_cible_de_la_ligne,
        statut=_statut_ligne,
        donnees=lambda x: {},
    ),
    "fiche d'explication": Ecran(
        _vers("referents_fiche", _ligne),
        ("referents_fiche",),
        ENTRANTS,
        noms=_cible_de_la_ligne,
        statut=_statut_ligne,
    ),
    "fiche d'explication en PDF": Ecran(
        _vers("referents_fiche_pdf", _ligne),
        ("referents_fiche_pdf",),
        ENTRANTS,
        noms=_cible_de_la_ligne,
        statut=_statut_ligne,
    ),
    "ma file": Ecran(
        lambda x: reverse("referents_ma_file"),
        ("referents_ma_file",),
        ENTRANTS,
        noms=lambda x: _suivies(x, x.monde.agent.pk) | tuile_rendez_vous(x),
    ),
    "file d'un collègue": Ecran(
        lambda x: f"{reverse('referents_ma_file')}?agent={x.monde.collegue.pk}",
        (),
        DECIDENT,
        noms=lambda x: _suivies(x, x.monde.collegue.pk),
    ),
    "mon absence": Ecran(
        lambda x: reverse("referents_mon_absence"), ("referents_mon_absence",), ENTRANTS
    ),
    "charges": Ecran(lambda x: reverse("referents_charges"), ("referents_charges",), PILOTENT),
    "charges, un poste de plus": Ecran(
        lambda x: f"{reverse('referents_charges')}?commune={x.monde.communes[4]}", (), PILOTENT
    ),
    "ouvrir un portefeuille": Ecran(
        lambda x: reverse("referents_nouveau"), ("referents_nouveau",), ("cadre",)
    ),
    "portefeuille": Ecran(
        _vers("referents_portefeuille", lambda x: x.monde.collegue.pk),
        ("referents_portefeuille",),
        ("cadre",),
    ),
    "noter un départ": Ecran(
        _vers("referents_portefeuille_acte", lambda x: x.monde.collegue.pk, "depart"),
        ("referents_portefeuille_acte",),
        ("cadre",),
    ),
    "référent d'une personne": Ecran(
        _vers("referents_personne", lambda x: x.cible.id),
        ("referents_personne",),
        ENTRANTS,
        noms=_connue,
        statut=_statut_connue,
    ),
    "changer de référent": Ecran(
        _vers("referents_personne_acte", lambda x: x.cible.id, "changer"),
        ("referents_personne_acte",),
        DECIDENT,
        noms=lambda x: _connue(x) if _statut_changer(x) == 200 else set(),
        statut=_statut_changer,
    ),
    "ce qui change de mains": Ecran(
        _vers("referents_personne_acte", lambda x: x.cible.id, "changer"),
        (),
        DECIDENT,
        noms=lambda x: _connue(x) if _statut_changer(x) == 200 else set(),
        statut=_statut_changer,
        donnees=_passation,
    ),
    "page publique de l'algorithme": Ecran(
        lambda x: reverse("algorithme"), ("algorithme",), est_pour_tous=True
    ),
}


# --- Messages ----------------------------------------------------------------------------------


def _message(lecteur: Lecteur) -> int:
    return de_la_cible(lecteur, Message) or ABSENTE


def _message_ouvert(lecteur: Lecteur) -> bool:
    return _message(lecteur) in reduit(lecteur).ids(Message)


def _cible_du_message(lecteur: Lecteur) -> set[int]:
    return {lecteur.cible.id} if _message_ouvert(lecteur) else set()


def _a_une_lettre(lecteur: Lecteur) -> bool:
    """Un SMS n'a pas de lettre."""
    if not _message_ouvert(lecteur):
        return False
    message = lecteur.monde.details[(Message._meta.db_table, _message(lecteur))]
    return message.canal != "sms"


def _boite(etat: str) -> Callable[[Lecteur], set[int]]:
    """Message par message pour un cadre, et là où il l'est ; en nombres pour l'administrateur."""
    return lambda x: {
        y.personne or 0 for y in reduit(x, ("cadre",)).ouvertes(Message, lambda m: m.etat == etat)
    }


ECRANS |= {
    "boîte d'envoi": Ecran(
        lambda x: reverse("messages"),
        ("messages",),
        TIENNENT_LA_BOITE,
        noms=_boite("abandonne"),
    ),
    "boîte d'envoi, remis": Ecran(
        lambda x: f"{reverse('messages')}?vue=remis",
        (),
        TIENNENT_LA_BOITE,
        noms=_boite("remis"),
    ),
    "message": Ecran(
        _vers("message", _message),
        ("message",),
        NOMINATIFS,
        noms=_cible_du_message,
        statut=lambda x: 200 if _message_ouvert(x) else 404,
    ),
    "lettre d'un message": Ecran(
        _vers("message_lettre", _message),
        ("message_lettre",),
        NOMINATIFS,
        noms=lambda x: {x.cible.id} if _a_une_lettre(x) else set(),
        statut=lambda x: 200 if _a_une_lettre(x) else 404,
    ),
    "modèles de messages": Ecran(lambda x: reverse("modeles"), ("modeles",), TIENNENT_LA_BOITE),
    "modèle de message": Ecran(
        lambda x: reverse("modele", args=["convocation_orientation", "courrier"]),
        ("modele",),
        TIENNENT_LA_BOITE,
    ),
}

ADRESSES_HORS_SUJET |= {
    "referents_calculer": "un acte, sans lecture",
    "referents_accepter": "un acte sur une ligne, lue par « ligne »",
    "message_relancer": "un acte sur un message, lu par « message »",
    "message_annuler": "un acte sur un message, lu par « message »",
}
