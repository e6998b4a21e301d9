"""Ce que le guichet envoie d'un accueil : tout y est facultatif, sauf l'identifiant de l'envoi."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from draille.mesures.accueil_social.models import Accueil
from draille.noyau.personne.actes import Identite
from draille.socle.acces import Compartiment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReponseSaisie:
    """Une réponse donnée tout de suite. `genre` : `Reponse.Genre` (l'orientation suivie s'écrit par
    `OrientationSaisie`). `besoin` : le code auquel elle répond, ou vide. `point_id` : le lieu
    indiqué.
    """

    genre: str
    besoin: str = ""
    point_id: int | None = None


# Sans représentation : ce qui est saisi ne part pas dans une trace technique.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OrientationSaisie:
    """Une personne adressée à un partenaire, ou à un lieu de l'annuaire, et suivie jusqu'au bout.

    `portee` : ce qu'elle accepte de transmettre (nom, telephone, courriel, commune, besoins,
    message). `forme_consentement` : oral, ecrit ou telephone ; vide, rien n'est transmis.
    """

    partenaire_id: int | None = None
    point_id: int | None = None
    besoins: tuple[str, ...] = ()
    portee: tuple[str, ...] = ()
    forme_consentement: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Saisie:
    """Un accueil, tel que saisi. `envoi` : donné par l'appareil ; le même n'écrit qu'un accueil.

    `identite` : connue (avec `personne_id`), nouvelle (avec `nouvelle`, `telephone`, `courriel`),
    ou anonyme : alors rien de ce qui dit qui est venu n'est gardé (ni nom, ni numéro, ni paroles,
    ni suite, ni heure, ni note), même saisi. `commune_id` : où elle vit, si elle le dit. `point_id`
    : où on la reçoit. `note_partagee` va à `note_compartiment` ; `note_privee`, à son seul auteur.
    """

    envoi: UUID
    identite: str = Accueil.Identite.ANONYME
    personne_id: int | None = None
    nouvelle: Identite | None = None
    telephone: str = ""
    courriel: str = ""
    commune_id: int | None = None
    venue: str = Accueil.Venue.SPONTANEE
    canal: str = Accueil.Canal.GUICHET
    point_id: int | None = None
    heure: time | None = None
    paroles: str = ""
    besoins: tuple[str, ...] = ()
    reponses: tuple[ReponseSaisie, ...] = ()
    orientations: tuple[OrientationSaisie, ...] = ()
    suite: str = ""
    suite_le: date | None = None
    note_partagee: str = ""
    note_compartiment: int = Compartiment.SOCIAL
    note_privee: str = ""
