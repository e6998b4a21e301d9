"""Les enregistrements neutres que rendent les lecteurs, quelle que soit la forme du fichier.

Ce sont des n-uplets nommés : créés par millions à chaque lecture, ils coûtent quatre fois moins
que des classes de données figées, et restent immuables et comparables.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class EnteteFlux(NamedTuple):
    """L'identification du fichier (IdentificationFlux)."""

    appli: str
    version: str
    type_flux: str
    nature: str
    cree_le: date
    cree_a: str
    reference_le: date


class MotifDate(NamedTuple):
    """Un motif codé par la CAF et le jour où il vaut : refus ou fin de droit."""

    motif: str
    le: date


class Suspension(NamedTuple):
    """Une suspension du droit ou du versement ; `groupe` est vide pour un versement."""

    motif: str
    le: date
    groupe: str


class Mutation(NamedTuple):
    """Un changement de Département : l'autre organisme et le jour d'arrivée ou de départ."""

    fonorg: str
    numorg: str
    matricule: str
    le: date


class DetailDroit(NamedTuple):
    """Une ligne du calcul du droit. `du` et `au` sont inclus, comme la CAF les écrit."""

    natpf: str
    sousnatpf: str
    du: date
    au: date | None
    montant: Decimal | None


class Adresse(NamedTuple):
    """L'adresse choisie (rang le plus courant). `numcom` est le code INSEE, vide s'il manque."""

    rang: int
    depuis: date | None
    pays: str
    lignes: tuple[str, ...]
    numcom: str
    code_postal: str
    nom_commune: str


class Activite(NamedTuple):
    """Une activité déclarée ; période semi-ouverte, `fin` exclue et nulle si elle est en cours."""

    regime: str
    activite: str
    debut: date
    fin: date | None


class ConditionEti(NamedTuple):
    """L'avis sur les revenus d'un travailleur indépendant : A accord, D demandé, R refus."""

    avis: str
    demande_le: date
    effet_le: date | None
    montant: Decimal | None


class Personne(NamedTuple):
    """Une personne du foyer. `nir` a treize caractères ou est nul ; `sexe` vaut '1' ou '2'.

    `naissance_type` dit ce que vaut la date : N connue, J jour inconnu, O jour et mois inconnus.
    `role` est le rôle au sens du RSA : RDO, DEM, CJT, ENF ou AUT.
    """

    qualite: str
    nom_usage: str
    nom_naissance: str
    prenom: str
    prenoms_autres: tuple[str, ...]
    commune_naissance: str
    naissance_le: date
    naissance_type: str
    rang_naissance: int | None
    nir: str | None
    sexe: str
    responsable: bool
    rattachee_le: date
    detachee_le: date | None
    role: str
    a_charge: bool
    id_pole_emploi: str
    soumis_droits_devoirs: bool | None
    entrant_droits_devoirs: bool | None
    activites: tuple[Activite, ...]
    condition_eti: ConditionEti | None


class Dossier(NamedTuple):
    """Un foyer RSA, relu et contrôlé.

    `rang` compte les dossiers du fichier à partir de 1, `ligne` est celle où le dossier s'ouvre.
    `empreinte` (16 octets) ne dépend ni de l'une ni de l'autre, ni des blocs volatils
    (événements, contrôles, ressources) : un dossier inchangé garde la sienne d'un mois à l'autre.
    """

    rang: int
    ligne: int
    empreinte: bytes
    fonorg: str
    numorg: str
    matricule: str
    numero_demande: str
    demande_le: date
    cedant: Mutation | None
    prenant: Mutation | None
    etat: str
    refus: MotifDate | None
    suspensions_droit: tuple[Suspension, ...]
    suspensions_versement: tuple[Suspension, ...]
    fin_droit: MotifDate | None
    fin_droit_anterieur: MotifDate | None
    sans_domicile: bool
    origine_demande: str
    droits_devoirs_foyer: bool | None
    montant_total_droit: Decimal | None
    details: tuple[DetailDroit, ...]
    situation_familiale: str
    situation_depuis: date
    adresse: Adresse | None
    personnes: tuple[Personne, ...]

    @property
    def cle(self) -> tuple[str, str, str, str]:
        """Rend la clé qui distingue ce dossier dans un fichier."""
        return (self.fonorg, self.numorg, self.matricule, self.numero_demande)


class Rejet(NamedTuple):
    """Un dossier, ou une ligne, que le lecteur n'a pas pu accepter.

    `ligne` est celle du champ fautif (celle du bloc qui devait le contenir s'il manque),
    `contenu` le dossier entier en XML windows-1252, ou la ligne du tableau en UTF-8.
    `occurrence` numérote, à partir de 1, le bloc du dossier où se trouve le champ :
    c'est ce qu'attend `corriger`.
    """

    rang: int
    ligne: int
    champ: str
    valeur: str
    motif: str
    contenu: bytes
    code: str = ""
    occurrence: int = 1


class Totaux(NamedTuple):
    """Les totaux de contrôle annoncés en fin de fichier et le nombre de dossiers lus."""

    annonces: int
    annonces_anomalie: int
    lus: int


class Contact(NamedTuple):
    """Les coordonnées d'un dossier. `telephones` au format +33…, `nir13` nul s'il manque."""

    ligne: int
    matricule: str
    nir13: str | None
    telephones: tuple[str, ...]
    courriel: str


def source_du_fichier(*, entete: EnteteFlux, premier: Dossier) -> tuple[str, str, str]:
    """Rend la source d'un fichier : application émettrice, famille et numéro de l'organisme."""
    return (entete.appli, premier.fonorg, premier.numorg)
