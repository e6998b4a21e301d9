"""Jouer toute la démonstration : les fichiers et l'équipe, par les portes de tous."""

import tempfile
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from rich.progress import Progress

from draille.demo import accompagnement, accueil, accueil_lieux, conventions, journee, mise_en_place
from draille.demo.evolution import FichiersDuMois, ecrire_mois, jouer_mois
from draille.demo.journee import instant
from draille.demo.plan import PlanDeJeu, plan_de_jeu
from draille.mesures.rendez_vous import demo as rendez_vous
from draille.noyau.journal.scellement import sceller
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent
from draille.portail.reception import recevoir_et_integrer
from draille.socle import contexte
from draille.socle.acces import Acces, acces_systeme

RACINE = Path(__file__).resolve().parents[2]


def jouer(*, departement: str, le: date, progres: Progress) -> None:
    """Joue ce qui ne l'est pas encore, jusqu'à `le` ; tout joué, ne fait rien.

    Lève LookupError si le Département n'a pas de démonstration.
    """
    systeme = acces_systeme(nom="démonstration")
    plan = plan_de_jeu(departement=departement, date_demonstration=le)
    with contexte.ouvrir(acces=systeme, instant=instant(le)):
        dernier = mise_en_place.dernier_mois_joue()
    if dernier == plan.mois[-1].rang:
        return
    tache = progres.add_task("Territoire et équipe", total=1)
    debut = plan.mois[0].debut - timedelta(days=365)
    with contexte.ouvrir(acces=systeme, instant=instant(debut)) as par:
        mise_en_place.mettre_en_place(code=departement, par=par, le=debut)
        accompagnement.inscrire_les_referents(plan=plan, par=par, le=debut)
        accueil.inscrire_les_agents(plan=plan, par=par, le=debut)
    progres.advance(tache)
    _jouer_les_mois(plan, -1 if dernier is None else dernier, systeme, progres)


def _ouvrir_les_bureaux(plan: PlanDeJeu, systeme: Acces) -> None:
    le = accompagnement.ouvre_le(plan)
    with contexte.ouvrir(acces=systeme, instant=instant(le)):
        if not rendez_vous.est_pose():
            cadre = Agent.objects.select_related("organisation").get(identifiant=journee.CADRE)
            par = acces_de(agent=cadre, le=le)
            accompagnement.ouvrir_les_bureaux(plan=plan, par=par, le=le)


def _jouer_les_mois(plan: PlanDeJeu, dernier: int, systeme: Acces, progres: Progress) -> None:
    tache = progres.add_task("Mois joués", total=len(plan.mois))
    jours = progres.add_task("Jours de travail de l'équipe", total=_jours(plan))
    with tempfile.TemporaryDirectory(prefix="draille_demo_") as dossier:
        for mois_joue in jouer_mois(plan=plan):
            mois = mois_joue.mois
            if mois.rang > dernier:
                avancer = partial(progres.advance, jours)
                if not mois.rang:
                    veille = _veille(plan)
                    journee.travailler(
                        plan=plan, debut=veille, fin=mois.msa_creee_le, avancer=avancer
                    )
                fichiers = ecrire_mois(mois_joue=mois_joue, plan=plan, dossier=Path(dossier))
                dossiers = _recevoir(fichiers)
                suivant = _prochaine_reception(plan, mois.rang)
                debut = mois.msa_creee_le
                if not mois.rang:
                    debut = accompagnement.ouvre_le(plan)
                    journee.travailler(
                        plan=plan, debut=mois.msa_creee_le, fin=debut, avancer=avancer
                    )
                    _ouvrir_les_bureaux(plan, systeme)
                journee.travailler(plan=plan, debut=debut, fin=suivant, avancer=avancer)
                with contexte.ouvrir(acces=systeme, instant=instant(suivant)) as par:
                    conventions.charger(departement=plan.departement, par=par, le=suivant)
                    mise_en_place.marquer_mois(
                        rang=mois.rang, dossiers=dossiers, par=par, le=suivant
                    )
                    sceller()
            progres.advance(tache)
    progres.update(jours, completed=_jours(plan))


def _jours(plan: PlanDeJeu) -> int:
    return (plan.date_demonstration - _veille(plan)).days


def _veille(plan: PlanDeJeu) -> date:
    """La veille de l'année d'accueil, qui commence avant les premiers fichiers."""
    return accueil_lieux.debut_de_l_annee(plan.date_demonstration) - timedelta(days=1)


def _prochaine_reception(plan: PlanDeJeu, rang: int) -> date:
    """La veille du prochain fichier, ou la date de la démonstration."""
    if rang + 1 < len(plan.mois):
        return plan.mois[rang + 1].msa_creee_le
    return plan.date_demonstration


def _recevoir(fichiers: FichiersDuMois) -> int:
    """Intègre les fichiers du mois, chacun au jour de sa création ; rend le nombre de dossiers."""
    mois = fichiers.mois
    chemins = [(fichiers.caf, mois.caf_creee_le), (fichiers.msa, mois.msa_creee_le)]
    if fichiers.contacts is not None:
        chemins.append((fichiers.contacts, mois.msa_creee_le))
    for chemin, le in chemins:
        recevoir_et_integrer(chemin=chemin, le=le, instant=instant(le))
    return fichiers.nombre_foyers
