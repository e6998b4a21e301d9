"""Ce que le journal garde de chaque acte : jamais un motif écrit, jamais une adresse.

Les lignes qui parlent d'une personne portent en `objet_id` l'entrée de suivi_rsa, quand elle
existe : délais et indicateurs s'y joignent. Un rendez-vous avec le référent a ses propres codes
(`fixer_referent`, `honorer_referent`) : le délai et l'indicateur B4 ne comptent que ceux-là.
"""

from dataclasses import dataclass
from datetime import date

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class OuvrirLieu:
    """Charge : le lieu, son organisation, sa commune."""

    lieu_id: int
    organisation_id: int
    commune_id: int


@dataclass(frozen=True)
class FermerLieu:
    """Charge : le lieu, et combien de créneaux à venir se ferment avec lui."""

    lieu_id: int
    creneaux: int


@dataclass(frozen=True)
class OuvrirPlage:
    """Charge : la plage. `jour` : 1 lundi à 7 dimanche ; nul pour une date exceptionnelle."""

    plage_id: int
    lieu_id: int
    agent_id: int | None
    motif: str
    jour: int | None
    exceptionnel: date | None
    capacite: int
    est_fermeture: bool


@dataclass(frozen=True)
class FermerPlage:
    """Charge : la plage, et combien de créneaux à venir se ferment avec elle."""

    plage_id: int
    creneaux: int


@dataclass(frozen=True)
class GenererCreneaux:
    """Charge : combien de créneaux, de quel jour à quel jour inclus."""

    nombre: int
    du: date
    jusque: date


@dataclass(frozen=True)
class FermerCreneau:
    """Charge : le créneau."""

    creneau_id: int


@dataclass(frozen=True)
class RouvrirCreneau:
    """Charge : le créneau."""

    creneau_id: int


@dataclass(frozen=True)
class Demander:
    """Charge : une personne est à convoquer. `cause` : d'où vient la demande, ou pourquoi elle
    revient (ouverture, rouverture, designation, absence, excuse, annulation, examen).
    """

    demande_id: int
    motif: str
    rang: int
    avant_le: date | None
    agent_id: int | None
    cause: str


@dataclass(frozen=True)
class CloreDemande:
    """Charge : la demande n'attend plus de convocation. `issue` : rencontree, sans_suite,
    signalee (deux absences, à examiner), classee (par une personne).
    """

    demande_id: int
    motif: str
    rang: int
    issue: str


@dataclass(frozen=True)
class Fixer:
    """Charge : un rendez-vous fixé, son jour, et s'il vient après la limite."""

    rendez_vous_id: int
    demande_id: int | None
    motif: str
    rang: int
    jour: date
    lieu_id: int
    agent_id: int | None
    est_en_retard: bool
    minutes: int | None


@dataclass(frozen=True)
class FixerReferent(Fixer):
    """Charge : le même, avec le référent."""


@dataclass(frozen=True)
class Honorer:
    """Charge : la personne est venue. La ligne est datée du jour du rendez-vous."""

    rendez_vous_id: int
    demande_id: int | None
    motif: str
    rang: int
    jour: date


@dataclass(frozen=True)
class HonorerReferent(Honorer):
    """Charge : le même, avec le référent."""


@dataclass(frozen=True)
class Excuser(Honorer):
    """Charge : la personne n'est pas venue, ou ne viendra pas, et a dit pourquoi."""


@dataclass(frozen=True)
class Manquer(Honorer):
    """Charge : la personne n'est pas venue."""


@dataclass(frozen=True)
class Annuler:
    """Charge : le service annule, ou déplace."""

    rendez_vous_id: int
    demande_id: int | None
    motif: str
    rang: int
    jour: date
    est_deplace: bool


ACTES = (
    ActeDeclare("rendez_vous.ouvrir_lieu", 1, "Lieu ouvert", OuvrirLieu),
    ActeDeclare("rendez_vous.fermer_lieu", 1, "Lieu fermé", FermerLieu),
    ActeDeclare("rendez_vous.ouvrir_plage", 1, "Plage posée", OuvrirPlage),
    ActeDeclare("rendez_vous.fermer_plage", 1, "Plage retirée", FermerPlage),
    ActeDeclare("rendez_vous.generer_creneaux", 1, "Créneaux ouverts", GenererCreneaux),
    ActeDeclare("rendez_vous.fermer_creneau", 1, "Créneau fermé", FermerCreneau),
    ActeDeclare("rendez_vous.rouvrir_creneau", 1, "Créneau rouvert", RouvrirCreneau),
    ActeDeclare("rendez_vous.demander", 1, "Personne à convoquer", Demander),
    ActeDeclare("rendez_vous.clore_demande", 1, "Convocation close", CloreDemande),
    ActeDeclare("rendez_vous.fixer", 1, "Rendez-vous fixé", Fixer),
    ActeDeclare("rendez_vous.fixer_referent", 1, "Rendez-vous fixé, référent", FixerReferent),
    ActeDeclare("rendez_vous.honorer", 1, "Rendez-vous honoré", Honorer),
    ActeDeclare("rendez_vous.honorer_referent", 1, "Rendez-vous honoré, référent", HonorerReferent),
    ActeDeclare("rendez_vous.excuser", 1, "Absence excusée", Excuser),
    ActeDeclare("rendez_vous.manquer", 1, "Absence", Manquer),
    ActeDeclare("rendez_vous.annuler", 1, "Rendez-vous annulé", Annuler),
)
