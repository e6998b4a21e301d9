"""Les dossiers en double de la démonstration : rapprochés, rejoints, séparés, distincts.

La revue se fait chaque mois ; le cadre en décide la semaine suivante, et laisse quelques paires.
"""

from datetime import date, timedelta
from random import Random

from draille.demo.plan import PlanDeJeu
from draille.moteurs.rapprochement import adaptateur_revue as rapprochement
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.noyau.personne.actes import rendre_connue
from draille.socle.acces import Acces, Compartiment
from draille.socle.refus import Refus

ATTENTE_JOURS = 5
# Ce qui reste ouvert pour qui vient voir ; ce que l'on juge être deux personnes.
PART_LAISSEE, PART_DISTINCTE_A_REVOIR = 0.2, 0.4
# Dans les derniers jours, une fusion attend une seconde personne.
A_DEUX_JOURS = 60
# La fusion sur laquelle on revient, et après combien de jours.
RANG_SEPAREE, SEPAREE_APRES = 1, 20


def revoir(*, systeme: Acces, le: date) -> int:
    """La revue du mois, sous l'accès automatique ; rend le nombre de paires nouvelles."""
    return rapprochement.revoir(par=systeme, le=le)


def decider(*, plan: PlanDeJeu, cadre: Acces, enfance: Acces, le: date) -> int:
    """Décide des paires vues depuis quelques jours ; rend le nombre de décisions.

    `enfance` : qui peut confirmer, à deux, une fusion qui touche l'enfance.
    """
    assez = le - timedelta(days=ATTENTE_JOURS)
    a_voir = list(rapprochement.paires(acces=cadre).filter(vue_le__lte=assez))
    if le >= plan.date_demonstration - timedelta(days=A_DEUX_JOURS):
        a_voir = _proposer_une(a_voir, cadre, enfance, le)
    nombre = sum(_decider(plan, paire, cadre, le) for paire in a_voir)
    return nombre + _revenir_sur_une(cadre, le)


def _proposer_une(a_voir: list[Paire], cadre: Acces, enfance: Acces, le: date) -> list[Paire]:
    """Une paire touche l'enfance : le cadre propose, une seconde personne aura à confirmer.

    Rend les autres paires.
    """
    if rapprochement.paires(acces=cadre, vue="a_confirmer").exists():
        return a_voir
    for paire in a_voir:
        deux = (paire.premiere, paire.seconde)
        tenue = next((p for p in deux if Compartiment.SOCIAL in p.compartiments), None)
        if tenue is None:
            continue
        rendre_connue(personne=tenue, compartiment=Compartiment.ENFANCE, par=enfance, le=le)
        gardee = rapprochement.a_garder(*deux)
        absorbee = next(p for p in deux if p != gardee)
        rapprochement.fusionner(gardee_id=gardee.pk, absorbee_id=absorbee.pk, par=cadre, le=le)
        return [autre for autre in a_voir if autre != paire]
    return a_voir


def _decider(plan: PlanDeJeu, paire: Paire, cadre: Acces, le: date) -> int:
    alea = Random(f"{plan.graine}:paire:{paire.premiere_id}:{paire.seconde_id}")
    if alea.random() < PART_LAISSEE:
        return 0
    deux = (paire.premiere, paire.seconde)
    # Deux dossiers que la caisse tient à part sont deux personnes.
    est_distincte = all(Compartiment.INSERTION in p.compartiments for p in deux) or (
        paire.zone == Paire.Zone.A_REVOIR and alea.random() < PART_DISTINCTE_A_REVOIR
    )
    gardee = rapprochement.a_garder(paire.premiere, paire.seconde)
    absorbee = paire.seconde if gardee == paire.premiere else paire.premiere
    try:
        if est_distincte:
            rapprochement.declarer_distinctes(paire_id=paire.pk, par=cadre, le=le)
        else:
            rapprochement.fusionner(gardee_id=gardee.pk, absorbee_id=absorbee.pk, par=cadre, le=le)
    except Refus:
        # Deux états qui ne se cumulent pas, ou un dossier que l'on vient de rejoindre à un autre.
        return 0
    return 1


def _revenir_sur_une(cadre: Acces, le: date) -> int:
    """Une fusion était une erreur : trois semaines après, quelqu'un s'en aperçoit."""
    if Fusion.objects.filter(separee_le__isnull=False).exists():
        return 0
    faites = Fusion.objects.filter(le__lte=le - timedelta(days=SEPAREE_APRES)).order_by("pk")
    for fusion in faites[RANG_SEPAREE : RANG_SEPAREE + 1]:
        rapprochement.separer(fusion_id=fusion.pk, par=cadre, le=le)
        return 1
    return 0


def comptes() -> dict[str, int]:
    """Les paires à revoir, rejointes et distinctes, et les fusions défaites."""
    statuts = list(Paire.objects.values_list("statut", flat=True))
    defaites = Fusion.objects.filter(separee_le__isnull=False).count()
    return {
        "a_revoir": statuts.count(Paire.Statut.OUVERTE.value),
        "a_confirmer": statuts.count(Paire.Statut.EN_ATTENTE.value),
        "rejointes": statuts.count(Paire.Statut.FUSIONNEE.value),
        "distinctes": statuts.count(Paire.Statut.DISTINCTE.value) - defaites,
        "separees": defaites,
    }
