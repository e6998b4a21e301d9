"""La page publique sur l'algorithme et les paramètres d'une fiche : tirés des paramètres datés."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from draille.mesures.referent_unique.models import Calcul
from draille.mesures.referent_unique.regles import DIXIEMES, PARAMETRES_REGLAGE, PREFIXE
from draille.socle.parametres import registre_global

# Les champs du réglage qui sont des durées, en dixièmes de minute.
_DUREES = frozenset(
    {
        "base",
        "seuil",
        "bonus_continuite",
        "cout_non_affecte",
        "minutes_max",
        "pas_equilibre",
    }
)
_UNITES_AFFICHEES = {"jours": "jours", "mois": "mois"}
_EN_DIXIEMES = " (dixièmes de minute)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Donnee:
    """Une donnée que le calcul regarde, et d'où elle vient."""

    code: str
    nom: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametreLu:
    """Un nombre du calcul, tel qu'on le lit : « 30 min », depuis quand, pourquoi."""

    code: str
    libelle: str
    valeur: str
    unite: str
    du: date | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAlgorithme:
    """Les règles qui définissent le traitement (CRPA L312-1-3), à une date."""

    finalite: str
    donnees: tuple[tuple[str, str], ...]
    jamais: tuple[str, ...]
    operations: tuple[str, ...]
    parametres: tuple[ParametreLu, ...]
    recours: str
    textes: tuple[str, ...]


# La liste close des entrées, dans l'ordre du type `Demandeur` du moteur : un essai les compare.
DONNEES = (
    Donnee(
        code="trajet",
        nom="Le temps de trajet en voiture jusqu'au bureau de chaque référent",
        source="estimation de mairie à mairie, secteurs et habilitations du Département",
    ),
    Donnee(
        code="orientation",
        nom="L'orientation décidée par un agent",
        source="décision d'orientation",
    ),
    Donnee(
        code="foyer",
        nom="Le référent que le foyer a déjà",
        source="foyer connu de la CAF ou de la MSA, désignations en cours",
    ),
    Donnee(
        code="mobilite",
        nom="Ce que la personne a dit de ses moyens de se déplacer",
        source="dit par la personne",
    ),
    Donnee(code="date", nom="La date de l'orientation", source="décision d'orientation"),
)
JAMAIS = (
    "la santé, le handicap",
    "la nationalité, l'origine, la langue",
    "le sexe, l'âge, la situation de famille",
    "les revenus, le montant du RSA",
    "une sanction, un contrôle, une absence passée",
    "une note de la personne : le calcul n'en fait aucune, et n'apprend rien des personnes",
)
_FINALITE = (
    "Proposer à chaque personne orientée un référent unique qui suit son orientation, au plus près "
    "de chez elle, en gardant le référent du foyer et en partageant équitablement les dossiers. "
    "Un agent relit chaque proposition et décide ; le calcul ne décide rien."
)
_OPERATIONS = (
    "On retient, pour chaque personne, les référents présents qui suivent son orientation, dans "
    "leur secteur, à {minutes_max} minutes au plus.",
    "Chaque trajet coûte sa durée, plus {base} minutes. Au-delà de {seuil} minutes, chaque minute "
    "compte {poids_exces} fois de plus. Sans voiture, le trajet compte pour "
    "{pourcent_sans_vehicule} %.",
    "Garder le référent du foyer retire {bonus_continuite} minutes. Les personnes d'un foyer sont "
    "confiées ensemble, si un même référent peut les suivre sans éloigner personne de plus de "
    "{bonus_continuite} minutes.",
    "Chaque portefeuille se découpe en {segments} parts ; chacune coûte {pas_equilibre} minutes de "
    "plus que la précédente : les charges s'équilibrent.",
    "Le prix d'une place rare, appris des mois passés, s'ajoute. Rien n'est appris des personnes.",
    "On cherche la répartition de moindre coût total. Elle est exacte, et se vérifie sans refaire "
    "le calcul. Deux répartitions aussi bonnes sont départagées par un tirage publié.",
    "Si aucun référent n'a de place, la personne reste à confier : un agent s'en charge.",
    "Un agent nommé accepte, change ou écarte chaque ligne. Un choix manuel est toujours possible.",
)
_TEXTES = (
    "CASF L262-27 : le droit à un référent unique",
    "CRPA L311-3-1, R311-3-1-1 et R311-3-1-2 : décision prise avec un traitement algorithmique",
    "CRPA L312-1-3 : publication des règles du traitement",
    "Loi 78-17 article 47 : aucune décision fondée sur le seul calcul",
)


