"""Le droit au dossier d'une personne : son état mois après mois, son entrée, sa sortie."""

from dataclasses import dataclass
from datetime import date

from draille.ecrans.panneaux import Donnees, Panneau
from draille.mesures.suivi_rsa import lectures
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.models import Entree, PeriodeDroit
from draille.mesures.suivi_rsa.regles import CATEGORIES, ETATS, SORTIES, SUSPENDUS, VERSABLE
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces

PERIODES_MONTREES = 12


@dataclass(frozen=True, slots=True)
class PeriodeLue:
    """Un état et ses mois ; `fin` est le dernier mois, inclus, nul s'il dure."""

    debut: date
    fin: date | None
    etat: str
    ton: str


@dataclass(frozen=True, slots=True)
class EntreeLue:
    """Une entrée dans les droits et devoirs, et sa sortie s'il y en a une."""

    entree: Entree
    categorie: str
    sortie: str


def _panneau(personne: Personne, acces: Acces, le: date) -> Donnees:
    droits = lectures.droits_de(personne_id=personne.pk, acces=acces)
    if not droits:
        return None
    periodes = sorted(
        (p for d in droits for p in d.periodes if p.debut <= le),
        key=lambda p: (p.debut, p.pk),
        reverse=True,
    )
    lues = [_periode(p) for p in periodes[:PERIODES_MONTREES]]
    entrees = lectures.entrees_de(personne_id=personne.pk, acces=acces)
    return {
        "courante": lues[0] if lues else None,
        "situation": droits[0].situation,
        "periodes": lues,
        "entrees": [_entree(e) for e in entrees if e.connue_le <= le],
    }


def _periode(periode: PeriodeDroit) -> PeriodeLue:
    ton = "pierre"
    if periode.etat == VERSABLE:
        ton = "pature"
    elif periode.etat in SUSPENDUS:
        ton = "genet"
    fin = periode.fin and _mois_precedent(periode.fin)
    return PeriodeLue(periode.debut, fin, ETATS[periode.etat], ton)


def _mois_precedent(mois: date) -> date:
    annee, rang = divmod(mois.year * 12 + mois.month - 2, 12)
    return date(annee, rang + 1, 1)


def _entree(entree: Entree) -> EntreeLue:
    categorie = CATEGORIES.get(entree.categorie, entree.categorie)
    return EntreeLue(entree, categorie, SORTIES.get(entree.sortie_motif, entree.sortie_motif))


PANNEAUX = (
    Panneau(
        code="suivi_rsa.droit",
        titre="Droit au RSA",
        predicat=ACCES["voir_droit"],
        gabarit="suivi_rsa/panneau.html",
        contexte=_panneau,
        rang=20,
    ),
)
