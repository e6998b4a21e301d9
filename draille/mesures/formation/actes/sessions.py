"""Programmer une session, la clore avec ce qu'elle a fait, l'annuler."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from draille.mesures.formation import regles, regles_catalogue
from draille.mesures.formation.actes import charges
from draille.mesures.formation.actes.commun import ecrire, exiger_gestion, prendre, refus
from draille.mesures.formation.models import Annee, DemiJournee, Inscription, Presence, Session
from draille.mesures.formation.regles import StatutInscription, StatutSession, TermesSession
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.texte import date_moyenne, pluriel


@transaction.atomic
def programmer_session(*, termes: TermesSession, par: Acces, le: date) -> Session:
    """Programme une session à venir (ou du jour), sans inscrit.

    Lève `Refus` : `acces.refuse`, `formation.` `theme_inconnu` (hors catalogue à la date du premier
    jour), `titre`, `demi_journees`, `heures`, `places`, `montant`, `debut_passe`, `date_future`.
    """
    exiger_gestion(par=par, action="programmer une session de formation")
    faute = regles.faute(termes)
    if faute is not None:
        raise refus(*faute)
    if termes.debut < le:
        raise refus(
            "debut_passe",
            f"Le {date_moyenne(termes.debut)} est passé. Une session se programme avant son "
            "premier jour, ou ce jour même.",
        )
    _exiger_theme(termes)
    session = Session.objects.create(
        theme=termes.theme,
        titre=termes.titre.strip(),
        organisme=termes.organisme.strip(),
        lieu=termes.lieu.strip(),
        commune_id=termes.commune_id,
        places=termes.places,
        debut=termes.debut,
        fin=termes.fin,
        heures=termes.heures,
        montant_prevu=termes.montant_prevu,
        programmee_le=le,
    )
    DemiJournee.objects.bulk_create(
        DemiJournee(session=session, jour=d.jour, moment=str(d.moment), heures=d.heures)
        for d in termes.demi_journees
    )
    charge = charges.ProgrammerSession(
        session_id=session.pk,
        theme=termes.theme,
        du=termes.debut,
        au=termes.fin,
        demi_journees=len(termes.demi_journees),
        heures=termes.heures,
        places=termes.places,
        montant_prevu=termes.montant_prevu,
    )
    ecrire(charge=charge, session=session, par=par, le=le)
    return session


def _exiger_theme(termes: TermesSession) -> None:
    offerts = regles_catalogue.themes(
        le=termes.debut, departement=settings.DRAILLE_DEPARTEMENT or ""
    )
    if termes.theme not in {t.code for t in offerts}:
        raise refus(
            "theme_inconnu",
            f"Ce thème n'est pas au catalogue le {date_moyenne(termes.debut)}. "
            "Choisissez-en un autre, ou une date plus tardive.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BilanSession:
    """Ce qu'une session a fait : combien inscrits, présents au moins une fois, formés ; heures."""

    inscrits: int
    presents: int
    formes: int
    heures: Decimal


@transaction.atomic
def clore_session(*, session_id: int, montant_reel: Decimal, par: Acces, le: date) -> BilanSession:
    """Clôt une session finie et émargée : chaque demi-journée suivie entre au journal, à son jour.

    `montant_reel` : ce qu'elle a coûté, en euros. Lève `Refus` : `acces.refuse`, `formation.`
    `session_introuvable`, `session_finie`, `pas_finie`, `non_emargee`, `montant`, `date_future`.
    """
    exiger_gestion(par=par, action="clore une session de formation")
    session = prendre(session_id=session_id)
    _exiger_montant(montant_reel)
    if le < session.fin:
        raise refus(
            "pas_finie",
            f"Cette session finit le {date_moyenne(session.fin)}. Vous la clorez après.",
        )
    inscriptions = list(
        session.inscriptions.filter(statut=StatutInscription.INSCRITE).order_by("pk")
    )
    suivies = _suivies(session, inscriptions)
    session.statut, session.finie_le, session.montant_reel = StatutSession.CLOSE, le, montant_reel
    session.save(update_fields=["statut", "finie_le", "montant_reel"])
    # Les derniers de la liste n'auront pas eu de place.
    _abandonner_attente(session, le)
    bilan = _ecrire_suivies(session, suivies, len(inscriptions), par)
    charge = charges.CloreSession(
        session_id=session.pk,
        theme=session.theme,
        inscrits=bilan.inscrits,
        presents=bilan.presents,
        formes=bilan.formes,
        heures=bilan.heures,
        montant_prevu=session.montant_prevu,
        montant_reel=montant_reel,
    )
    ecrire(charge=charge, session=session, par=par, le=le)
    return bilan


