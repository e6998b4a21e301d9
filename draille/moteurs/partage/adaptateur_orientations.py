"""Adresser une personne à un partenaire ou à un lieu, relancer, prendre acte d'un retour."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.moteurs.partage import adaptateur_partenaires
from draille.moteurs.partage.adaptateur_commun import (
    BASE_LEGALE,
    ROLES_ORIENTER,
    sujet,
    tenir,
)
from draille.moteurs.partage.calcul import (
    RELANCABLES,
    REVENUES,
    Identite,
    attendue_avant,
    est_code,
    transmettre,
)
from draille.moteurs.partage.journal import Orienter, PrendreActe, Relancer
from draille.moteurs.partage.models import Consentement, Orientation, Partenaire
from draille.noyau.journal.actes import consigner
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, cle_partenaire
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeOrientation:
    """Qui, vers où, pourquoi.

    `partenaire_id` ou `point_id` (une fiche de l'annuaire), ou les deux ; `destination` : le nom du
    lieu ou du service ce jour-là (celui du partenaire s'il est vide). `besoins` : codes de la
    taxonomie. `message` : ce que l'agent dit au partenaire, si la personne l'accepte.
    `consentement_id` nul : rien n'est transmis, la personne s'y rend d'elle-même.
    `origine_id` : l'accueil dont elle vient.
    """

    personne: Personne
    destination: str
    partenaire_id: int | None = None
    point_id: int | None = None
    besoins: tuple[str, ...] = ()
    message: str = ""
    consentement_id: int | None = None
    origine_id: int | None = None


@transaction.atomic
def orienter(*, demande: DemandeOrientation, par: Acces, le: date) -> Orientation:
    """Adresse la personne ; avec son accord, le partenaire la reçoit dans Draille.

    La réponse est attendue dans les `partage.delai_reponse` jours. Une orientation du même besoin
    qui était revenue sans aboutir est tenue pour vue.

    Lève `Refus` : `acces.refuse`, `partage.personne_inconnue`, `partage.destination_vide`,
    `partage.besoin_inconnu`, `partage.partenaire_inconnu`, `partage.partenaire_ferme`,
    `partage.sans_accord` (accord absent, retiré, d'une autre personne ou pour un autre partenaire),
    `partage.message_sans_accord`. RGPD articles 5 et 6.
    """
    tenue, cle_acces = tenir(
        personne_id=demande.personne.pk, par=par, action="orienter une personne"
    )
    partenaire = (
        adaptateur_partenaires.ouvert(partenaire_id=demande.partenaire_id, le=le)
        if demande.partenaire_id is not None
        else None
    )
    destination = _controler(demande, partenaire)
    consentement = _consentement(demande, partenaire)
    orientation: Orientation = Orientation.objects.create(
        personne=tenue,
        partenaire=partenaire,
        consentement=consentement,
        cle_partenaire=cle_partenaire(organisation_id=partenaire.organisation_id)
        if partenaire and consentement
        else None,
        transmis=_transmis(demande, tenue, consentement),
        point_id=demande.point_id,
        destination=destination,
        besoins=list(demande.besoins),
        origine_id=demande.origine_id,
        agent_id=par.agent_id,
        organisation_id=par.organisation_id,
        envoyee_le=le,
        avant_le=attendue_avant(
            envoyee_le=le, jours=registre_global().entier("partage.delai_reponse", le)
        ),
        cle_acces=cle_acces,
    )
    _tenir_pour_vues(orientation, le)
    consigner(
        charge=Orienter(
            demande.partenaire_id,
            demande.point_id,
            list(demande.besoins),
            consentement is not None,
        ),
        par=par,
        le=le,
        sujet=sujet(orientation=orientation),
    )
    return orientation


@transaction.atomic
def relancer(*, orientation_id: int, par: Acces, le: date) -> Orientation:
    """Rappelle le partenaire ; un nouveau lien lui est envoyé. La limite ne change pas.

    Lève `Refus` : `acces.refuse`, `partage.orientation_inconnue`, `partage.non_relancable`.
    """
    orientation = _du_departement(orientation_id, par, "relancer un partenaire")
    if orientation.statut not in RELANCABLES:
        raise Refus(
            code="partage.non_relancable",
            message=f"On ne relance pas une orientation « {orientation.get_statut_display()} ».",
        )
    orientation.relances += 1
    orientation.relancee_le = le
    orientation.save(update_fields=["relances", "relancee_le"])
    consigner(
        charge=Relancer(orientation.relances),
        par=par,
        le=le,
        sujet=sujet(orientation=orientation),
    )
    return orientation


@transaction.atomic
def prendre_acte(*, orientation_id: int, par: Acces, le: date) -> Orientation:
    """Écrit que le Département a vu revenir cette orientation, refusée ou perdue.

    Lève `Refus` : `acces.refuse`, `partage.orientation_inconnue`, `partage.rien_a_voir`.
    """
    orientation = _du_departement(orientation_id, par, "suivre une orientation")
    if orientation.statut not in REVENUES or orientation.revue_le is not None:
        raise Refus(
            code="partage.rien_a_voir",
            message="Cette orientation n'est pas revenue, ou quelqu'un l'a déjà vue.",
        )
    orientation.revue_le = le
    orientation.save(update_fields=["revue_le"])
    consigner(
        charge=PrendreActe(str(orientation.statut)),
        par=par,
        le=le,
        sujet=sujet(orientation=orientation),
    )
    return orientation


def _du_departement(orientation_id: int, par: Acces, action: str) -> Orientation:
    orientation: Orientation | None = (
        Orientation.objects.visibles(par).select_for_update().filter(pk=orientation_id).first()
    )
    if orientation is None:
        raise inconnue()
    par.exiger(ROLES_ORIENTER, cle_ligne=orientation.cle_acces, action=action)
    return orientation


def inconnue() -> Refus:
    """Une orientation fermée à ce lecteur n'existe pas pour lui."""
    return Refus(
        code="partage.orientation_inconnue",
        message="Cette orientation ne vous est pas ouverte, ou ne l'est plus.",
    )


def _controler(demande: DemandeOrientation, partenaire: Partenaire | None) -> str:
    destination = demande.destination.strip() or (partenaire.organisation.nom if partenaire else "")
    if not destination:
        raise Refus(
            code="partage.destination_vide",
            message="Dites vers quel partenaire ou quel lieu vous orientez la personne.",
        )
    if not all(map(est_code, demande.besoins)):
        raise Refus(
            code="partage.besoin_inconnu",
            message="L'un des besoins n'est pas dans la liste : choisissez-le à nouveau.",
        )
    return destination[:200]


def _consentement(
    demande: DemandeOrientation, partenaire: Partenaire | None
) -> Consentement | None:
    if demande.consentement_id is None:
        if demande.message.strip():
            raise Refus(
                code="partage.message_sans_accord",
                message="Un message ne part qu'avec l'accord de la personne : recueillez-le, ou "
                "effacez le message.",
                base_legale=BASE_LEGALE,
            )
        return None
    trouve: Consentement | None = Consentement.objects.filter(
        pk=demande.consentement_id,
        personne=demande.personne,
        partenaire=partenaire,
        retire_le__isnull=True,
    ).first()
    if trouve is None or partenaire is None:
        raise Refus(
            code="partage.sans_accord",
            message="La personne n'a pas donné son accord pour ce partenaire, ou l'a retiré : "
            "recueillez-le d'abord.",
            base_legale=BASE_LEGALE,
        )
    if demande.message.strip() and "message" not in trouve.portee:
        raise Refus(
            code="partage.message_sans_accord",
            message="La personne n'a pas accepté qu'un message parte : demandez-le-lui, ou effacez "
            "le message.",
            base_legale=BASE_LEGALE,
        )
    return trouve


def _transmis(
    demande: DemandeOrientation, personne: Personne, consentement: Consentement | None
) -> dict[str, object] | None:
    if consentement is None:
        return None
    return transmettre(
        portee=consentement.portee,
        identite=Identite(
            nom=personne.nom_complet,
            telephone=personne.telephone,
            courriel=personne.courriel,
            commune=personne.commune.nom if personne.commune else "",
        ),
        besoins=demande.besoins,
        message=demande.message,
    )


def _tenir_pour_vues(orientation: Orientation, le: date) -> None:
    """Celles qui étaient revenues pour l'un de ces besoins : en voici la suite."""
    Orientation.objects.filter(
        personne_id=orientation.personne_id,
        statut__in=REVENUES,
        revue_le__isnull=True,
        besoins__overlap=orientation.besoins,
    ).exclude(pk=orientation.pk).update(revue_le=le)
