"""Les écrans de la convention, du budget du RSA, de la formation et des schémas.

Presque tous montrent des textes, des montants et des nombres : aucun nom, pour personne.
"""

from django.urls import reverse

from tests.droits.chemins import Lecteur
from tests.droits.chemins_convention import DELAI, demande, nommees_du_delai
from tests.droits.ecrans import Ecran
from tests.droits.ecrans_accueil import ADRESSES_HORS_SUJET, ECRANS
from tests.droits.oracle import Oracle
from tests.droits.rangees_convention import CADRE

PILOTE = ("pilote",)
EXPORTENT = ("pilote", "cadre")
GERENT = ("pilote", "cadre")
INSERTION = 2
LIGNE = "orientation_rsa"


def _partout(*roles: str) -> object:
    """Tenir l'un de ces rôles en insertion sur tout le Département."""

    def porte(oracle: Oracle) -> bool:
        return oracle.parmi(roles).ouvre(INSERTION, None)

    return porte


def _ecran(nom: str, *arguments: object, roles: tuple[str, ...] = (), suite: str = "") -> Ecran:
    """Une page de nombres, que ces rôles ouvrent ; son adresse est celle de ce nom."""
    return Ecran(lambda x: reverse(nom, args=arguments) + suite, (nom,), roles)


def _budget(nom: str, *roles: str) -> Ecran:
    return Ecran(lambda x: reverse(nom), (nom,), porte=_partout(*roles))  # type: ignore[arg-type]


def _acompte(nom: str) -> Ecran:
    return Ecran(
        lambda x: reverse(nom, args=[demande()]),
        (nom,),
        porte=_partout("cadre"),  # type: ignore[arg-type]
    )


def _vide(lecteur: Lecteur) -> dict[str, str]:
    return {}


ECRANS |= {
    "pilotage": _ecran("convention:pilotage"),
    "pilotage en CSV": _ecran("convention:pilotage_csv"),
    "page de l'élu": _ecran("convention:elu"),
    "deux années": _ecran("convention:comparer"),
    "deux Départements": _ecran("convention:comparer_departements"),
    "actes d'une ligne": _ecran("convention:pilotage_actes", CADRE, LIGNE),
    "retards d'une ligne": _ecran("convention:pilotage_retards", CADRE, LIGNE),
}
ECRANS |= {
    "vie de la convention": _ecran("convention:vie", CADRE),
    "objectifs": _ecran("convention:objectifs", CADRE),
    "deux dates": _ecran("convention:comparer_dates", CADRE),
    "textes-cadres": _ecran("convention:textes_cadres"),
    "avenant": _ecran("convention:avenant", CADRE, roles=PILOTE),
    "échéance à fixer": _ecran("convention:echeance_fixer", CADRE, roles=PILOTE),
    "action à inscrire": _ecran("convention:action_inscrire", CADRE, roles=PILOTE),
    "réduction à enregistrer": _ecran("convention:reduction_enregistrer", CADRE, roles=PILOTE),
    "valeur à saisir": _ecran("convention:valeur_saisir", CADRE, roles=PILOTE),
    "argent": _ecran("convention:argent", CADRE),
    "pièces": _ecran("convention:pieces", CADRE, suite="?etape=prevue&annee=2020"),
    "pièces en CSV": Ecran(
        lambda x: reverse("convention:pieces_csv", args=[CADRE]) + "?etape=prevue&annee=2020",
        ("convention:pieces_csv",),
        EXPORTENT,
        donnees=_vide,
    ),
    "comptes importés": _ecran("convention:comptes", roles=PILOTE),
    "comptes à importer": _ecran("convention:comptes_importer", roles=PILOTE),
    "rapports": _ecran("convention:rapports"),
}
ECRANS |= {
    "budget du RSA": _budget("rsa_budget", "pilote", "cadre"),
    "prévision du RSA": _budget("rsa_prevision", "pilote", "cadre"),
    "historique du RSA": _budget("rsa_historique", "pilote", "cadre"),
    "vote du RSA": _budget("rsa_voter", "pilote"),
    "mandat du RSA": _budget("rsa_mandater", "pilote"),
    "acomptes": _budget("rsa_acomptes", "cadre"),
    # Des matricules et des montants ; un dossier s'ouvre par son lien, sans nom.
    "acompte": _acompte("rsa_acompte"),
    "acompte en CSV": _acompte("rsa_acompte_csv"),
    "formations": _ecran("formations"),
    "catalogue de formation": _ecran("formation_catalogue"),
    "mes formations": _ecran("formations_miennes"),
    "session à programmer": _ecran("formation_programmer", roles=GERENT),
    "chiffres de formation": _ecran("formation_chiffres"),
    "formation, une liste": _ecran("formation_suivies"),
    "schéma": _ecran("schema"),
    "PDI": _ecran("pdi"),
    "échéances d'un délai": Ecran(
        lambda x: reverse("schema_delai", args=[DELAI]), ("schema_delai",), noms=nommees_du_delai
    ),
}
_SANS_LECTURE = "un acte, sans lecture"
ADRESSES_HORS_SUJET |= {
    "convention:comparer_deposer": "un fichier de nombres, au pilote ; rien n'en est gardé",
    "convention:comptes_import": "les lignes d'un tableur des finances, au pilote ; sans personne",
    "convention:comptes_ligne": "une ligne d'un tableur des finances, au pilote ; sans personne",
    "convention:echeance_reporter": "une échéance de la convention, au pilote ; sans personne",
    "convention:echeance_tenir": "une échéance de la convention, au pilote ; sans personne",
    "convention:rapport": "un rapport fait de nombres, dont les petits sont tus ; sans personne",
    "convention:rapport_commenter": _SANS_LECTURE,
    "convention:rapport_corriger": _SANS_LECTURE,
    "convention:rapport_ecarter": _SANS_LECTURE,
    "convention:rapport_rediger": _SANS_LECTURE,
    "convention:rapport_renvoyer": _SANS_LECTURE,
    "convention:rapport_telecharger": "un rapport fait de nombres, dont les petits sont tus",
    "convention:rapport_valider": _SANS_LECTURE,
    "convention:valeur_corriger": "une valeur d'indicateur, au pilote ; sans personne",
    "formation": "des professionnels en formation, sans personne suivie",
    "formation_annuler": _SANS_LECTURE,
    "formation_attestation": "l'attestation d'un professionnel, à lui et à qui gère",
    "formation_clore": _SANS_LECTURE,
    "formation_emarger": "des professionnels en formation, sans personne suivie",
    "formation_inscrire": _SANS_LECTURE,
    "formation_retirer": _SANS_LECTURE,
    "pdi_action": "une action publiée, sans personne",
    "pdi_charger": _SANS_LECTURE,
    "pdi_deliberer": "une délibération, au pilote ; sans personne",
    "rsa_prevoir": _SANS_LECTURE,
    "rsa_votes_publies": _SANS_LECTURE,
    "schema_action": "une action publiée, sans personne",
    "schema_charger": _SANS_LECTURE,
    "schema_dater": "une date de schéma, au pilote ; sans personne",
    "schema_reviser": "une révision de schéma, au pilote ; sans personne",
}
