"""Les écrans du premier accueil, du réseau et des doublons : les noms qu'ils montrent, et ceux que
l'oracle attend.
"""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from draille.mesures.accueil_social.models import Accueil, Note
from draille.mesures.accueil_social.views_encarts import SUR_LA_TUILE
from draille.moteurs.annuaire.models import Point
from draille.moteurs.partage.models import Orientation, Partenaire
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.noyau.personne.models import Consultation
from draille.socle.parametres import registre_global
from tests.droits.chemins import Lecteur
from tests.droits.chemins_accueil import (
    ACCUEILLENT,
    CHIFFRENT,
    RAPPROCHENT,
    SOCIAL,
    adressees,
    fusions_lisibles,
    notes_ouvertes,
    orientation_de_la_cible,
    paires_lisibles,
    suivies,
    une_paire,
)
from tests.droits.chemins_referent import de_la_cible, objet
from tests.droits.ecrans import NOMINATIFS, Ecran, connue, reduit
from tests.droits.ecrans_rendez_vous import ADRESSES_HORS_SUJET, ECRANS
from tests.droits.oracle import Individu, Oracle

ABSENT = 999_999
ANNUAIRE = (*NOMINATIFS, "pilote", "administrateur")
TIENNENT_ANNUAIRE = ("travailleur_social", "cadre", "administrateur")
CONFIRMENT = (*ACCUEILLENT, "administrateur")
TIENNENT_PARTENAIRES = ("cadre", "administrateur")


def _en_social(*roles: str) -> Any:
    """Tenir l'un de ces rôles en action sociale, où que ce soit."""
    return lambda oracle: any(t.compartiment == SOCIAL and t.role in roles for t in oracle.actifs)


def _connait_les_partenaires(oracle: Oracle) -> bool:
    return "administrateur" in oracle.roles or _en_social(*NOMINATIFS)(oracle)


def _personnes(lecteur: Lecteur, modele: Any, ids: set[int]) -> set[int]:
    return {x.personne or 0 for x in lecteur.monde.de(modele) if x.id in ids} - {0}


def _accueil(lecteur: Lecteur) -> int:
    return de_la_cible(lecteur, Accueil) or ABSENT


def _accueil_ouvert(lecteur: Lecteur) -> bool:
    return _accueil(lecteur) in reduit(lecteur).ids(Accueil)


def _de_l_accueil(lecteur: Lecteur) -> set[int]:
    return {lecteur.cible.id} if _accueil_ouvert(lecteur) else set()


def _du_jour(lecteur: Lecteur) -> set[int]:
    ids = reduit(lecteur, ACCUEILLENT).ids(Accueil, lambda a: a.le == lecteur.le)
    return _personnes(lecteur, Accueil, ids)


def _suivie_en_social(lecteur: Lecteur) -> set[int]:
    """La personne visée, si elle est connue et que le social est ouvert chez elle."""
    ouvre = reduit(lecteur).oracle.ouvre(SOCIAL, lecteur.cible.commune)
    return connue(lecteur) if ouvre else set()


def _a_suivre(lecteur: Lecteur) -> list[list[Any]]:
    """Les trois groupes de ce qui revient, dans l'ordre où ils se montrent."""
    nominatif = reduit(lecteur)
    attente = timedelta(days=registre_global().entier("partage.sans_nouvelles", lecteur.le))
    ouvertes = suivies(nominatif)
    toutes = sorted(
        (objet(lecteur, x) for x in lecteur.monde.de(Orientation) if x.id in ouvertes),
        key=lambda o: (o.avant_le, o.pk),
    )
    silence = [o for o in toutes if o.statut == "acceptee" and o.suite_le < lecteur.le - attente]
    return [
        [o for o in toutes if o.statut in ("refusee", "perdue")],
        [o for o in toutes if o.statut == "envoyee" and o.avant_le < lecteur.le],
        sorted(silence, key=lambda o: (o.suite_le, o.pk)),
    ]


def _a_reprendre(lecteur: Lecteur) -> set[int]:
    return {o.personne_id for groupe in _a_suivre(lecteur) for o in groupe}


def _journee(lecteur: Lecteur) -> set[int]:
    """Ce que les autres tuiles montrent, et les deux du premier accueil à qui accueille."""
    noms = _JOURNEE(lecteur)
    if not lecteur.oracle.roles & set(ACCUEILLENT):
        return noms
    ouverts = reduit(reduit(lecteur), ACCUEILLENT).ouvertes(Accueil, lambda a: a.le == lecteur.le)
    derniers = sorted(ouverts, key=lambda x: -x.id)[:SUR_LA_TUILE]
    premieres = {o.personne_id for groupe in _a_suivre(lecteur) for o in groupe[:SUR_LA_TUILE]}
    return noms | {x.personne for x in derniers if x.personne is not None} | premieres


