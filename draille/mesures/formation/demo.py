"""Les formations de la démonstration : sessions, inscriptions, émargements, clôtures.

Tout se tire de la graine et du jour, et passe par les actes ; un jour rejoué n'ajoute rien.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.conf import settings

from draille.mesures.formation import actes, regles_catalogue
from draille.mesures.formation.actes import FicheProfessionnel
from draille.mesures.formation.models import Inscription, Presence, Session
from draille.mesures.formation.regles import (
    DemiJournee,
    Moment,
    StatutInscription,
    StatutSession,
    TermesSession,
)
from draille.moteurs.delais.calcul import est_ouvre
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

COMMUNES = 5
# Plus ils sont nombreux à vouloir venir, plus ils s'inscrivent tôt.
CADENCE = 14
_DEJA = {"formation.deja_inscrit", "formation.deja_pris"}


@cache
def rythmes() -> Mapping[str, Any]:
    """Ce qui règle les formations fictives."""
    return dict(yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8")))


def travailler(*, graine: str | int, responsable: Acces, le: date) -> None:
    """Joue un jour ouvré de la formation : programme, inscrit, émarge, clôt, annule.

    `responsable` : un pilote ou un cadre. Rappelé le même jour, n'ajoute rien.
    """
    alea = Random(f"{graine}:formation:{le}")
    if _est_jour_de_programme(le) and le.month not in rythmes()["mois_sans_session"]:
        _programmer(alea, responsable, le)
    ouvertes = list(Session.objects.filter(statut=StatutSession.PROGRAMMEE).order_by("pk"))
    for session in ouvertes:
        fermeture = _fermeture(session, le)
        if fermeture is not None:
            actes.annuler_session(session_id=session.pk, motif=fermeture, par=responsable, le=le)
        elif le < session.debut:
            _inscrire(alea, session, responsable, le)
        else:
            _tenir(session, graine, responsable, le)


def comptes() -> dict[str, int]:
    """Ce que la démonstration a joué : sessions par statut, inscriptions qui tiennent une place."""
    dits = {str(s): Session.objects.filter(statut=s).count() for s in StatutSession}
    tenues = Inscription.objects.filter(statut=StatutInscription.INSCRITE).count()
    return {**dits, "inscriptions": tenues}


def _est_jour_de_programme(le: date) -> bool:
    """Vrai le premier jour ouvré de chaque quinzaine."""
    debut = max(q for q in rythmes()["quinzaines"] if q <= le.day)
    return not any(est_ouvre(le.replace(day=n)) for n in range(debut, le.day))


def _fermeture(session: Session, le: date) -> str | None:
    """Pourquoi la session ne peut pas se tenir, dès que l'on le sait."""
    for fermee in rythmes()["fermetures"]:
        if fermee["du"] <= le and fermee["du"] <= session.debut < fermee["au"]:
            return str(fermee["motif"])
    return None


def _programmer(alea: Random, responsable: Acces, le: date) -> None:
    reglage = rythmes()
    debut = _ouvre_apres(le + timedelta(weeks=reglage["semaines_avant"]))
    offerts = regles_catalogue.themes(le=debut, departement=settings.DRAILLE_DEPARTEMENT)
    if not offerts or Session.objects.filter(programmee_le=le).exists():
        return
    theme = alea.choice(offerts).code
    jours = [debut, _ouvre_apres(debut + timedelta(days=1))][: alea.randint(1, reglage["jours"])]
    heures = registre_global().decimal("formation.heures_demi_journee", le)
    communes = list(
        Commune.objects.filter(population__isnull=False).order_by("-population", "pk")[:COMMUNES]
    )
    actes.programmer_session(
        termes=TermesSession(
            theme=theme,
            titre=alea.choice(reglage["titres"][theme]),
            organisme=alea.choice(reglage["organismes"]),
            lieu=alea.choice(reglage["lieux"]),
            commune_id=alea.choice(communes).pk if communes else None,
            places=alea.choice(reglage["places"]),
            montant_prevu=Decimal(alea.randint(*reglage["cout_par_jour"]) * len(jours)),
            demi_journees=tuple(DemiJournee(j, m, heures) for j in jours for m in Moment),
        ),
        par=responsable,
        le=le,
    )


def _ouvre_apres(le: date) -> date:
    while not est_ouvre(le):
        le += timedelta(days=1)
    return le


def _inscrire(alea: Random, session: Session, responsable: Acces, le: date) -> None:
    """Quelques candidats de plus, étalés jusqu'au premier jour ; parfois un désistement."""
    if Inscription.objects.filter(session=session, demandee_le=le).exists():
        return
    reglage = rythmes()
    voulus = Random(f"candidats:{session.pk}").randint(*reglage["candidats"])
    if session.inscriptions.count() < voulus and alea.random() < voulus / CADENCE:
        # Le tirage peut tomber sur quelqu'un qui y est déjà, ou pris ailleurs ce jour-là.
        try:
            actes.inscrire(session_id=session.pk, qui=_qui(alea), par=responsable, le=le)
        except Refus as refus:
            if refus.code not in _DEJA:
                raise
    elif alea.random() < reglage["part_desistements"] / 4:
        tenue = session.inscriptions.filter(statut=StatutInscription.INSCRITE).first()
        if tenue is not None:
            actes.se_desister(inscription_id=tenue.pk, par=responsable, le=le)


def _qui(alea: Random) -> int | FicheProfessionnel:
    reglage = rythmes()
    partenaires = list(Organisation.objects.filter(est_departement=False).order_by("pk"))
    if partenaires and alea.random() < reglage["part_partenaires"]:
        noms = reglage["partenaires"]
        return FicheProfessionnel(
            nom=alea.choice(noms["noms"]),
            prenom=alea.choice(noms["prenoms"]),
            organisation_id=alea.choice(partenaires).pk,
            fonction=alea.choice(noms["metiers"]),
        )
    agents = Agent.objects.filter(is_active=True, organisation__est_departement=True)
    return int(alea.choice(list(agents.order_by("pk").values_list("pk", flat=True))))


def _tenir(session: Session, graine: str | int, responsable: Acces, le: date) -> None:
    """Émarge les demi-journées du jour ; le lendemain de la dernière, clôt avec la facture."""
    alea = Random(f"{graine}:formation:{session.pk}:{le}")
    dites = Presence.objects.filter(demi_journee__session=session)
    a_dire = session.demi_journees.filter(jour__lte=le).exclude(
        pk__in=dites.values("demi_journee_id")
    )
    inscrits = list(session.inscriptions.filter(statut=StatutInscription.INSCRITE))
    for demi in list(a_dire):
        presents = [i.pk for i in inscrits if alea.random() < rythmes()["part_presents"]]
        actes.emarger(demi_journee_id=demi.pk, presents=presents, par=responsable, le=le)
    if le > session.fin:
        ecart = Decimal(str(round(1 + alea.uniform(-1, 1) * rythmes()["ecart_cout"], 4)))
        montant = (session.montant_prevu * ecart).quantize(Decimal("0.01"))
        actes.clore_session(session_id=session.pk, montant_reel=montant, par=responsable, le=le)
