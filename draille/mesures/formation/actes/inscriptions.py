"""S'inscrire, inscrire un professionnel, se désister : la place libérée va à qui attend."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.mesures.formation import regles
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.actes import charges
from draille.mesures.formation.actes.commun import (
    ecrire,
    exiger_gestion,
    prendre,
    refus,
    refuser_en_phrases,
)
from draille.mesures.formation.models import (
    DemiJournee,
    Inscription,
    Presence,
    Professionnel,
    Session,
)
from draille.mesures.formation.regles import StatutInscription, StatutSession
from draille.noyau.organisation.models import Agent, Organisation
from draille.socle.acces import Acces
from draille.socle.texte import date_moyenne


@dataclass(frozen=True, slots=True, kw_only=True)
class FicheProfessionnel:
    """Un professionnel d'un partenaire, qui n'a pas de compte ici."""

    nom: str
    prenom: str
    organisation_id: int
    fonction: str = ""


@transaction.atomic
def inscrire(
    *, session_id: int, qui: int | FicheProfessionnel, par: Acces, le: date
) -> Inscription:
    """Inscrit un agent (`qui` : son identifiant) ou un professionnel d'un partenaire.

    Sans place libre, l'inscription attend : le premier arrivé prend la première place rendue. Un
    agent s'inscrit lui-même ; un pilote ou un cadre inscrit les autres. Lève `Refus` :
    `acces.refuse`, `formation.` `session_introuvable`, `session_finie`, `commencee`,
    `professionnel_inconnu`, `deja_inscrit`, `deja_pris` (une autre session à la même heure),
    `date_future`.
    """
    if qui != par.agent_id or not ACCES["s_inscrire"](par):
        exiger_gestion(par=par, action="inscrire un collègue à une formation")
    session = prendre(session_id=session_id)
    if le > session.debut:
        raise refus(
            "commencee",
            f"Cette session a commencé le {date_moyenne(session.debut)} : on ne s'y inscrit plus. "
            "Choisissez la prochaine.",
        )
    professionnel = _professionnel(qui)
    _exiger_libre(professionnel, session)
    est_complete = session.prises >= session.places
    statut = StatutInscription.EN_ATTENTE if est_complete else StatutInscription.INSCRITE
    with refuser_en_phrases():
        inscription = Inscription.objects.create(
            session=session, professionnel=professionnel, statut=statut, demandee_le=le
        )
    charge = charges.Inscrire(inscription.pk, session.pk, professionnel.pk, est_complete)
    ecrire(charge=charge, session=session, par=par, le=le)
    return inscription


def _professionnel(qui: int | FicheProfessionnel) -> Professionnel:
    """Le professionnel, verrouillé : deux inscriptions du même attendent l'une l'autre."""
    if isinstance(qui, FicheProfessionnel):
        trouve = _partenaire(qui)
    else:
        agent = Agent.objects.filter(pk=qui, is_active=True).first()
        if agent is None:
            raise refus(
                "professionnel_inconnu",
                "Cet agent n'a pas de compte ouvert. Choisissez-le dans la liste.",
            )
        trouve, _ = Professionnel.objects.get_or_create(
            agent=agent, defaults={"organisation_id": agent.organisation_id}
        )
    return Professionnel.objects.select_for_update(of=("self",)).get(pk=trouve.pk)


def _partenaire(fiche: FicheProfessionnel) -> Professionnel:
    nom, prenom = fiche.nom.strip(), fiche.prenom.strip()
    est_connue = Organisation.objects.filter(
        pk=fiche.organisation_id, est_departement=False
    ).exists()
    if not (nom and prenom and est_connue):
        raise refus(
            "professionnel_inconnu",
            "Dites le nom, le prénom et le partenaire. Un agent du Département s'inscrit par son "
            "compte.",
        )
    # La casse ne fait pas deux personnes.
    connu = Professionnel.objects.filter(
        organisation_id=fiche.organisation_id,
        agent__isnull=True,
        nom__iexact=nom,
        prenom__iexact=prenom,
    ).first()
    if connu is not None:
        return connu
    trouve, _ = Professionnel.objects.get_or_create(
        organisation_id=fiche.organisation_id,
        agent=None,
        nom=nom,
        prenom=prenom,
        defaults={"fonction": fiche.fonction.strip()},
    )
    return trouve


def _exiger_libre(professionnel: Professionnel, session: Session) -> None:
    """Ni déjà inscrit, ni tenu ailleurs aux mêmes heures."""
    vives = Inscription.objects.filter(
        professionnel=professionnel,
        statut__in=[str(s) for s in regles.VIVES],
        session__statut=StatutSession.PROGRAMMEE,
    )
    if vives.filter(session=session).exists():
        raise refus("deja_inscrit", f"{professionnel} est déjà sur la liste de cette session.")
    ailleurs = DemiJournee.objects.filter(
        session__in=vives.filter(statut=StatutInscription.INSCRITE).values("session")
    )
    commune = regles.se_chevauchent(
        list(session.demi_journees.values_list("jour", "moment")),
        list(ailleurs.values_list("jour", "moment")),
    )
    if commune is not None:
        jour, moment = commune
        raise refus(
            "deja_pris",
            f"{professionnel} a déjà une formation le {date_moyenne(jour)} "
            f"({regles.Moment(moment).libelle}). Désistez-vous de l'une, ou choisissez une autre "
            "session.",
        )


@transaction.atomic
def se_desister(*, inscription_id: int, par: Acces, le: date) -> Inscription | None:
    """Retire une inscription vivante ; rend celle qui prend la place rendue, s'il y en a une.

    Un agent se désiste lui-même ; un pilote ou un cadre retire les autres. Lève `Refus` :
    `acces.refuse`, `formation.` `inscription_introuvable`, `session_finie`, `deja_emargee`,
    `date_future`.
    """
    inscription = (
        Inscription.objects.select_related("professionnel")
        .filter(pk=inscription_id, statut__in=[str(s) for s in regles.VIVES])
        .first()
    )
    if inscription is None:
        raise refus(
            "inscription_introuvable",
            "Cette inscription n'existe pas, ou elle a déjà été retirée.",
        )
    agent_id = inscription.professionnel.agent_id
    if agent_id is None or agent_id != par.agent_id or not ACCES["s_inscrire"](par):
        exiger_gestion(par=par, action="retirer l'inscription d'un collègue")
    session = prendre(session_id=inscription.session_id)
    # Relue sous le verrou : elle a pu changer pendant l'attente.
    inscription.refresh_from_db(fields=["statut"])
    if inscription.statut not in regles.VIVES:
        raise refus("inscription_introuvable", "Cette inscription a déjà été retirée.")
    if Presence.objects.filter(inscription=inscription).exists():
        raise refus(
            "deja_emargee",
            "La session a commencé et l'émargement est fait : l'absence s'y note, demi-journée "
            "par demi-journée.",
        )
    est_en_attente = inscription.statut == StatutInscription.EN_ATTENTE
    inscription.statut, inscription.suite_le = StatutInscription.DESISTEE, le
    inscription.save(update_fields=["statut", "suite_le"])
    charge = charges.SeDesister(
        inscription.pk, session.pk, inscription.professionnel_id, est_en_attente
    )
    ecrire(charge=charge, session=session, par=par, le=le)
    return None if est_en_attente else _servir_attente(session, par, le)


def _servir_attente(session: Session, par: Acces, le: date) -> Inscription | None:
    """Donne la place rendue à la première inscription qui attend et qui est libre ces jours-là."""
    if le > session.debut:
        return None
    attendent = session.inscriptions.filter(statut=StatutInscription.EN_ATTENTE)
    for attente in attendent.order_by("pk"):
        # Verrouillé : il pourrait s'inscrire ailleurs au même moment.
        Professionnel.objects.select_for_update().get(pk=attente.professionnel_id)
        if _est_tenu_ailleurs(attente, session):
            continue
        attente.statut, attente.suite_le = StatutInscription.INSCRITE, le
        attente.save(update_fields=["statut", "suite_le"])
        charge = charges.PrendrePlace(attente.pk, session.pk, attente.professionnel_id)
        ecrire(charge=charge, session=session, par=par, le=le)
        return attente
    return None


def _est_tenu_ailleurs(attente: Inscription, session: Session) -> bool:
    tenues = Inscription.objects.filter(
        professionnel_id=attente.professionnel_id,
        statut=StatutInscription.INSCRITE,
        session__statut=StatutSession.PROGRAMMEE,
    )
    ailleurs = DemiJournee.objects.filter(session__in=tenues.values("session"))
    ici = list(session.demi_journees.values_list("jour", "moment"))
    return regles.se_chevauchent(ici, list(ailleurs.values_list("jour", "moment"))) is not None