_JOURNEE: Any = ECRANS["ma journée"].noms


def _orientation_ouverte(lecteur: Lecteur) -> bool:
    return orientation_de_la_cible(lecteur) in suivies(reduit(lecteur))


def _recues(lecteur: Lecteur) -> set[int]:
    """Les noms qu'on lui a transmis : il n'ouvre aucun dossier pour autant."""
    return _personnes(
        lecteur, Orientation, adressees(lecteur, lambda o: o.envoyee_le <= lecteur.le)
    )


def _une_recue(lecteur: Lecteur) -> set[int]:
    est_la = orientation_de_la_cible(lecteur) in adressees(lecteur)
    return {lecteur.cible.id} if est_la else set()


def _ma_note(lecteur: Lecteur) -> int:
    """Une note de l'agent sur la personne visée."""
    siennes = [
        x.id
        for x in lecteur.monde.de(Note)
        if objet(lecteur, x).personne_id == lecteur.cible.id
        and objet(lecteur, x).agent_id == lecteur.acces.agent_id
    ]
    return siennes[0] if siennes else ABSENT


def _statut_note(lecteur: Lecteur) -> int:
    return 200 if _ma_note(lecteur) in notes_ouvertes(lecteur) and connue(lecteur) else 404


def _paires(lecteur: Lecteur) -> set[int]:
    """Les deux personnes de chaque paire à revoir : la page en montre vingt-cinq."""
    ids = paires_lisibles(lecteur, "ouverte")
    lues = [objet(lecteur, x) for x in lecteur.monde.de(Paire) if x.id in ids]
    premieres = sorted(lues, key=lambda p: (-p.poids, p.pk))[:25]
    return {i for p in premieres for i in (p.premiere_id, p.seconde_id)}


def _la_paire(lecteur: Lecteur) -> set[int]:
    if une_paire(lecteur) not in paires_lisibles(lecteur):
        return set()
    lue = lecteur.monde.details[(Paire._meta.db_table, une_paire(lecteur))]
    return {lue.premiere_id, lue.seconde_id}


def _rejoints(lecteur: Lecteur) -> set[int]:
    ids = fusions_lisibles(lecteur)
    lues = [objet(lecteur, x) for x in lecteur.monde.de(Fusion) if x.id in ids]
    dernieres = sorted(lues, key=lambda f: -f.pk)[:25]
    return {i for f in dernieres for i in (f.gardee_id, f.absorbee_id)}


def _point() -> int:
    return Point.objects.get().pk


def _partenaire(lecteur: Lecteur) -> int:
    organisation = lecteur.monde.agent.organisation_id
    return Partenaire.objects.get(organisation_id=organisation).pk


def _chez_le_partenaire(lecteur: Lecteur) -> set[int]:
    """Qui, parmi les personnes ouvertes, l'agent de cette organisation a regardé."""
    nominatif = reduit(lecteur)
    vues = nominatif.ouvertes(Consultation, lambda c: c.agent_id == lecteur.acces.agent_id)
    return {v.personne or 0 for v in vues} & nominatif.connues


