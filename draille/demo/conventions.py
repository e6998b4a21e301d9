"""Le schéma, la convention, l'argent et la formation, au fil des jours de l'équipe fictive.

Deux mains : l'une tient la convention et rédige, l'autre valide.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from draille.demo.plan import PlanDeJeu
from draille.mesures.convention import demo as argent
from draille.mesures.convention import demo_rapport as rapports
from draille.mesures.convention import demo_suivi as suivi
from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.regles import charger_fichier, dossier_du_departement
from draille.mesures.formation import demo as formation
from draille.mesures.pdi import demo as pdi
from draille.mesures.schema_solidarites import demo as schema
from draille.mesures.suivi_rsa import demo as rsa
from draille.socle.acces import Acces

REDACTEUR, VALIDEUR = "demo.pilote", "demo.direction"
RACINE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mains:
    """Qui tient la convention et rédige, qui valide, qui lit les dossiers."""

    redacteur: Acces
    valideur: Acces
    cadre: Acces


def travailler(*, plan: PlanDeJeu, mains: Mains, debut_de_semaine: bool, le: date) -> None:
    """Joue ce jour ouvré ; rappelé le même jour, il n'ajoute rien.

    `debut_de_semaine` : premier jour ouvré de la semaine, celui où l'on met ses textes à jour.
    """
    formation.travailler(graine=plan.graine, responsable=mains.redacteur, le=le)
    if debut_de_semaine:
        charger(departement=plan.departement, par=mains.redacteur, le=le)
        rsa.recevoir_acompte(graine=plan.graine, par=mains.cadre, le=le)
        argent.importer_le_mois(
            departement=plan.departement, graine=plan.graine, par=mains.redacteur, le=le
        )


def conclure(*, plan: PlanDeJeu, mains: Mains, le: date) -> None:
    """Ce qui attend, au dernier jour ouvré du jeu, celui qui ouvre la démonstration."""
    charger(departement=plan.departement, par=mains.redacteur, le=le)
    argent.importer_le_mois(
        departement=plan.departement, graine=plan.graine, par=mains.redacteur, le=le
    )
    rsa.prevoir(par=mains.redacteur, le=le)
    rapports.rediger_un_rapport(
        departement=plan.departement, redacteur=mains.redacteur, validateur=mains.valideur, le=le
    )


def charger(*, departement: str, par: Acces, le: date) -> None:
    """Ce qui est signé, voté ou publié à ce jour ; déjà chargé, ne fait rien."""
    dossier = dossier_du_departement(racine=RACINE, code=departement)
    contenu = charger_fichier(chemin=dossier / "convention.yaml")
    charger_convention(contenu=contenu, par=par, le=le)
    suivi.suivre(departement=departement, par=par, le=le)
    schema.charger(racine=RACINE, departement=departement, par=par, le=le)
    pdi.charger(racine=RACINE, departement=departement, par=par, le=le)
    rsa.voter(departement=departement, par=par, le=le)
