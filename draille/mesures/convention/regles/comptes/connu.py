"""Ce que l'on sait déjà quand un fichier des finances arrive : conventions, pièces, décisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from draille.mesures.convention.regles.modele import Libellee
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import normaliser


class Anomalie(Libellee):
    """Pourquoi une ligne attend une décision."""

    LIGNE = "ligne", "Ligne de convention inconnue"
    ACTION = "action", "Action inconnue"
    CONVENTION = "convention", "Convention à préciser"
    FINANCEUR = "financeur", "Financeur inconnu"
    ANNEE = "annee", "Année à vérifier"
    ENGAGEMENT = "engagement", "Engagement inconnu"
    AU_DELA = "au_dela", "Mandat au-delà de son engagement"
    NEGATIF = "negatif", "Montant négatif qui ne réduit rien"
    DOUBLE = "double", "Pièce en double"
    AUTRE = "autre", "Même numéro, autre contenu"
    REPRISE = "reprise", "Cellule vide sous une autre"


# Les mêmes libellés reviennent à chaque ligne d'un fichier de vingt mille.
_norme = lru_cache(maxsize=4096)(normaliser)

# De 0 à 100 : en dessous, une ressemblance n'aide pas.
SEUIL_RESSEMBLANCE = 60

# Ce qu'une personne peut accepter en l'état ; le reste demande d'abord une correction.
ACCEPTABLES = (
    Anomalie.ANNEE,
    Anomalie.ENGAGEMENT,
    Anomalie.AU_DELA,
    Anomalie.REPRISE,
    Anomalie.ACTION,
)


class Decision(Libellee):
    """Ce qu'une personne décide d'une ligne à revoir."""

    IMPORTER = "importer", "La compter"
    AUTRE = "autre_imputation", "La compter à part : c'est une autre imputation"
    ECART = "ecart", "Compter la seule différence avec la pièce connue"
    ECARTER = "ecarter", "L'écarter : elle ne compte pas"
    REPRISE = "reprise", "Comptée par un fichier plus récent"


@dataclass(frozen=True)
class CadreConnu:
    """Une convention : ses lignes et ses actions (code → libellé), les années qu'elle couvre.

    `annees` vide : la période n'est pas publiée. `ligne_de` : la ligne de chaque action.
    """

    id: int
    code: str
    titre: str
    lignes: Mapping[str, str]
    actions: Mapping[str, str] = field(default_factory=dict)
    ligne_de: Mapping[str, str] = field(default_factory=dict)
    annees: range | None = None


@dataclass(frozen=True)
class FinanceurConnu:
    """Un financeur ; `est_departement` : il ne verse pas de titre à lui-même."""

    code: str
    nom: str
    est_departement: bool


@dataclass(frozen=True)
class PieceConnue:
    """Une pièce, en base ou du fichier en cours (`id` nul). `reduite` : ce qu'on en a ôté."""

    id: int | None
    cle: tuple[str | int, ...]
    etape: Etape
    numero: str
    exercice: int
    cadre_id: int
    ligne_code: str
    montant: Decimal
    datee_le: date
    annee: int
    financeur: str
    engagement: str
    reduite: Decimal = Decimal(0)
    est_reduction: bool = False

    @property
    def reste(self) -> Decimal:
        """Ce que l'on peut encore en réduire, en euros."""
        return self.montant - self.reduite


@dataclass(frozen=True)
class Vue:
    """Une ligne d'un fichier précédent, qui disait la même chose."""

    id: int
    ou: str
    en_attente: bool


@dataclass(frozen=True)
class Connu:
    """Tout ce qu'il faut pour trier un fichier. `vues` : par empreinte, d'un seul fichier passé."""

    cadres: Sequence[CadreConnu]
    financeurs: Sequence[FinanceurConnu]
    pieces: Sequence[PieceConnue] = ()
    vues: Mapping[str, Sequence[Vue]] = field(default_factory=dict)
    dernier_janvier: int = 31


def trouver(*, ecrit: str, parmi: Mapping[str, str]) -> str:
    """Le code que ce texte désigne, par le code ou par le libellé ; vide sinon."""
    norme = _norme(ecrit)
    for code, libelle in parmi.items():
        if norme in (_norme(code), _norme(libelle)):
            return code
    return ""


def plus_proche(*, ecrit: str, parmi: Mapping[str, str]) -> str:
    """Le code qui ressemble le plus à ce texte ; vide si rien n'y ressemble."""
    from rapidfuzz import fuzz

    norme = _norme(ecrit)
    notes = {
        code: max(
            fuzz.token_set_ratio(norme, _norme(libelle)),
            fuzz.ratio(norme, _norme(code)),
        )
        for code, libelle in parmi.items()
    }
    meilleur = max(notes, key=lambda c: notes[c], default="")
    return meilleur if meilleur and notes[meilleur] >= SEUIL_RESSEMBLANCE else ""