_AVANT = frozenset(ECRANS)
ECRANS |= {
    "ma journée": Ecran(lambda x: "/", ("journee",), est_pour_tous=True, noms=_journee),
    "guichet": Ecran(lambda x: reverse("accueil_nouveau"), ("accueil_nouveau",), ACCUEILLENT),
    "guichet, depuis un dossier": Ecran(
        lambda x: f"{reverse('accueil_nouveau')}?personne={x.cible.id}",
        (),
        ACCUEILLENT,
        noms=connue,
    ),
    "guichet, suggestions": Ecran(
        lambda x: reverse("accueil_suggestions"),
        ("accueil_suggestions",),
        ACCUEILLENT,
        noms=None,
        donnees=lambda x: {"nom": x.cible.marque[:5], "prenom": "Camille"},
    ),
    "guichet, lieux": Ecran(
        lambda x: reverse("accueil_lieux"),
        ("accueil_lieux",),
        ACCUEILLENT,
        donnees=lambda x: {"besoins": "logement", "personne": str(x.cible.id)},
    ),
    "accueils du jour": Ecran(
        lambda x: reverse("accueils"), ("accueils",), ACCUEILLENT, noms=_du_jour
    ),
    "accueils cherchés": Ecran(
        lambda x: f"{reverse('accueils')}?texte={x.cible.marque[:6]}", (), ACCUEILLENT, noms=None
    ),
    "accueil": Ecran(
        lambda x: reverse("accueil", args=[_accueil(x)]),
        ("accueil",),
        ACCUEILLENT,
        noms=_de_l_accueil,
        statut=lambda x: 200 if _accueil_ouvert(x) else 404,
    ),
    "fiche d'un accueil": Ecran(
        lambda x: reverse("accueil_fiche", args=[_accueil(x)]),
        ("accueil_fiche",),
        ACCUEILLENT,
        statut=lambda x: 200 if _accueil_ouvert(x) else 404,
    ),
    "reprendre un accueil": Ecran(
        lambda x: reverse("accueil_reprendre", args=[_accueil(x)]),
        ("accueil_reprendre",),
        ACCUEILLENT,
        noms=_de_l_accueil,
        statut=lambda x: 200 if _accueil_ouvert(x) else 404,
    ),
    "écrire une note": Ecran(
        lambda x: reverse("accueil_note", args=[x.cible.id]),
        ("accueil_note",),
        NOMINATIFS,
        noms=connue,
        statut=lambda x: 200 if connue(x) else 404,
    ),
    "corriger sa note": Ecran(
        lambda x: reverse("accueil_note_corriger", args=[_ma_note(x)]),
        ("accueil_note_corriger",),
        NOMINATIFS,
        noms=lambda x: connue(x) if _statut_note(x) == 200 else set(),
        statut=_statut_note,
    ),
    "chiffres des accueils": Ecran(
        lambda x: reverse("accueils_chiffres"), ("accueils_chiffres",), CHIFFRENT
    ),
}
ECRANS |= {
    # Des lieux et des habitants : aucun nom, pour personne.
    "couverture": Ecran(lambda x: reverse("couverture"), ("couverture",), CHIFFRENT),
    "couverture, export": Ecran(
        lambda x: reverse("couverture_csv"), ("couverture_csv",), CHIFFRENT
    ),
    "si ce point fermait": Ecran(
        lambda x: reverse("couverture_fermeture"), ("couverture_fermeture",), CHIFFRENT
    ),
    "où ouvrir": Ecran(
        lambda x: reverse("couverture_implanter"), ("couverture_implanter",), CHIFFRENT
    ),
    "annuaire": Ecran(lambda x: reverse("annuaire"), ("annuaire",), ANNUAIRE),
    "annuaire, un lieu": Ecran(
        lambda x: reverse("annuaire_point", args=[_point()]), ("annuaire_point",), ANNUAIRE
    ),
    "annuaire, export": Ecran(
        lambda x: reverse("annuaire_exporter"), ("annuaire_exporter",), ANNUAIRE
    ),
    "annuaire, nouveau": Ecran(
        lambda x: reverse("annuaire_nouveau"), ("annuaire_nouveau",), TIENNENT_ANNUAIRE
    ),
    "annuaire, modifier": Ecran(
        lambda x: reverse("annuaire_modifier", args=[_point()]),
        ("annuaire_modifier",),
        TIENNENT_ANNUAIRE,
    ),
    "annuaire, horaires": Ecran(
        lambda x: reverse("annuaire_horaires", args=[_point()]),
        ("annuaire_horaires",),
        TIENNENT_ANNUAIRE,
    ),
    "annuaire, à confirmer": Ecran(
        lambda x: reverse("annuaire_a_confirmer"), ("annuaire_a_confirmer",), CONFIRMENT
    ),
    "annuaire, à confirmer en CSV": Ecran(
        lambda x: reverse("annuaire_a_confirmer_csv"), ("annuaire_a_confirmer_csv",), CONFIRMENT
    ),
    "annuaire, importer": Ecran(
        lambda x: reverse("annuaire_importer"), ("annuaire_importer",), TIENNENT_ANNUAIRE
    ),
}
ECRANS |= {
    "orientations à reprendre": Ecran(
        lambda x: reverse("orientations_suivies"),
        ("orientations_suivies",),
        porte=_en_social(*NOMINATIFS),
        noms=_a_reprendre,
    ),
    "orientation suivie": Ecran(
        lambda x: reverse("orientation_suivie", args=[orientation_de_la_cible(x)]),
        ("orientation_suivie",),
        porte=_en_social(*NOMINATIFS),
        noms=lambda x: {x.cible.id} if _orientation_ouverte(x) else set(),
        statut=lambda x: 200 if _orientation_ouverte(x) else 404,
    ),
    "accords d'une personne": Ecran(
        lambda x: reverse("consentements", args=[x.cible.id]),
        ("consentements",),
        porte=_en_social(*NOMINATIFS),
        noms=_suivie_en_social,
        statut=lambda x: 200 if _suivie_en_social(x) else 404,
    ),
    "orienter une personne": Ecran(
        lambda x: reverse("orienter_personne", args=[x.cible.id]),
        ("orienter_personne",),
        porte=_en_social(*NOMINATIFS),
        noms=_suivie_en_social,
        statut=lambda x: 200 if _suivie_en_social(x) else 404,
    ),
    "partenaires": Ecran(
        lambda x: reverse("partenaires"), ("partenaires",), porte=_connait_les_partenaires
    ),
    "partenaire": Ecran(
        lambda x: reverse("partenaire", args=[_partenaire(x)]),
        ("partenaire",),
        porte=_connait_les_partenaires,
        noms=None,
    ),
    "partenaire, ses accès": Ecran(
        lambda x: reverse("partenaire_acces", args=[_partenaire(x)]),
        ("partenaire_acces",),
        porte=_en_social("cadre"),
        noms=_chez_le_partenaire,
    ),
    "partenaire, nouveau": Ecran(
        lambda x: reverse("partenaire_nouveau"), ("partenaire_nouveau",), TIENNENT_PARTENAIRES
    ),
    "partenaire, modifier": Ecran(
        lambda x: reverse("partenaire_modifier", args=[_partenaire(x)]),
        ("partenaire_modifier",),
        TIENNENT_PARTENAIRES,
    ),
    "reçues par le partenaire": Ecran(
        lambda x: reverse("partenaire_recues"),
        ("partenaire_recues",),
        ("partenaire",),
        noms=_recues,
        transmises=_recues,
    ),
    "une reçue": Ecran(
        lambda x: reverse("partenaire_orientation", args=[orientation_de_la_cible(x)]),
        ("partenaire_orientation",),
        ("partenaire",),
        noms=_une_recue,
        statut=lambda x: 200 if _une_recue(x) else 404,
        transmises=_une_recue,
    ),
    "doublons": Ecran(
        lambda x: reverse("rapprochements"), ("rapprochements",), RAPPROCHENT, noms=_paires
    ),
    "doublon": Ecran(
        lambda x: reverse("rapprochement", args=[une_paire(x)]),
        ("rapprochement",),
        RAPPROCHENT,
        noms=_la_paire,
        statut=lambda x: 200 if _la_paire(x) else 404,
    ),
    "dossiers rejoints": Ecran(
        lambda x: reverse("rapprochement_fusions"),
        ("rapprochement_fusions",),
        RAPPROCHENT,
        noms=_rejoints,
    ),
}
ADRESSES_HORS_SUJET |= {
    "annuaire_confirmer": "un acte sur un lieu, sans lecture",
    "annuaire_decider": "un acte sur un lieu, sans lecture",
    "annuaire_fermer": "un acte sur un lieu, sans lecture",
    "annuaire_import": "les lignes d'un fichier de lieux",
    "consentement_retirer": "un acte, sans lecture",
    "orientation_relancer": "un acte, sans lecture",
    "orientation_repondre": "un acte ; à corriger, la page de l'orientation suivie",
    "partenaire_lien": "sans connexion ; le réseau l'éprouve jeton par jeton",
    "partenaire_repondre": "un acte ; à corriger, la page d'une reçue",
    "orientation_prendre_acte": "un acte, sans lecture",
    "partenaire_fermer": "un acte, sans lecture",
    "rapprochement_decider": "un acte, sans lecture",
    "rapprochement_separer": "un acte, sans lecture",
}
# Ceux qui visent une personne connue en social.
SOCIAUX = frozenset(ECRANS) - _AVANT


def est_visee(lecteur: Lecteur, individu: Individu) -> bool:
    """Une personne dont l'agent a écrit une note, adressée à son organisation, avec accord."""
    notes = [objet(lecteur, x) for x in lecteur.monde.de(Note)]
    return any(
        x.personne == individu.id
        for x in lecteur.monde.de(Orientation)
        if x.partenaire == lecteur.acces.organisation_id
    ) and any(
        n.est_privee and n.personne_id == individu.id and n.agent_id == lecteur.acces.agent_id
        for n in notes
    )
