"""Ce que rendent les lectures de la mesure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from draille.mesures.accueil_social.models import Accueil, Note
from draille.moteurs.annuaire.calcul.ouverture import Ouverture
from draille.moteurs.annuaire.models import Point
from draille.moteurs.trajets.calcul import Temps
from draille.socle.texte import date_moyenne, heure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReponseLue:
    """Une réponse donnée : ce qu'on a fait, pour quel besoin, en quel lieu."""

    genre: str
    libelle: str
    besoin: str
    lieu: str
    point_id: int | None
    orientation_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccueilLu:
    """Un accueil prêt à montrer. `nom` : de la personne, ou « Personne anonyme ».

    `besoins` et `besoins_dits` : les codes et leurs mots, dans l'ordre dit. `est_premier_contact` :
    calculé ; toujours faux pour une personne anonyme, dont on ne sait rien.
    """

    accueil: Accueil
    nom: str = field(repr=False)
    agent: str
    besoins: tuple[str, ...]
    besoins_dits: tuple[str, ...]
    reponses: tuple[ReponseLue, ...]
    est_premier_contact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLue:
    """Une note, son auteur, son compartiment en clair ; `est_la_mienne` : le lecteur l'a écrite."""

    note: Note
    auteur: str
    compartiment: str
    est_la_mienne: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """Les accueils voulus : d'un jour à un autre [debut, fin], d'un canal, d'un besoin, d'un lieu,
    d'un agent, d'une personne dont on tape le nom (`texte`).
    """

    texte: str = field(default="", repr=False)
    debut: date | None = None
    fin: date | None = None
    canal: str = ""
    venue: str = ""
    identite: str = ""
    besoin: str = ""
    point_id: int | None = None
    agent_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAccueils:
    """Une page d'accueils, du plus récent au plus ancien. `pages` vaut au moins 1."""

    accueils: Sequence[AccueilLu]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierAccueil:
    """Ce que la mesure sait d'une personne, pour ce lecteur."""

    accueils: Sequence[AccueilLu]
    notes: Sequence[NoteLue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Une case d'une répartition ; `nombre` et `part` nuls quand l'effectif est tu."""

    code: str
    libelle: str
    nombre: int | None
    part: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repartition:
    """Une répartition. `est_multiple` : un accueil peut compter dans plusieurs cases."""

    code: str
    titre: str
    parts: Sequence[Part]
    est_multiple: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mois:
    """Les accueils d'un mois (premier jour), et ceux de personnes anonymes ; nul : tu."""

    mois: date
    accueils: int | None
    anonymes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistiques:
    """Les chiffres d'une période [debut, fin] : chaque total, puis ses répartitions.

    `personnes` : distinctes, hors anonymes. `delai_median_jours` : de l'accueil d'où part une
    orientation à la première réponse qu'elle reçoit ; nul sans réponse. Un nombre nul est tu.
    """

    debut: date
    fin: date
    accueils: int | None
    personnes: int | None
    anonymes: int | None
    premiers_contacts: int | None
    sans_reponse_immediate: int | None
    orientations: int | None
    orientations_repondues: int | None
    delai_median_jours: int | None
    seuil: int
    mois: Sequence[Mois]
    repartitions: Sequence[Repartition]


@dataclass(frozen=True, slots=True, kw_only=True)
class LieuPropose:
    """Un point proche : son temps (nul si une position manque), et s'il ouvre ce jour-là.

    `est_ouvert` : à l'heure donnée, ou ce jour-là sans heure ; nul quand ses horaires sont
    inconnus. `prochaine_ouverture` : le jour et les heures de la première ouverture pas encore
    finie, sous 60 jours ; nulle au-delà, ou sans horaires.
    """

    point: Point
    temps: Temps | None
    est_ouvert: bool | None
    prochaine_ouverture: tuple[date, Ouverture] | None

    @property
    def horaire_dit(self) -> str:
        """« Ouvert, jusqu'à 17 h », « Ouvre le 26 octobre 2020, 9 h – 12 h », en quelques mots."""
        if self.est_ouvert is None:
            return "Heures inconnues : appelez avant d'y aller"
        if self.prochaine_ouverture is None:
            return "Fermé pour longtemps : appelez avant d'y aller"
        jour, ouverture = self.prochaine_ouverture
        if self.est_ouvert:
            return f"Ouvert, jusqu'à {heure(ouverture.fin)}"
        return f"Ouvre le {date_moyenne(jour)}, {ouverture}"
