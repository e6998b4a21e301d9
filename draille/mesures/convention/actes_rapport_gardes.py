"""Ce qu'un acte du rapport vérifie avant d'écrire : le droit, les deux mains, l'état, les dates."""

from datetime import date

from django.db.models import Max

from draille.mesures.convention import lectures_rapport_contenu, models
from draille.mesures.convention.regles.suivi import StatutRapport
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus
from draille.socle.texte import date_courte

REDIGENT = (Role.PILOTE,)
OUVERTS = (StatutRapport.BROUILLON, StatutRapport.A_VALIDER)


def redacteur(*, par: Acces) -> int:
    """L'agent qui rédige. Lève `Refus`: `acces.refuse`, `rapport.anonyme`, `rapport.portee`."""
    par.exiger(REDIGENT, cle_ligne=None, action="rédiger un rapport d'exécution")
    agent_id = personne(par=par)
    if not lectures_rapport_contenu.est_departemental(par):
        raise Refus(
            code="rapport.portee",
            message="Un rapport compte tout le Département, et vos habilitations n'en ouvrent "
            "qu'une partie. Demandez à un pilote du Département de le rédiger.",
        )
    return agent_id


def personne(*, par: Acces) -> int:
    """L'agent connecté. Lève `Refus('rapport.anonyme')` pour un traitement automatique."""
    if par.agent_id is None:
        raise Refus(
            code="rapport.anonyme",
            message="Un rapport se rédige et se valide sous un nom : connectez-vous.",
        )
    return par.agent_id


def nom(*, agent_id: int) -> str:
    """Prénom et nom de l'agent."""
    agent = Agent.objects.get(pk=agent_id)
    return f"{agent.prenom} {agent.nom}".strip()


def cadre_tenu(*, cadre_id: int) -> models.Cadre:
    """La convention, verrouillée. Lève `Refus('rapport.convention')` si elle n'est pas inscrite."""
    # Le verrou sur la convention fait se suivre deux rédactions.
    cadre = models.Cadre.objects.select_for_update().filter(pk=cadre_id).first()
    if cadre is None:
        raise Refus(code="rapport.convention", message="Cette convention n'est pas inscrite.")
    return cadre


def rapport_tenu(*, rapport_id: int) -> models.Rapport:
    """Le rapport, verrouillé. Lève `Refus('rapport.inconnu')`."""
    rapport = (
        models.Rapport.objects.select_for_update(of=("self",))
        .select_related("cadre", "remplace")
        .filter(pk=rapport_id)
        .first()
    )
    if rapport is None:
        raise inconnu()
    return rapport


def inconnu() -> Refus:
    """Le refus d'un rapport qui n'existe pas."""
    return Refus(code="rapport.inconnu", message="Ce rapport n'existe pas.")


def version_suivante(*, cadre: models.Cadre, annee: int) -> int:
    """Le numéro de la prochaine version de l'année."""
    derniere = cadre.rapports.filter(annee=annee).aggregate(n=Max("version"))["n"]
    return (derniere or 0) + 1


def cle(*, rapport: models.Rapport) -> tuple[str, int, int]:
    """Convention, année, version : ce que toute charge du rapport dit."""
    return rapport.cadre.code, rapport.annee, rapport.version


def motif_dit(*, motif: str, message: str) -> str:
    """Le motif, sans blancs autour. Lève `Refus('rapport.motif')` s'il est vide."""
    if not motif.strip():
        raise Refus(code="rapport.motif", message=message)
    return motif.replace("\r\n", "\n").strip()


def exiger_statut(*, rapport: models.Rapport, statut: StatutRapport, action: str) -> None:
    """Lève un `Refus` du nom du statut attendu si le rapport n'y est pas ; `action` : infinitif."""
    if rapport.statut == statut:
        return
    suites = {
        StatutRapport.BROUILLON: ("rapport.brouillon", "un brouillon"),
        StatutRapport.A_VALIDER: ("rapport.soumis", "un rapport soumis"),
        StatutRapport.VALIDE: ("rapport.valide", "un rapport validé"),
    }
    code, attendu = suites[statut]
    etat = StatutRapport(rapport.statut).libelle.lower()
    raise Refus(
        code=code,
        message=f"On ne peut {action} qu'{attendu} ; la version {rapport.version} est : {etat}.",
    )


def exiger_une_autre_main(*, rapport: models.Rapport, agent_id: int) -> None:
    """Lève `Refus('rapport.deux_mains')` si l'agent a rédigé ou commenté ce rapport."""
    auteurs = set(rapport.commentaires.values_list("auteur_id", flat=True))
    if agent_id in {rapport.redige_par_id, *auteurs}:
        raise Refus(
            code="rapport.deux_mains",
            message="Vous avez rédigé ou commenté ce rapport : une autre personne le valide.",
        )


def exiger_posterieur(*, cadre: models.Cadre, annee: int, arrete_le: date) -> None:
    """Lève `Refus('rapport.valide')` si un rapport arrêté ce jour-là ou après est validé."""
    valide = (
        cadre.rapports.filter(annee=annee, statut=StatutRapport.VALIDE, arrete_le__gte=arrete_le)
        .defer("contenu", "pdf")
        .first()
    )
    if valide is not None:
        raise Refus(
            code="rapport.valide",
            message=f"La version {valide.version}, arrêtée au {date_courte(valide.arrete_le)}, est "
            "validée. Ouvrez-la et corrigez-la : la correction dira ce qui change.",
        )


def exiger_corrigeable(*, ancien: models.Rapport, cadre: models.Cadre) -> None:
    """Lève `Refus('rapport.valide')` ou `('rapport.soumis')` si une autre version est en cours."""
    suite = ancien.corrections.exclude(statut=StatutRapport.ECARTE).defer("contenu", "pdf").first()
    if suite is not None:
        raise Refus(
            code="rapport.valide",
            message=f"La version {suite.version} corrige déjà celle-ci. Corrigez la dernière.",
        )
    ouvert = cadre.rapports.filter(annee=ancien.annee, statut__in=OUVERTS).first()
    if ouvert is not None:
        raise Refus(
            code="rapport.soumis",
            message=f"La version {ouvert.version} est ouverte. Faites-la valider, ou écartez-la, "
            "avant d'ouvrir une correction.",
        )
