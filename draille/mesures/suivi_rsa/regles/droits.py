"""Ce qui arrive à une personne d'un mois à l'autre : entrée, sortie, suspension, reprise.

La population est celle des personnes soumises aux droits et devoirs (TOPPERSDRODEVORSA) dans
un dossier ouvert et versable (état 2). Dans plusieurs dossiers, elle est jugée sur le plus ouvert.

Plusieurs catégories peuvent convenir à la même entrée ; une seule est retenue, dans cet ordre :

1. mutation : le dossier, nouveau ici, vient d'un autre Département (DDARRMUT depuis DTDEMRSA) ;
2. retour : déjà connue d'un droit, close ou absente, ou suspendue depuis plus d'un an ;
3. devient_soumis : le foyer a déjà le RSA, elle y était, et entre dans les droits et devoirs ;
4. rejoint_foyer : le foyer a déjà le RSA, elle y arrive (DDRATDOS depuis DTDEMRSA) ;
5. primo_arrivant : tout le reste ; jamais vue avec un droit.

Une demande en attente ou refusée (états 0 et 1) n'est pas un droit : qui n'a connu qu'elle est
primo-arrivante le jour où le droit s'ouvre. Une personne vue d'abord suspendue n'est entrante que
lorsque son droit devient versable.
"""

from datetime import date
from typing import NamedTuple

ETATS = {
    "0": "Demande en attente",
    "1": "Droit refusé",
    "2": "Droit ouvert et versable",
    "3": "Droit ouvert, suspendu",
    "4": "Versement suspendu",
    "5": "Droit clos",
    "6": "Droit clos, contrôle en cours",
}
VERSABLE = "2"
SUSPENDUS = frozenset("34")
EN_DROIT = frozenset("234")
# Du plus ouvert au plus fermé, pour une personne de plusieurs dossiers.
PRIORITE = "2430156"

CATEGORIES = {
    "primo_arrivant": "Primo-arrivant",
    "retour": "Retour",
    "devient_soumis": "Devient soumis aux droits et devoirs",
    "rejoint_foyer": "Rejoint un foyer",
    "mutation": "Arrive d'un autre Département",
}
SORTIES = {
    "ECH": "Échéance (quatre mois sans droit)",
    "EFF": "Annulation de la bascule RMI ou API",
    "MUT": "Mutation vers un autre organisme",
    "PCG": "Décision du Président du Département",
    "RAU": "Radiation, autre motif",
    "RFD": "Fin de droit",
    "RGD": "Regroupement de dossiers",
    "RSO": "Option RSO",
    "RST": "Option RSTA",
    "CLOS": "Droit clos, sans motif",
    "REFUS": "Droit refusé",
    "ATTENTE": "Demande remise en attente",
    "ABSENT": "Dossier absent du fichier",
    "FOYER": "A quitté le foyer",
    "NON_SOUMIS": "N'est plus soumis aux droits et devoirs",
    "SUSPENSION": "Suspension de plus d'un an",
}
ENTRER, SORTIR, SUSPENDRE, RETABLIR = "entrer", "sortir", "suspendre", "retablir"
ABSENT = "ABSENT"
DOSSIER_ABSENT = "A"


class Avant(NamedTuple):
    """La personne au mois précédent, dans son dossier le plus ouvert.

    `etat` est vide si elle n'était dans aucun dossier. `a_eu_droit` : vue un jour dans un droit
    (états 2 à 6). `a_ete_versable` : vue soumise dans un droit versable, ou prise dans le stock.
    `a_entree` : une de ses entrées est en cours.
    """

    etat: str = ""
    est_soumis: bool = False
    suspendu_depuis: date | None = None
    a_eu_droit: bool = False
    a_ete_versable: bool = False
    a_entree: bool = False


class Apres(NamedTuple):
    """La personne au mois du fichier, dans son dossier le plus ouvert.

    `etat` est vide si elle n'est plus dans son foyer, « A » si son dossier manque au fichier.
    `motif` : celui de l'état, codé par la CAF. `foyer_connu` : ce dossier a déjà été versable.
    `arrivee_le` : venue d'un autre Département (DDARRMUT) ; `rattachee_le` : DDRATDOS.
    """

    etat: str = ""
    motif: str = ""
    est_soumis: bool = False
    demande_le: date | None = None
    arrivee_le: date | None = None
    rattachee_le: date | None = None
    foyer_connu: bool = False


class Evenement(NamedTuple):
    """Un acte à écrire : `entrer` avec sa catégorie, les autres avec leur motif."""

    acte: str
    motif: str


def evenements(*, avant: Avant, apres: Apres, mois: date) -> tuple[Evenement, ...]:
    """Rend ce qui est arrivé à la personne, dans l'ordre où l'écrire. `mois` : premier du mois."""
    if apres.etat not in EN_DROIT:
        if avant.etat not in EN_DROIT:
            return ()
        return (Evenement(SORTIR, motif_de_sortie(apres)),)
    faits: list[Evenement] = []
    entree = categorie(avant=avant, apres=apres, mois=mois)
    if avant.etat in EN_DROIT:
        if avant.est_soumis and not apres.est_soumis:
            faits.append(Evenement(SORTIR, "NON_SOUMIS"))
        elif entree and avant.a_entree:
            faits.append(Evenement(SORTIR, "SUSPENSION"))
        if avant.etat == VERSABLE and apres.etat in SUSPENDUS:
            faits.append(Evenement(SUSPENDRE, apres.motif))
        elif avant.etat in SUSPENDUS and apres.etat == VERSABLE and entree != "retour":
            faits.append(Evenement(RETABLIR, ""))
    if entree:
        faits.append(Evenement(ENTRER, entree))
    return tuple(faits)


def categorie(*, avant: Avant, apres: Apres, mois: date) -> str:
    """Rend la catégorie du nouvel entrant, vide si la personne n'en est pas un."""
    if apres.etat != VERSABLE or not apres.est_soumis:
        return ""
    if avant.etat not in EN_DROIT:
        return _venue(apres, a_eu_droit=avant.a_eu_droit)
    if est_suspension_longue(avant=avant, mois=mois):
        return "retour"
    if not avant.est_soumis:
        return "devient_soumis"
    if avant.etat in SUSPENDUS and not avant.a_ete_versable:
        return _venue(apres, a_eu_droit=False)
    return ""


def est_suspension_longue(*, avant: Avant, mois: date) -> bool:
    """Dit si la personne était suspendue depuis plus d'un an au premier du mois."""
    depuis = avant.suspendu_depuis
    if avant.etat not in SUSPENDUS or depuis is None:
        return False
    return (depuis.year + 1, depuis.month, depuis.day) < (mois.year, mois.month, mois.day)


def motif_de_sortie(apres: Apres) -> str:
    """Rend le motif de sortie : celui de la CAF si elle en donne un, sinon ce qui s'est vu."""
    sans_motif = {"": "FOYER", DOSSIER_ABSENT: ABSENT, "0": "ATTENTE", "1": "REFUS"}
    return sans_motif.get(apres.etat) or apres.motif or "CLOS"


def _venue(apres: Apres, *, a_eu_droit: bool) -> str:
    demande_le = apres.demande_le
    if not apres.foyer_connu and _depuis(apres.arrivee_le, demande_le):
        return "mutation"
    if a_eu_droit:
        return "retour"
    if not apres.foyer_connu:
        return "primo_arrivant"
    return "rejoint_foyer" if _depuis(apres.rattachee_le, demande_le) else "devient_soumis"


def _depuis(le: date | None, repere: date | None) -> bool:
    return le is not None and repere is not None and le >= repere
