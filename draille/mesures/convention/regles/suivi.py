"""Ce qui vit entre deux textes : organes, échéances, provenances, actions, et ce qu'on en lit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles.modele import Libellee

PROCHE_JOURS = 30


class Organe(Libellee):
    """Qui délibère (CGCT, articles L3211-1 et L3211-2)."""

    ASSEMBLEE = "assemblee", "Assemblée départementale"
    COMMISSION_PERMANENTE = "commission_permanente", "Commission permanente"


class NatureEcheance(Libellee):
    """Ce que la convention doit elle-même."""

    RAPPORT = "rapport", "Rapport d'exécution"
    DELIBERATION = "deliberation", "Délibération sur le rapport"
    ENVOI = "envoi", "Envoi au préfet"
    EXECUTION = "execution", "Fin d'exécution des actions"


class Provenance(Libellee):
    """D'où vient une valeur d'indicateur."""

    DRAILLE = "draille", "Calculée des actes"
    INTERNE = "interne", "Relevé du Département"
    SNDS = "snds", "Assurance Maladie (SNDS)"
    PARTENAIRE = "partenaire", "Relevé d'un partenaire"


class Etape(Libellee):
    """Les quatre temps de l'argent. `PREVUE` vient des textes, les autres des comptes publics."""

    PREVUE = "prevue", "Prévu"
    ENGAGEE = "engagee", "Engagé"
    EXECUTEE = "executee", "Exécuté"
    RECUE = "recue", "Reçu"


class SortLigne(Libellee):
    """Ce que devient une ligne d'un fichier des finances : une seule de ces quatre issues."""

    IMPORTEE = "importee", "Importée"
    CONNUE = "connue", "Déjà connue"
    A_REVOIR = "a_revoir", "À revoir"
    REJETEE = "rejetee", "Rejetée"


class StatutRapport(Libellee):
    """Où en est un rapport : un brouillon se relit, un rapport validé ne change plus."""

    BROUILLON = "brouillon", "Brouillon"
    A_VALIDER = "a_valider", "À valider"
    VALIDE = "valide", "Validé"
    ECARTE = "ecarte", "Écarté"


class EtatEcheance(Libellee):
    """Où en est une échéance à une date : toujours un mot, jamais une couleur seule."""

    A_TEMPS = "a_temps", "À temps"
    PROCHE = "proche", "Proche"
    EN_RETARD = "en_retard", "En retard"
    TENUE = "tenue", "Tenue"
    TENUE_EN_RETARD = "tenue_en_retard", "Tenue en retard"


@dataclass(frozen=True)
class EcheanceLue:
    """Une échéance de la convention. `deplacee_du` : sa date d'avant, si un texte l'a reportée."""

    id: int
    nature: NatureEcheance
    libelle: str
    annee: int
    avant_le: date
    tenue_le: date | None
    etat: EtatEcheance
    reference: str = ""
    fixee_par: str = ""
    deplacee_du: date | None = None
    tenue_par: str = ""


@dataclass(frozen=True)
class ReductionLue:
    """Une décision de l'État de réduire ses crédits d'une année, en euros."""

    id: int
    annee: int
    montant: Decimal
    motif: str
    reference: str
    notifiee_le: date


@dataclass(frozen=True)
class ActionLue:
    """Une fiche action ; `montant` nul : non publié. `fin` est exclue."""

    ligne_code: str
    code: str
    libelle: str
    porteur: str
    debut: date | None
    fin: date | None
    montant: Decimal | None
    phrase: str
    origine: str


@dataclass(frozen=True)
class DeliberationLue:
    """Un vote, et le texte qu'il autorise."""

    texte_code: str
    organe: Organe
    reference: str
    tenue_le: date
    objet: str


def etat_echeance(*, avant_le: date, tenue_le: date | None, le: date) -> EtatEcheance:
    """L'état d'une échéance à une date ; ce qui s'est fait après ce jour est ignoré.

    « proche » : il reste `PROCHE_JOURS` jours ou moins, dernier jour compris (mise en page).
    """
    if tenue_le is not None and tenue_le <= le:
        return EtatEcheance.TENUE if tenue_le <= avant_le else EtatEcheance.TENUE_EN_RETARD
    if le > avant_le:
        return EtatEcheance.EN_RETARD
    proche = (avant_le - le).days <= PROCHE_JOURS
    return EtatEcheance.PROCHE if proche else EtatEcheance.A_TEMPS
