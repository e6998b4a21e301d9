"""Ce que l'on écrit à la personne : convocation, rappel, annulation, dans la transaction de l'acte.

Les messages parlent du rendez-vous (`objet_id`) et ne disent que ce qu'il faut pour venir.
"""

from datetime import date, datetime, time, timedelta

from draille.mesures.rendez_vous import regles
from draille.mesures.rendez_vous.models import Motif, RendezVous
from draille.moteurs.messages.adaptateur import Envoi, annuler
from draille.moteurs.messages.adaptateur_calendrier import Evenement
from draille.noyau.organisation.models import Agent
from draille.socle.acces import PAS, Acces, Compartiment
from draille.socle.parametres import registre_global
from draille.socle.texte import date_longue

CONVOCATIONS = {
    Motif.ORIENTATION: "convocation_orientation",
    Motif.REFERENT: "convocation_referent",
    Motif.SUIVI: "convocation_referent",
}
SECONDE = "seconde_convocation"
RAPPEL = "rappel_rendez_vous"
ANNULATION = "annulation_rendez_vous"
DIXIEMES = 10
RESUMES = {
    Motif.ORIENTATION: "Premier rendez-vous, pour votre orientation",
    Motif.REFERENT: "Rendez-vous avec votre référent",
    Motif.SUIVI: "Rendez-vous de suivi",
}


def convocation(rendez_vous: RendezVous, *, canal: str | None, est_algorithmique: bool) -> Envoi:
    """La convocation, avec le rendez-vous à mettre à l'agenda."""
    code = SECONDE if rendez_vous.rang > 1 else CONVOCATIONS[Motif(rendez_vous.motif)]
    if code == "convocation_referent" and rendez_vous.creneau.agent_id is None:
        code = CONVOCATIONS[Motif.ORIENTATION]
    return Envoi(
        personne=rendez_vous.personne,
        modele=code,
        canal=canal,
        champs=champs(rendez_vous),
        objet_id=rendez_vous.pk,
        compartiment=_compartiment(rendez_vous),
        evenement=_evenement(rendez_vous),
        est_algorithmique=est_algorithmique,
    )


def rappel(rendez_vous: RendezVous, *, le: date) -> Envoi | None:
    """Le rappel, à l'heure du paramètre ; nul quand il n'est plus temps."""
    parametres = registre_global()
    jour = rendez_vous.jour - timedelta(days=parametres.entier("rendez_vous.rappel", le))
    if jour <= le:
        return None
    heure = time(parametres.entier("rendez_vous.heure_rappel", le))
    return Envoi(
        personne=rendez_vous.personne,
        modele=RAPPEL,
        champs=champs(rendez_vous),
        objet_id=rendez_vous.pk,
        compartiment=_compartiment(rendez_vous),
        a_envoyer_le=regles.en_instant(jour=jour, heure=heure),
    )


def annulation(rendez_vous: RendezVous, *, motif: str) -> Envoi:
    """L'annonce d'une annulation ; elle retire le rendez-vous de l'agenda de la personne."""
    dits = {c: v for c, v in champs(rendez_vous).items() if c not in ("comment_venir", "minutes")}
    return Envoi(
        personne=rendez_vous.personne,
        modele=ANNULATION,
        champs={**dits, "motif": motif},
        objet_id=rendez_vous.pk,
        compartiment=_compartiment(rendez_vous),
        evenement=_evenement(rendez_vous, est_annule=True),
    )


def retirer(rendez_vous: RendezVous, *, par: Acces, le: date) -> None:
    """Annule ce qui n'est pas encore parti : on ne rappelle pas un rendez-vous qui n'est plus."""
    annuler(objet_id=rendez_vous.pk, par=par, le=le)


def champs(rendez_vous: RendezVous) -> dict[str, str]:
    """Ce que disent les messages : quand, où, avec qui, à quelle distance."""
    creneau = rendez_vous.creneau
    lieu = creneau.lieu
    agent: Agent | None = creneau.agent
    minutes = rendez_vous.minutes
    return {
        "date": date_longue(rendez_vous.jour),
        "heure": heure(rendez_vous.debut),
        "lieu": lieu.nom,
        "adresse": f"{lieu.adresse}, {lieu.commune.nom}",
        "comment_venir": lieu.acces_handicap,
        "minutes": "" if minutes is None else str(round(minutes / DIXIEMES)),
        "referent": str(agent) if agent else "",
        "organisation": lieu.organisation.nom,
        "telephone_service": lieu.telephone,
    }


def heure(instant: datetime) -> str:
    """« 14 h 30 », « 9 h », à Paris."""
    ici = instant.astimezone(regles.PARIS)
    return f"{ici.hour} h {ici.minute:02d}" if ici.minute else f"{ici.hour} h"


def _compartiment(rendez_vous: RendezVous) -> Compartiment:
    return Compartiment(rendez_vous.cle_acces // PAS)


def _evenement(rendez_vous: RendezVous, *, est_annule: bool = False) -> Evenement:
    lieu = rendez_vous.creneau.lieu
    # D'une date à l'autre d'une même demande, l'agenda de la personne se met à jour : la suite des
    # identifiants en donne l'ordre.
    suite = f"demande-{rendez_vous.demande_id}" if rendez_vous.demande_id else f"{rendez_vous.pk}"
    return Evenement(
        uid=f"rendez-vous-{suite}@draille",
        debut=rendez_vous.debut,
        fin=rendez_vous.fin,
        lieu=f"{lieu.nom}, {lieu.adresse}, {lieu.commune.nom}",
        resume=RESUMES[Motif(rendez_vous.motif)],
        sequence=2 * (rendez_vous.pk or 0) + int(est_annule),
        est_annule=est_annule,
    )
