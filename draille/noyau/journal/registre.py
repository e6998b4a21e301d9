"""Ce que les mesures déclarent au journal : leurs actes (code, version, charge) et abonnements."""

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from draille.socle.acces import Acces

TOUTES = 2**62
_SIMPLES = (str, int, bool, date, Decimal, float)


@dataclass(frozen=True, slots=True)
class ActeDeclare:
    """Un code d'acte à une version, et la classe figée (dataclass) de sa charge."""

    code: str
    version: int
    libelle: str
    charge: type[Any]


@dataclass(frozen=True, slots=True)
class Lot:
    """Des lignes de journal à traiter ensemble : de `premier_id` à `dernier_id` inclus, écrites par
    des transactions de numéro [debut, fin)."""

    codes: tuple[str, ...]
    debut: int
    fin: int
    premier_id: int = 0
    dernier_id: int = TOUTES

    def sql(self) -> tuple[str, dict[str, Any]]:
        """Une sous-requête des lignes du lot et ses paramètres nommés (`lot_*`)."""
        requete = (
            "(SELECT * FROM noyau_lignejournal WHERE transaction_id >= %(lot_debut)s"
            " AND transaction_id < %(lot_fin)s"
            " AND id BETWEEN %(lot_premier)s AND %(lot_dernier)s"
            " AND code = ANY(%(lot_codes)s))"
        )
        return requete, {
            "lot_debut": self.debut,
            "lot_fin": self.fin,
            "lot_premier": self.premier_id,
            "lot_dernier": self.dernier_id,
            "lot_codes": list(self.codes),
        }


@dataclass(frozen=True, slots=True)
class Abonnement:
    """Un traitement appelé sur les lignes de ces codes ; il doit supporter d'être rappelé.

    `est_immediat` : dans la transaction même de l'acte (projections) ; sinon après validation,
    au moins une fois (réaction d'une autre mesure).
    """

    nom: str
    codes: tuple[str, ...]
    traiter: Callable[[Lot, Acces], None]
    est_immediat: bool = False


_TYPES: dict[Any, dict[str, Any]] = {}
_actes: dict[tuple[str, int], ActeDeclare] = {}
_par_charge: dict[type[Any], ActeDeclare] = {}
_abonnements: dict[str, Abonnement] = {}


def declarer(acte: ActeDeclare) -> None:
    """Inscrit un acte. Lève ValueError s'il est déjà déclaré ou si sa charge est mal typée."""
    if (acte.code, acte.version) in _actes:
        raise ValueError(f"acte déclaré deux fois : {acte.code} version {acte.version}")
    if "." not in acte.code:
        raise ValueError(f"le code {acte.code} doit être préfixé par sa mesure")
    if not dataclasses.is_dataclass(acte.charge):
        raise ValueError(f"la charge de {acte.code} doit être une dataclass")
    for nom, attendu in typing.get_type_hints(acte.charge).items():
        if not _est_admis(attendu):
            raise ValueError(f"{acte.code}.{nom} : type {attendu} inconnu du journal")
    _actes[(acte.code, acte.version)] = acte
    _par_charge[acte.charge] = acte


def s_abonner(abonnement: Abonnement) -> None:
    """Inscrit un abonnement. Lève ValueError si son nom est pris."""
    if abonnement.nom in _abonnements:
        raise ValueError(f"abonnement déclaré deux fois : {abonnement.nom}")
    _abonnements[abonnement.nom] = abonnement


def abonnements(*, immediats: bool) -> Iterator[Abonnement]:
    """Les abonnements immédiats, ou ceux d'après validation."""
    return (a for a in _abonnements.values() if a.est_immediat == immediats)


def acte_de(charge: Any) -> ActeDeclare:
    """L'acte dont c'est la charge. Lève KeyError s'il n'est pas déclaré."""
    return _par_charge[charge]


def actes() -> list[ActeDeclare]:
    """Tous les actes déclarés, par code puis version."""
    return [_actes[cle] for cle in sorted(_actes)]


def libelle(code: str) -> str:
    """Le libellé le plus récent de ce code, ou le code."""
    versions = [a for (c, _), a in _actes.items() if c == code]
    return max(versions, key=lambda a: a.version).libelle if versions else code


def vers_json(charge: Any) -> dict[str, Any]:
    """La charge en JSON, valeurs vérifiées. Lève TypeError si l'une n'a pas son type."""
    attendus = _types(type(charge))
    resultat = {}
    for nom, attendu in attendus.items():
        valeur = getattr(charge, nom)
        if not _convient(valeur, attendu):
            raise TypeError(f"{type(charge).__name__}.{nom} : {type(valeur).__name__} inattendu")
        resultat[nom] = _simple(valeur)
    return resultat


def depuis_json(code: str, version: int, contenu: dict[str, Any]) -> Any:
    """La charge typée d'une ligne lue. Lève KeyError si le code ou la version sont inconnus."""
    charge = _actes[(code, version)].charge
    return charge(**{n: _typer(contenu[n], t) for n, t in _types(charge).items()})


def champs(charge: Any) -> list[str]:
    """Les noms des champs d'une charge, dans l'ordre déclaré."""
    return list(_types(charge))


def _types(charge: Any) -> dict[str, Any]:
    if charge not in _TYPES:
        _TYPES[charge] = typing.get_type_hints(charge)
    return _TYPES[charge]


def _membres(attendu: Any) -> tuple[Any, ...]:
    if typing.get_origin(attendu) in (typing.Union, types.UnionType):
        return typing.get_args(attendu)
    return (attendu,)


def _est_admis(attendu: Any) -> bool:
    for membre in _membres(attendu):
        origine = typing.get_origin(membre)
        if origine in (list, dict, tuple):
            if not all(_est_admis(a) for a in typing.get_args(membre) if a is not Ellipsis):
                return False
        elif membre is not type(None) and membre not in _SIMPLES:
            return False
    return True


def _convient(valeur: Any, attendu: Any) -> bool:
    for membre in _membres(attendu):
        origine = typing.get_origin(membre)
        if origine is not None:
            if isinstance(valeur, origine):
                return True
        elif isinstance(valeur, membre) and not (isinstance(valeur, bool) and membre is int):
            return True
    return False


def _simple(valeur: Any) -> Any:
    if isinstance(valeur, date | Decimal):
        return str(valeur)
    if isinstance(valeur, dict):
        return {cle: _simple(v) for cle, v in valeur.items()}
    if isinstance(valeur, list | tuple):
        return [_simple(v) for v in valeur]
    return valeur


def _typer(valeur: Any, attendu: Any) -> Any:
    if valeur is None:
        return None
    membres = _membres(attendu)
    if date in membres:
        return date.fromisoformat(valeur)
    if Decimal in membres:
        return Decimal(valeur)
    return valeur
