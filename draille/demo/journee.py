"""Une journée de l'équipe fictive : reçoit, oriente, confie, convoque ; puis envoie les messages.

Une journée est une transaction : interrompue, elle est à refaire entière. La démonstration reprend
donc au dernier jour joué.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone

from draille.demo import accompagnement, accueil, conventions, doublons
from draille.demo.plan import PlanDeJeu
from draille.demo.remise import remettre
from draille.mesures.orientation_rsa import demo as orientation
from draille.mesures.referent_unique import demo as referents
from draille.mesures.rendez_vous import demo as rendez_vous
from draille.moteurs.delais.calcul import est_ouvre
from draille.noyau.journal.actes import livrer
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent
from draille.noyau.referent.models import Referent
from draille.socle import contexte
from draille.socle.acces import Acces, acces_systeme

PARIS = ZoneInfo("Europe/Paris")
ORIENTATION, SECTEUR, CADRE = "demo.orientation", "demo.orientation.secteur", "demo.cadre"
REFERENTE, ENFANCE = "demo.referent", "demo.enfance"
# Le mois joué (rang) où les moyens de la convention ouvrent de nouvelles heures.
MOIS_DU_RENFORT = 5
JOURS_DE_LA_SEMAINE = 7
# Les bureaux fermés au public (décret 2020-260 du 16 mars 2020 ; décret 2020-548 du 11 mai 2020).
FERMES_LE, ROUVERTS_LE, ANNONCE_LE = date(2020, 3, 17), date(2020, 5, 11), date(2020, 5, 4)
FERMETURE = accueil.Fermeture(du=FERMES_LE, au=ROUVERTS_LE)


def instant(le: date) -> datetime:
    """L'instant d'écriture d'un jour joué."""
    return datetime.combine(le, time(10), PARIS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipe:
    """Les accès des agents qui travaillent ce jour-là."""

    systeme: Acces
    orientation: Acces
    secteur: Acces
    cadre: Acces


def travailler(
    *, plan: PlanDeJeu, debut: date, fin: date, avancer: Callable[[], None] | None = None
) -> None:
    """Joue les jours ouvrés de ]debut, fin] qui ne le sont pas encore."""
    deja = _dernier_jour_joue(fin)
    if deja is not None and deja > debut:
        remettre(plan=plan, le=deja)
    jour = debut + timedelta(days=1)
    while jour <= fin:
        if deja is None or jour > deja:
            if est_ouvre(jour):
                _jouer(plan, jour)
            remettre(plan=plan, le=jour)
        if avancer:
            avancer()
        jour += timedelta(days=1)


def _dernier_jour_joue(fin: date) -> date | None:
    """Le jour du dernier acte d'un agent : chaque journée est écrite entière ou pas du tout."""
    systeme = acces_systeme(nom="démonstration")
    with contexte.ouvrir(acces=systeme, instant=instant(fin)):
        dernier = LigneJournal.objects.filter(agent_id__isnull=False).aggregate(d=Max("ecrit_le"))
    return None if dernier["d"] is None else timezone.localtime(dernier["d"], PARIS).date()


def _jouer(plan: PlanDeJeu, le: date) -> None:
    systeme = acces_systeme(nom="démonstration")
    with contexte.ouvrir(acces=systeme, instant=instant(le)):
        equipe = _equipe(systeme, le)
        # L'accueil a commencé avant les premiers fichiers ; l'insertion les attend.
        if le > plan.mois[1].msa_creee_le:
            _accompagner(plan, equipe, le)
        accueil.travailler(plan=plan, cadre=equipe.cadre, fermeture=FERMETURE, le=le)
        if _est_premier_ouvre(le):
            if le.day <= JOURS_DE_LA_SEMAINE:
                doublons.revoir(systeme=systeme, le=le)
            doublons.decider(plan=plan, cadre=equipe.cadre, enfance=_acces(ENFANCE, le), le=le)
        if le > plan.mois[0].debut:
            _piloter(plan, equipe, le)


def _piloter(plan: PlanDeJeu, equipe: Equipe, le: date) -> None:
    mains = conventions.Mains(
        redacteur=_acces(conventions.REDACTEUR, le),
        valideur=_acces(conventions.VALIDEUR, le),
        cadre=equipe.cadre,
    )
    conventions.travailler(plan=plan, mains=mains, debut_de_semaine=_est_premier_ouvre(le), le=le)
    if _est_dernier_ouvre(plan, le):
        conventions.conclure(plan=plan, mains=mains, le=le)


def _equipe(systeme: Acces, le: date) -> Equipe:
    return Equipe(
        systeme=systeme,
        orientation=_acces(ORIENTATION, le),
        secteur=_acces(SECTEUR, le),
        cadre=_acces(CADRE, le),
    )


def _accompagner(plan: PlanDeJeu, equipe: Equipe, le: date) -> None:
    _tenir_les_bureaux(plan, equipe, le)
    if _recevoir(plan, equipe, le):
        livrer(par=equipe.systeme)
    orientation.travailler(
        graine=plan.graine,
        equipe=orientation.Equipe(tous=equipe.orientation, secteur=equipe.secteur),
        par_telephone=_sont_fermes(le),
        le=le,
    )
    if _est_premier_ouvre(le):
        _jouer_la_semaine(plan, equipe, le)
    if _est_dernier_ouvre(plan, le):
        # La proposition à relire attend, à la date de la démonstration, celui qui l'ouvre.
        livrer(par=equipe.systeme)
        referents.proposer(par=equipe.orientation, le=le)


def _acces(identifiant: str, le: date) -> Acces:
    agent = Agent.objects.select_related("organisation").get(identifiant=identifiant)
    return acces_de(agent=agent, le=le)


def _est_premier_ouvre(le: date) -> bool:
    lundi = le - timedelta(days=le.weekday())
    return not any(est_ouvre(lundi + timedelta(days=n)) for n in range(le.weekday()))


def _est_dernier_ouvre(plan: PlanDeJeu, le: date) -> bool:
    reste = (plan.date_demonstration - le).days
    return not any(est_ouvre(le + timedelta(days=n)) for n in range(1, reste + 1))


def _jouer_la_semaine(plan: PlanDeJeu, equipe: Equipe, le: date) -> None:
    """Chaque premier jour ouvré : relire qui confier à qui, puis convoquer."""
    if le.day <= JOURS_DE_LA_SEMAINE:
        rendez_vous.ouvrir_les_creneaux(par=equipe.cadre, le=le)
    livrer(par=equipe.systeme)
    referents.preciser_les_mobilites(graine=plan.graine, par=equipe.orientation, le=le)
    calcul = referents.proposer(par=equipe.orientation, le=le)
    if calcul is not None:
        relecture = referents.Relecture(accepte=equipe.orientation, change=equipe.cadre)
        referents.relire(calcul=calcul, graine=plan.graine, relecture=relecture, le=le)
        livrer(par=equipe.systeme)
    rendez_vous.annuler_les_sans_objet(par=equipe.cadre, le=le)
    rendez_vous.examiner(graine=plan.graine, par=equipe.cadre, le=le)
    for motif in rendez_vous.MOTIFS:
        rendez_vous.convoquer(motif=motif, par=equipe.orientation, le=le)
    _revoir_sa_file(le)


def _revoir_sa_file(le: date) -> None:
    """La référente qui a un compte revoit, chaque semaine, quelques personnes de sa file."""
    par = _acces(REFERENTE, le)
    suivies = Referent.objects.visibles(par).filter(
        agent_id=par.agent_id, nature=Referent.Nature.UNIQUE, fin=None, debut__lt=le
    )
    personnes = list(suivies.order_by("id").values_list("personne_id", flat=True))
    rendez_vous.revoir(personnes=personnes, par=par, le=le)


def _recevoir(plan: PlanDeJeu, equipe: Equipe, le: date) -> int:
    tenus: dict[int, Acces] = {}

    def recevant(agent_id: int | None, cle_acces: int) -> Acces:
        if agent_id is None:
            voit = equipe.secteur.voit(cle_acces)
            return equipe.secteur if voit else equipe.orientation
        if agent_id not in tenus:
            agent = Agent.objects.select_related("organisation").get(pk=agent_id)
            tenus[agent_id] = acces_de(agent=agent, le=le)
        # La personne a pu déménager hors du secteur de son référent : le cadre écrit pour lui.
        tenu = tenus[agent_id]
        return tenu if tenu.voit(cle_acces) else equipe.cadre

    return rendez_vous.recevoir(graine=plan.graine, recevant=recevant, le=le)


def _tenir_les_bureaux(plan: PlanDeJeu, equipe: Equipe, le: date) -> None:
    """Ce qui change aux bureaux ce jour-là : renfort, fermeture, absences et départs."""
    cadre = equipe.cadre
    if _est_le_jour(plan.mois[MOIS_DU_RENFORT].debut, le):
        accompagnement.renforcer(
            plan=plan, debut=ROUVERTS_LE if _sont_fermes(le) else le, par=cadre, le=le
        )
    if le == FERMES_LE:
        motif = rendez_vous.rythmes()["motif_annulation"]
        rendez_vous.suspendre_les_plages(par=cadre, le=le, motif=motif)
    if le == ANNONCE_LE:
        rendez_vous.reprendre_les_plages(fermees_le=FERMES_LE, debut=ROUVERTS_LE, par=cadre, le=le)
    for absent in accompagnement.absents(plan=plan):
        if _est_le_jour(absent.debut, le):
            _absenter(absent, equipe, le)


def _sont_fermes(le: date) -> bool:
    return FERMES_LE <= le < ROUVERTS_LE


def _est_le_jour(prevu: date, le: date) -> bool:
    """Vrai le premier jour ouvré à partir de ce qui est prévu."""
    return prevu <= le and not any(
        est_ouvre(prevu + timedelta(days=n)) for n in range((le - prevu).days)
    )


def _absenter(absent: accompagnement.Absent, equipe: Equipe, le: date) -> None:
    motif = rendez_vous.rythmes()["motif_absence"]
    cadre, agent_id = equipe.cadre, absent.agent_id
    referents.s_absenter(agent_id=agent_id, debut=le, fin=absent.fin, par=cadre, le=le)
    rendez_vous.suspendre_les_plages(par=cadre, le=le, motif=motif, agent_id=agent_id)
    if absent.fin is not None:
        rendez_vous.reprendre_les_plages(
            fermees_le=le, debut=absent.fin, par=cadre, le=le, agent_id=agent_id
        )
        return
    relecture = referents.Relecture(accepte=equipe.orientation, change=cadre)
    referents.remplacer(agent_id=agent_id, relecture=relecture, le=le)
