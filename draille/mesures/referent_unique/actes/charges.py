"""Ce que le journal garde de chaque acte : jamais un motif écrit, jamais un nom.

Les lignes qui parlent d'une personne portent en `objet_id` l'entrée de suivi_rsa, quand elle
existe : délais et indicateurs s'y joignent. Les minutes sont des dixièmes de minute.
"""

from dataclasses import dataclass
from datetime import date

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class OuvrirPortefeuille:
    """Charge : ce qu'un référent peut suivre."""

    portefeuille_id: int
    agent_id: int
    places: int
    unite: str
    orientations: list[str]
    secteur_id: int | None
    commune_id: int


@dataclass(frozen=True)
class ChangerPortefeuille:
    """Charge : les nouveaux termes ; les précédents sont dans la ligne d'avant."""

    portefeuille_id: int
    agent_id: int
    places: int
    unite: str
    orientations: list[str]
    secteur_id: int | None
    commune_id: int


@dataclass(frozen=True)
class DeclarerAbsence:
    """Charge : qui, du jour `debut` à la veille de `fin`."""

    agent_id: int
    debut: date
    fin: date


@dataclass(frozen=True)
class DeclarerDepart:
    """Charge : qui part, à compter de quand."""

    agent_id: int
    debut: date


@dataclass(frozen=True)
class Demander:
    """Charge : une personne orientée est à confier ; son orientation, la date de celle-ci."""

    orientation: str
    orientee_le: date


@dataclass(frozen=True)
class CloreDemande:
    """Charge : la sortie du droit qui ferme la demande."""

    motif: str


@dataclass(frozen=True)
class RouvrirDemande:
    """Charge : le mois dont la sortie est rectifiée."""

    mois: date


@dataclass(frozen=True)
class PreciserMobilite:
    """Charge : ce que la personne a dit de ses moyens de se déplacer."""

    mobilite: str


@dataclass(frozen=True)
class Calculer:
    """Charge : une proposition calculée. `demandes`, `proposees` : des unités (foyers)."""

    calcul_id: int
    nature: str
    demandes: int
    proposees: int
    cout: int
    solveur: str
    empreinte: str


@dataclass(frozen=True)
class Relire:
    """Charge : ce qu'un agent a décidé d'une ligne ; `agent_id` : le référent retenu."""

    calcul_id: int
    ligne_id: int
    decision: str
    agent_id: int | None


@dataclass(frozen=True)
class Designer:
    """Charge : le référent, d'où vient le choix, combien de places ont été regardées."""

    agent_id: int
    organisation_id: int
    mode: str
    minutes: int | None
    calcul_id: int | None
    est_en_continuite: bool
    places_vues: int


@dataclass(frozen=True)
class Passer:
    """Charge : ce qui change de mains ; `rendez_vous` : leurs identifiants."""

    de_agent_id: int | None
    vers_agent_id: int
    motif: str
    echeances: int
    rendez_vous: list[int]


@dataclass(frozen=True)
class Liberer:
    """Charge : le référent qui cesse de suivre la personne, et pourquoi (un code)."""

    agent_id: int | None
    motif: str


@dataclass(frozen=True)
class ChoisirParcours:
    """Charge : le référent de parcours que la personne a choisi."""

    agent_id: int
    organisation_id: int


@dataclass(frozen=True)
class Annoncer:
    """Charge : le message déposé pour dire la désignation."""

    message_id: int
    modele: str
    est_algorithmique: bool


ACTES = (
    ActeDeclare(
        "referent_unique.ouvrir_portefeuille", 1, "Portefeuille ouvert", OuvrirPortefeuille
    ),
    ActeDeclare(
        "referent_unique.changer_portefeuille", 1, "Portefeuille changé", ChangerPortefeuille
    ),
    ActeDeclare("referent_unique.declarer_absence", 1, "Absence d'un référent", DeclarerAbsence),
    ActeDeclare("referent_unique.declarer_depart", 1, "Départ d'un référent", DeclarerDepart),
    ActeDeclare("referent_unique.demander", 1, "Personne à confier à un référent", Demander),
    ActeDeclare("referent_unique.clore_demande", 1, "Demande de référent close", CloreDemande),
    ActeDeclare(
        "referent_unique.rouvrir_demande", 1, "Demande de référent rouverte", RouvrirDemande
    ),
    ActeDeclare("referent_unique.preciser_mobilite", 1, "Mobilité précisée", PreciserMobilite),
    ActeDeclare("referent_unique.calculer", 1, "Proposition de référents calculée", Calculer),
    ActeDeclare("referent_unique.relire", 1, "Proposition relue", Relire),
    ActeDeclare("referent_unique.designer", 1, "Référent unique désigné", Designer),
    ActeDeclare("referent_unique.passer", 1, "Dossier passé à un autre référent", Passer),
    ActeDeclare("referent_unique.liberer", 1, "Fin de désignation du référent", Liberer),
    ActeDeclare(
        "referent_unique.choisir_parcours", 1, "Référent de parcours choisi", ChoisirParcours
    ),
    ActeDeclare("referent_unique.annoncer", 1, "Désignation annoncée", Annoncer),
)
