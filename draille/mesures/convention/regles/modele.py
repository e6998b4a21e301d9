"""Les noms d'une convention : textes, lignes, financeurs, montants, cibles, et d'où ils viennent.

Une valeur nulle veut dire « non publié » : la source ne la donne pas. Elle ne vaut jamais zéro.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Libellee(StrEnum):
    """Une valeur écrite dans les fichiers et la base, et le libellé que l'on montre."""

    libelle: str

    def __new__(cls, valeur: str, libelle: str = "") -> "Libellee":
        """Garde le libellé à côté de la valeur."""
        membre = str.__new__(cls, valeur)
        membre._value_ = valeur
        membre.libelle = libelle
        return membre


class Genre(Libellee):
    """La sorte de cadre qui engage le Département."""

    CONVENTION = "convention", "Convention"
    CONTRAT = "contrat", "Contrat"
    SCHEMA = "schema", "Schéma"
    PROGRAMME = "programme", "Programme"
    DISPOSITIF = "dispositif", "Dispositif"


class Nature(Libellee):
    """Qui a voulu la ligne ; `AXE` quand le texte ne distingue pas."""

    NATIONALE = "nationale", "Nationale"
    DEPARTEMENTALE = "departementale", "Départementale"
    AXE = "axe", "Axe"


class Cote(Libellee):
    """De quel côté de la parité se tient un financeur."""

    ETAT = "etat", "État"
    DEPARTEMENT = "departement", "Département"
    AUTRE = "autre", "Autre financeur"


class Portee(Libellee):
    """À quel niveau la parité se vérifie."""

    TOTAL = "total", "Sur l'ensemble"
    ACTION = "action", "Action par action"


class GenreCible(Libellee):
    """Comment se lit la valeur d'une cible."""

    MULTIPLICATEUR = "multiplicateur", "Multiplier"
    MAINTIEN = "maintien", "Maintenir"
    TAUX = "taux", "Atteindre un taux"
    ABSOLU = "absolu", "Atteindre un nombre"
    MOINS_DE = "moins_de", "Moins de"
    AU_PLUS = "au_plus", "Au plus"
    INTERVALLE = "intervalle", "Entre deux valeurs"


@dataclass(frozen=True)
class Source:
    """Une page publiée. `datee` est la date telle qu'on la montre."""

    code: str
    titre: str
    datee: str
    publiee_le: date | None = None
    mise_a_jour_le: date | None = None


@dataclass(frozen=True)
class Preuve:
    """La phrase exacte d'où vient un chiffre, et sa page."""

    phrase: str
    source: Source


@dataclass(frozen=True)
class Financeur:
    """Une collectivité ou un organisme qui paie."""

    code: str
    nom: str
    cote: Cote


@dataclass(frozen=True)
class Montant:
    """Ce qu'un financeur engage, en euros."""

    financeur: Financeur
    valeur: Decimal
    preuve: Preuve


@dataclass(frozen=True)
class Cible:
    """Ce qui est promis, mesurable. Les années sont nulles quand la source ne les dit pas."""

    code: str
    libelle: str
    genre: GenreCible
    valeur: Decimal | None
    unite: str
    preuve: Preuve
    valeur_max: Decimal | None = None
    annee_base: int | None = None
    echeance_annee: int | None = None


@dataclass(frozen=True)
class Ligne:
    """Une mesure publiée d'un texte ; `mesures` nomme les dossiers qui l'exécutent.

    `repartition` est vide quand le partage entre financeurs n'est pas publié.
    """

    code: str
    libelle: str
    nature: Nature
    montant: Decimal | None
    mesures: tuple[str, ...]
    preuve: Preuve
    objet: str = ""
    nature_est_deduite: bool = False
    repartition: tuple[Montant, ...] = ()
    cibles: tuple[Cible, ...] = ()

    @property
    def repartition_est_publiee(self) -> bool:
        """Vrai si l'on sait qui paie quoi sur cette ligne."""
        return bool(self.repartition)


