"""Ce que le journal garde du partage : des codes et des identifiants, jamais un mot transmis."""

from dataclasses import dataclass

from draille.noyau.journal.registre import ActeDeclare


@dataclass(frozen=True)
class InscrirePartenaire:
    """Charge : l'organisation inscrite. `objet_id` de la ligne : le partenaire."""

    organisation_id: int


@dataclass(frozen=True)
class ModifierPartenaire:
    """Charge : les champs changés, sans leurs valeurs."""

    champs: list[str]


@dataclass(frozen=True)
class FermerPartenaire:
    """Charge : l'organisation à qui l'on n'oriente plus."""

    organisation_id: int


@dataclass(frozen=True)
class Consentir:
    """Charge : chez qui, sur quoi, comment. `objet_id` de la ligne : le consentement."""

    partenaire_id: int
    portee: list[str]
    forme: str


@dataclass(frozen=True)
class RetirerConsentement:
    """Charge : chez qui, et combien d'orientations se ferment. `objet_id` : le consentement."""

    partenaire_id: int
    orientations: int


@dataclass(frozen=True)
class FermerOrientation:
    """Charge : où en était l'orientation que ferme le retrait. `objet_id` : l'orientation."""

    partenaire_id: int
    depuis: str


@dataclass(frozen=True)
class Orienter:
    """Charge : vers qui, pourquoi. `objet_id` de la ligne : l'orientation.

    `est_transmise` : le partenaire la reçoit dans Draille, avec l'accord de la personne.
    """

    partenaire_id: int | None
    point_id: int | None
    besoins: list[str]
    est_transmise: bool


@dataclass(frozen=True)
class Accepter:
    """Charge : qui répond (« partenaire », « lien » ou « agent »)."""

    voie: str


@dataclass(frozen=True)
class Recevoir:
    """Charge : qui répond."""

    voie: str


@dataclass(frozen=True)
class Poursuivre:
    """Charge : qui répond."""

    voie: str


@dataclass(frozen=True)
class Terminer:
    """Charge : qui répond."""

    voie: str


@dataclass(frozen=True)
class Refuser:
    """Charge : qui répond, et le motif codé."""

    voie: str
    motif: str


@dataclass(frozen=True)
class Perdre:
    """Charge : qui répond."""

    voie: str


@dataclass(frozen=True)
class Relancer:
    """Charge : la quantième relance."""

    rang: int


@dataclass(frozen=True)
class PrendreActe:
    """Charge : comment l'orientation est revenue."""

    statut: str


@dataclass(frozen=True)
class OuvrirLien:
    """Charge : le lien ouvert, sans connexion. `objet_id` : l'orientation."""

    lien_id: int


ACTES = (
    ActeDeclare("partage.inscrire_partenaire", 1, "Partenaire inscrit", InscrirePartenaire),
    ActeDeclare("partage.modifier_partenaire", 1, "Partenaire mis à jour", ModifierPartenaire),
    ActeDeclare("partage.fermer_partenaire", 1, "Partenaire fermé", FermerPartenaire),
    ActeDeclare("partage.consentir", 1, "Accord donné pour un partenaire", Consentir),
    ActeDeclare("partage.retirer_consentement", 1, "Accord retiré", RetirerConsentement),
    ActeDeclare(
        "partage.fermer_orientation", 1, "Orientation fermée : accord retiré", FermerOrientation
    ),
    ActeDeclare("partage.orienter", 1, "Orientation vers un partenaire", Orienter),
    ActeDeclare("partage.accepter", 1, "Orientation acceptée", Accepter),
    ActeDeclare("partage.recevoir", 1, "Personne reçue par le partenaire", Recevoir),
    ActeDeclare("partage.poursuivre", 1, "Accompagnement commencé", Poursuivre),
    ActeDeclare("partage.terminer", 1, "Orientation terminée", Terminer),
    ActeDeclare("partage.refuser", 1, "Orientation refusée", Refuser),
    ActeDeclare("partage.perdre", 1, "Orientation sans nouvelles", Perdre),
    ActeDeclare("partage.relancer", 1, "Partenaire relancé", Relancer),
    ActeDeclare("partage.prendre_acte", 1, "Retour d'orientation vu", PrendreActe),
    ActeDeclare("partage.ouvrir_lien", 1, "Lien de réponse ouvert", OuvrirLien),
)
