"""Les droits d'un agent à une date, sous une forme que PostgreSQL et Python lisent pareil.

Une clé d'accès est un entier : compartiment * 100 000 + commune. La commune 0 vaut « tout le
Département » et n'existe que du côté de l'agent ; 99 999 vaut « sans commune connue » et n'existe
que du côté de la ligne.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from draille.socle.refus import Refus

PAS = 100_000
TOUT_LE_DEPARTEMENT = 0
SANS_COMMUNE = 99_999
PERSONNEL = 7


class Compartiment(IntEnum):
    """Cloison entre des métiers tenus au secret : une habilitation en ouvre une seule."""

    SOCIAL = 1
    INSERTION = 2
    ENFANCE = 3
    PMI = 4
    ADMINISTRATION = 5
    PARTENAIRE = 6

    @property
    def libelle(self) -> str:
        """Nom lisible, accentué."""
        return _LIBELLES_COMPARTIMENT[self]


_LIBELLES_COMPARTIMENT = {
    Compartiment.SOCIAL: "Social",
    Compartiment.INSERTION: "Insertion",
    Compartiment.ENFANCE: "Enfance",
    Compartiment.PMI: "PMI",
    Compartiment.ADMINISTRATION: "Administration",
    Compartiment.PARTENAIRE: "Partenaire",
}


class Role(StrEnum):
    """Ce qu'un agent fait, dans un compartiment et sur un territoire."""

    ACCUEIL = "accueil"
    CHARGE_ORIENTATION = "charge_orientation"
    TRAVAILLEUR_SOCIAL = "travailleur_social"
    REFERENT = "referent"
    CADRE = "cadre"
    PILOTE = "pilote"
    ADMINISTRATEUR = "administrateur"
    PARTENAIRE = "partenaire"
    SYSTEME = "systeme"

    @property
    def libelle(self) -> str:
        """Nom lisible, accentué."""
        return _LIBELLES_ROLE[self]


_LIBELLES_ROLE = {
    Role.ACCUEIL: "Agent d'accueil",
    Role.CHARGE_ORIENTATION: "Chargé d'orientation",
    Role.TRAVAILLEUR_SOCIAL: "Travailleur social",
    Role.REFERENT: "Référent",
    Role.CADRE: "Cadre",
    Role.PILOTE: "Pilote",
    Role.ADMINISTRATEUR: "Administrateur",
    Role.PARTENAIRE: "Partenaire",
    Role.SYSTEME: "Traitement automatique",
}


# Ceux qui ouvrent des dossiers : eux seuls lisent un nom, et là seulement où ils tiennent ce rôle.
ROLES_NOMINATIFS = (
    Role.ACCUEIL,
    Role.CHARGE_ORIENTATION,
    Role.TRAVAILLEUR_SOCIAL,
    Role.REFERENT,
    Role.CADRE,
)


def cle(*, compartiment: int, commune_id: int | None) -> int:
    """Clé que porte une ligne : le compartiment et la commune (ou « sans commune connue »)."""
    return compartiment * PAS + (SANS_COMMUNE if commune_id is None else commune_id)


def cle_generale(*, compartiment: int) -> int:
    """Clé que détient un agent habilité sur tout le Département dans ce compartiment."""
    return compartiment * PAS + TOUT_LE_DEPARTEMENT


def cle_partenaire(*, organisation_id: int) -> int:
    """Clé des lignes ouvertes à une organisation partenaire, et d'un agent habilité chez elle."""
    return Compartiment.PARTENAIRE * PAS + organisation_id


def cle_personnelle(*, agent_id: int) -> int:
    """Clé d'une ligne que son auteur est seul à lire."""
    return PERSONNEL * PAS + agent_id


@dataclass(frozen=True, slots=True)
class Acces:
    """Un agent et ce qu'il détient à une date, passé tel quel à chaque acte et lecture."""

    agent_id: int | None
    organisation_id: int | None
    nom: str
    cles_par_role: Mapping[Role, frozenset[int]] = field(default_factory=dict)
    est_du_departement: bool = True

    @property
    def roles(self) -> frozenset[Role]:
        """Rôles détenus, quel que soit le territoire."""
        return frozenset(self.cles_par_role)

    @property
    def cles(self) -> tuple[int, ...]:
        """Toutes les clés détenues, triées ; celle de l'agent même s'y ajoute s'il a un rôle."""
        detenues = frozenset().union(*self.cles_par_role.values())
        if detenues and self.agent_id is not None:
            detenues |= {cle_personnelle(agent_id=self.agent_id)}
        return tuple(sorted(detenues))

    def parmi(self, roles: Iterable[Role]) -> "Acces":
        """Le même agent, réduit à ce que lui donnent ces rôles."""
        gardes = frozenset(roles)
        return replace(
            self, cles_par_role={r: c for r, c in self.cles_par_role.items() if r in gardes}
        )

    def voit(self, cle_ligne: int | None) -> bool:
        """Vrai si la ligne qui porte cette clé est visible ; sans clé, elle n'est à personne."""
        if cle_ligne is None or any(_ouvre(c, cle_ligne) for c in self.cles_par_role.values()):
            return True
        return (
            self.agent_id is not None
            and cle_ligne == cle_personnelle(agent_id=self.agent_id)
            and any(self.cles_par_role.values())
        )

    def voit_une(self, cles_ligne: Iterable[int]) -> bool:
        """Vrai si l'une des clés de la personne est ouverte."""
        return any(self.voit(c) for c in cles_ligne)

    def a_role_sur(self, roles: Iterable[Role], cle_ligne: int | None) -> bool:
        """Vrai si l'un de ces rôles est détenu sur cette clé, ou tout court si elle est nulle."""
        detenus = [r for r in roles if r in self.cles_par_role]
        if cle_ligne is None:
            return bool(detenus)
        return any(_ouvre(self.cles_par_role[r], cle_ligne) for r in detenus)

    def exiger(self, roles: Iterable[Role], *, cle_ligne: int | None, action: str) -> None:
        """Lève `Refus('acces.refuse')` si aucun de ces rôles n'est détenu sur cette clé.

        `action` complète « Vous n'êtes pas habilité à … ».
        """
        if Role.SYSTEME in self.cles_par_role or self.a_role_sur(roles, cle_ligne):
            return
        raise Refus(
            code="acces.refuse",
            message=(
                f"Vous n'êtes pas habilité à {action} ici. "
                "Votre responsable peut demander une habilitation à l'administrateur."
            ),
            base_legale="CASF L262-44 ; RGPD article 32",
        )


def _ouvre(cles: frozenset[int], cle_ligne: int) -> bool:
    return cle_ligne in cles or cle_ligne - cle_ligne % PAS in cles


Predicat = Callable[[Acces], bool]


def a_role(*roles: Role) -> Predicat:
    """Prédicat d'une carte des accès : l'agent détient l'un de ces rôles, où que ce soit."""
    attendus = frozenset(roles)

    def predicat(acces: Acces) -> bool:
        return bool(attendus & acces.roles)

    return predicat


def tout_agent(acces: Acces) -> bool:
    """Prédicat d'une carte des accès : tout agent connecté qui détient un rôle au Département.

    Qui n'est que partenaire ne voit que ce qu'on lui adresse.
    """
    return bool(acces.roles - {Role.PARTENAIRE})


def acces_systeme(*, nom: str) -> Acces:
    """Accès d'un traitement automatique : tous les compartiments, tout le Département."""
    cles = frozenset(cle_generale(compartiment=c) for c in Compartiment)
    return Acces(agent_id=None, organisation_id=None, nom=nom, cles_par_role={Role.SYSTEME: cles})