@dataclass(frozen=True)
class Annonce:
    """Le nombre de mesures que le texte annonce, par nature."""

    par_nature: tuple[tuple[Nature, int], ...]
    preuve: Preuve

    @property
    def total(self) -> int:
        """Nombre annoncé, toutes natures."""
        return sum(n for _, n in self.par_nature)


@dataclass(frozen=True)
class Signataire:
    """Une fonction publique, et le nom de qui la tenait si la source le donne."""

    fonction: str
    nom: str | None


@dataclass(frozen=True)
class Hypotheses:
    """Explications possibles de ce que la source n'explique pas : jamais présentées comme sûres."""

    ecart_des_montants: str = ""
    ecart_du_nombre: str = ""
    nature_des_lignes: str = ""


@dataclass(frozen=True)
class Texte:
    """Un acte daté qui fixe ou change le contenu : le texte initial (rang 0) ou un avenant.

    `retirees` : les codes des lignes qu'il retire. `saisi_le` : le jour où il a été saisi à
    l'écran, nul pour un texte venu du fichier du Département.
    """

    code: str
    rang: int
    titre: str
    bref: str
    signe_le: date | None
    annee: int | None
    preuve: Preuve
    signataires: tuple[Signataire, ...] = ()
    annonce: Annonce | None = None
    financements: tuple[Montant, ...] = ()
    lignes: tuple[Ligne, ...] = ()
    hypotheses: Hypotheses = Hypotheses()
    retirees: tuple[str, ...] = ()
    saisi_le: date | None = None

    @property
    def est_avenant(self) -> bool:
        """Vrai pour tout texte qui en modifie un autre."""
        return self.rang > 0

    @property
    def porte_des_montants(self) -> bool:
        """Vrai si ce texte publie au moins un montant."""
        return bool(self.financements) or any(x.montant is not None for x in self.lignes)


@dataclass(frozen=True)
class RegleParite:
    """La part que l'État ne dépasse pas, et le niveau où on le vérifie."""

    portee: Portee
    part_max_etat: Decimal


@dataclass(frozen=True)
class Convention:
    """Un cadre et ses textes, par rang croissant. `fin` est exclue."""

    code: str
    genre: Genre
    titre: str
    debut: date | None
    fin: date | None
    parite: RegleParite | None
    preuve: Preuve
    textes: tuple[Texte, ...]

    @property
    def avenants(self) -> tuple[Texte, ...]:
        """Les textes qui modifient le premier, dans l'ordre."""
        return tuple(t for t in self.textes if t.est_avenant)


@dataclass(frozen=True)
class Contenu:
    """Tout ce qu'un fichier `convention.yaml` publie d'un Département."""

    departement: str
    financeurs: tuple[Financeur, ...]
    conventions: tuple[Convention, ...]


@dataclass(frozen=True)
class ActeBudgetaire:
    """Un vote du budget du RSA ; `vote` est le mois ou le jour tel que publié."""

    code: str
    libelle: str
    annee: int
    vote: str | None
    montant: Decimal
    preuve: Preuve


@dataclass(frozen=True)
class Effectif:
    """Le nombre de bénéficiaires à une date."""

    a_la_date: date
    libelle: str
    nombre: int
    preuve: Preuve


@dataclass(frozen=True)
class Rsa:
    """Le fichier `rsa.yaml` : actes budgétaires dans l'ordre, effectifs par date croissante."""

    departement: str
    budget: tuple[ActeBudgetaire, ...]
    beneficiaires: tuple[Effectif, ...]


@dataclass(frozen=True)
class Departement:
    """Le fichier `departement.yaml`."""

    code: str
    nom: str
    preposition: str
    locatif: str
    collectivite: str
    chef_lieu_insee: str
    chef_lieu: str
    region_insee: str
    region: str
    fuseau: str

    @property
    def nom_complet(self) -> str:
        """« de la Haute-Loire », « de l'Ardèche »."""
        lien = self.preposition if self.preposition.endswith(("'", "’")) else f"{self.preposition} "
        return f"{lien}{self.nom}"
