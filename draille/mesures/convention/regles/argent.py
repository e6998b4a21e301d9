"""L'argent d'une convention pour une année : quatre temps, par ligne et par financeur.

Le prévu vient des textes ; l'engagé, l'exécuté et le reçu viennent des pièces des comptes publics.
Une valeur absente d'un `Mapping` veut dire « non publiée » : elle ne vaut jamais zéro. Les trois
étapes des pièces y sont toujours, à zéro quand aucune pièce n'existe.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles.calculs import Parite
from draille.mesures.convention.regles.modele import Financeur, Libellee
from draille.mesures.convention.regles.suivi import Etape

# Le code d'une part que rien ne permet de donner à un financeur : ni la pièce, ni la clé prévue.
SANS_FINANCEUR = ""


class GenreAlerte(Libellee):
    """Ce qui mérite d'être regardé avant l'État."""

    SOUS_EXECUTION = "sous_execution", "Exécution trop faible"
    ENGAGE_AU_DELA = "engage_au_dela", "Engagé au-delà du prévu"
    EXECUTE_AU_DELA = "execute_au_dela", "Exécuté au-delà de l'engagé"
    PARITE_ROMPUE = "parite_rompue", "Parité rompue"
    ECHEANCE = "echeance", "Échéance proche ou passée"


@dataclass(frozen=True)
class Alerte:
    """Une phrase qui dit quoi regarder. `ligne_code` vide : l'ensemble de la convention."""

    genre: GenreAlerte
    message: str
    ligne_code: str = ""
    etape: Etape | None = None


@dataclass(frozen=True)
class PieceLue:
    """Une pièce des comptes, en euros. `financeur` vide : elle se partage selon la clé prévue."""

    id: int
    etape: Etape
    ligne_code: str
    annee: int
    montant: Decimal
    datee_le: date
    financeur: str = SANS_FINANCEUR


@dataclass(frozen=True)
class Projection:
    """L'exécuté attendu à la fin, en euros, entre `bas` et `haut` ; `methode` le dit en phrase."""

    valeur: Decimal
    bas: Decimal
    haut: Decimal
    methode: str


@dataclass(frozen=True)
class ArgentLigne:
    """Une ligne : ses montants par étape, par (étape, code de financeur), et ce qu'ils disent.

    Les taux sont entre 0 et 1, de l'exécuté et de l'engagé au prévu ; nuls si le prévu n'est pas
    publié ou vaut zéro. `est_partagee` : une part par financeur suit une clé, aucune pièce ni
    aucun texte ne la dit. `est_du_texte` faux : des pièces visent un code que le texte n'a pas.
    """

    code: str
    libelle: str
    montants: Mapping[Etape, Decimal]
    par_financeur: Mapping[tuple[Etape, str], Decimal]
    taux_execution: Decimal | None
    taux_engagement: Decimal | None
    projection: Projection | None
    alertes: tuple[Alerte, ...]
    est_partagee: bool = False
    est_du_texte: bool = True


@dataclass(frozen=True)
class Argent:
    """Une convention, une année, à une date : tout tombe juste au centime.

    `totaux[PREVUE]` est le total annoncé ; à défaut, la somme des lignes. `non_affecte` est ce qui,
    du prévu annoncé, n'est sur aucune ligne (zéro si rien ne manque), par financeur et en tout.
    Pour chaque étape, somme des lignes + non affecté = total, et somme des financeurs = total.
    """

    annee: int
    le: date
    financeurs: tuple[Financeur, ...]
    lignes: tuple[ArgentLigne, ...]
    totaux: Mapping[Etape, Decimal]
    par_financeur: Mapping[tuple[Etape, str], Decimal]
    parites: Mapping[Etape, tuple[tuple[str, Parite], ...]]
    alertes: tuple[Alerte, ...]
    non_affecte: Decimal = Decimal(0)
    non_affecte_par_financeur: Mapping[str, Decimal] | None = None
    taux_execution: Decimal | None = None
    taux_engagement: Decimal | None = None
    projection: Projection | None = None
    mention: str = ""

    def ligne(self, *, code: str) -> ArgentLigne | None:
        """La ligne de ce code ; None si l'année ne l'a pas."""
        return next((x for x in self.lignes if x.code == code), None)