def page_algorithme(*, le: date) -> PageAlgorithme:
    """La page publique, telle qu'elle vaut ce jour-là. Aucune requête.

    Lève `ErreurParametre` (un `Refus`) à une date sans réglage.
    """
    registre = registre_global()
    valeurs = {c: registre.entier(code, le) for c, code in PARAMETRES_REGLAGE.items()}
    dites = {c: _dire(c, v) for c, v in valeurs.items()}
    return PageAlgorithme(
        finalite=_FINALITE,
        donnees=tuple((d.nom, d.source) for d in DONNEES),
        jamais=JAMAIS,
        operations=tuple(o.format(**dites) for o in _OPERATIONS),
        parametres=tuple(
            _lu(code, le) for code in (*PARAMETRES_REGLAGE.values(), *_AUTRES_PARAMETRES)
        ),
        recours=registre.texte(f"{PREFIXE}recours", le),
        textes=_TEXTES,
    )


_AUTRES_PARAMETRES = (
    f"{PREFIXE}unite",
    f"{PREFIXE}mois_appris",
    f"{PREFIXE}semaines_a_venir",
    f"{PREFIXE}prix_appris_max",
    f"{PREFIXE}alerte_changees_min",
    f"{PREFIXE}alerte_changees_max",
    f"{PREFIXE}effectif_parite",
)


def parametres_du_calcul(*, calcul: Calcul) -> tuple[ParametreLu, ...]:
    """Les paramètres d'un calcul, tels qu'il les a gardés, avec leur référence d'alors."""
    registre = registre_global()
    lus = []
    for champ, code in PARAMETRES_REGLAGE.items():
        datee = registre.parametre(code).en_vigueur(calcul.fait_le)
        lus.append(
            ParametreLu(
                code=code,
                libelle=_libelle(code),
                valeur=_dire(champ, int(calcul.reglage[champ])),
                unite=_unite(champ),
                du=datee.du,
                reference=datee.reference,
            )
        )
    return tuple(lus)


def mention(*, le: date) -> str:
    """Ce que la fiche rappelle : un calcul a proposé, un agent décide, un recours existe."""
    return (
        "Ce choix a été préparé par un traitement algorithmique (CRPA L311-3-1) et décidé par un "
        f"agent. {registre_global().texte(f'{PREFIXE}recours', le)}"
    )


def _lu(code: str, le: date) -> ParametreLu:
    parametre = registre_global().parametre(code)
    datee = parametre.en_vigueur(le)
    champ = next((c for c, p in PARAMETRES_REGLAGE.items() if p == code), "")
    if champ:
        valeur, unite = _dire(champ, int(str(datee.valeur))), _unite(champ)
    else:
        valeur, unite = _texte(datee.valeur, parametre.unite)
    return ParametreLu(
        code=code,
        libelle=_libelle(code),
        valeur=valeur,
        unite=unite,
        du=datee.du,
        reference=datee.reference,
    )


def _libelle(code: str) -> str:
    return registre_global().parametre(code).libelle.replace(_EN_DIXIEMES, "")


def _texte(valeur: Any, unite: str) -> tuple[str, str]:
    if unite == "taux":
        return f"{valeur * 100:.0f}", "%"
    return str(valeur), _UNITES_AFFICHEES.get(unite, "")


def _unite(champ: str) -> str:
    if champ in _DUREES:
        return "min"
    return "%" if champ == "pourcent_sans_vehicule" else ""


def _dire(champ: str, valeur: int) -> str:
    """La valeur telle qu'on la lit : une durée en minutes, une virgule s'il le faut."""
    if champ not in _DUREES:
        return str(valeur)
    entier, reste = divmod(valeur, DIXIEMES)
    return f"{entier},{reste}" if reste else str(entier)