def _exiger_montant(montant: Decimal) -> None:
    if montant < 0:
        raise refus("montant", "Un coût ne peut pas être négatif. Écrivez 0 si rien n'est dû.")


def _suivies(
    session: Session, inscriptions: list[Inscription]
) -> Mapping[Inscription, list[DemiJournee]]:
    """Ce que chacun a suivi ; lève `Refus('formation.non_emargee')` s'il manque une présence."""
    demis = list(session.demi_journees.all())
    dites = {
        (p.inscription_id, p.demi_journee_id): p.est_presente
        for p in Presence.objects.filter(inscription__in=inscriptions)
    }
    for demi in demis:
        if any((i.pk, demi.pk) not in dites for i in inscriptions):
            raise refus(
                "non_emargee",
                f"L'émargement du {date_moyenne(demi.jour)} ({regles.Moment(demi.moment).libelle}) "
                "n'est pas complet. Dites qui était là, puis clôturez.",
            )
    suivies: dict[Inscription, list[DemiJournee]] = defaultdict(list)
    for inscription in inscriptions:
        suivies[inscription] = [d for d in demis if dites[(inscription.pk, d.pk)]]
    return suivies


def _ecrire_suivies(
    session: Session,
    suivies: Mapping[Inscription, list[DemiJournee]],
    inscrits: int,
    par: Acces,
) -> BilanSession:
    part_min = registre_global().decimal("formation.part_suivie_min", session.fin)
    total = session.demi_journees.count()
    formes, heures = 0, Decimal(0)
    for inscription, demis in suivies.items():
        est_forme = regles.est_forme(suivies=len(demis), total=total, part_min=part_min)
        formes += est_forme
        heures += sum((d.heures for d in demis), Decimal(0))
        for demi in demis:
            _ecrire_suivie(session, inscription, demi, est_forme, par)
    presents = sum(bool(demis) for demis in suivies.values())
    return BilanSession(inscrits=inscrits, presents=presents, formes=formes, heures=heures)


def _ecrire_suivie(
    session: Session, inscription: Inscription, demi: DemiJournee, est_forme: bool, par: Acces
) -> None:
    annee, _ = Annee.objects.get_or_create(
        professionnel_id=inscription.professionnel_id, annee=demi.jour.year
    )
    charge = charges.Suivre(
        session_id=session.pk,
        professionnel_id=inscription.professionnel_id,
        demi_journee_id=demi.pk,
        theme=session.theme,
        heures=demi.heures,
        est_forme=est_forme,
    )
    ecrire(charge=charge, session=session, par=par, le=demi.jour, objet_id=annee.pk)


def _abandonner_attente(session: Session, le: date) -> None:
    session.inscriptions.filter(statut=StatutInscription.EN_ATTENTE).update(
        statut=StatutInscription.ANNULEE, suite_le=le
    )


@transaction.atomic
def annuler_session(
    *, session_id: int, motif: str, par: Acces, le: date, montant_reel: Decimal = Decimal(0)
) -> int:
    """Annule une session dont rien n'est émargé ; rend combien d'inscriptions tombent avec elle.

    `montant_reel` : ce qui reste dû à l'organisme, en euros. Lève `Refus` : `acces.refuse`,
    `formation.` `session_introuvable`, `session_finie`, `motif`, `montant`, `deja_emargee`,
    `date_future`.
    """
    exiger_gestion(par=par, action="annuler une session de formation")
    session = prendre(session_id=session_id)
    _exiger_montant(montant_reel)
    if not motif.strip():
        raise refus("motif", "Dites en quelques mots pourquoi la session est annulée.")
    emargees = Presence.objects.filter(demi_journee__session=session).count()
    if emargees:
        raise refus(
            "deja_emargee",
            f"Cette session a commencé : {pluriel(emargees, 'présence')} y "
            f"{'sont' if emargees > 1 else 'est'} émargée{'s' if emargees > 1 else ''}. "
            "Clôturez-la plutôt, avec ce qui a été suivi.",
        )
    vives = session.inscriptions.filter(statut__in=[str(s) for s in regles.VIVES])
    tombees = vives.update(statut=StatutInscription.ANNULEE, suite_le=le)
    Session.objects.filter(pk=session.pk).update(
        statut=StatutSession.ANNULEE,
        finie_le=le,
        montant_reel=montant_reel,
        motif=motif.strip()[:200],
    )
    charge = charges.AnnulerSession(
        session_id=session.pk,
        theme=session.theme,
        inscriptions=tombees,
        montant_prevu=session.montant_prevu,
        montant_reel=montant_reel,
    )
    ecrire(charge=charge, session=session, par=par, le=le)
    return tombees
