"""Ce que chaque mesure montre hors de ses pages : tuiles du jour, panneaux d'un dossier, figures.

Le portail les rassemble sans connaître les mesures : une mesure de plus n'y change rien.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from draille.socle.acces import Acces, Predicat

if TYPE_CHECKING:
    # Les descripteurs se lisent avant que Django n'ait chargé les tables.
    from draille.noyau.personne.models import Personne

Donnees = Mapping[str, Any] | None
Emplacement = Literal["journee", "ma_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuile:
    """Un encart de « Ma journée », ou de la page du référent.

    `contexte(acces, le)` rend les variables du gabarit, ou None quand il n'y a rien à montrer.
    `gabarit` ne contient que le corps : la page qui l'accueille écrit le titre et le cadre.
    `code` est préfixé par la mesure ; `rang` croît vers le bas de la page.
    `emplacement` : la page qui l'accueille, « journee » (Ma journée) ou « ma_file » (la file d'un
    référent).
    """

    code: str
    titre: str
    predicat: Predicat
    gabarit: str
    contexte: Callable[[Acces, date], Donnees]
    rang: int = 50
    emplacement: Emplacement = "journee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panneau:
    """Un encart du dossier d'une personne.

    `contexte(personne, acces, le)` rend les variables du gabarit, ou None quand la mesure n'a rien
    à dire de cette personne à ce lecteur. Il lit un nombre constant de requêtes.
    """

    code: str
    titre: str
    predicat: Predicat
    gabarit: str
    contexte: "Callable[[Personne, Acces, date], Donnees]"
    rang: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLigne:
    """Un nombre calculé d'une ligne de convention, qui n'est pas un compte d'actes.

    `contexte(acces, le)` rend `valeur`, `precision` (la méthode, la bande, la date) et `url` (la
    page qui le détaille, vide si ce lecteur ne l'ouvre pas), ou None quand il n'y a rien à dire. Il
    lit un nombre constant de requêtes. `ligne_convention` : le code de la ligne ou de la mesure.
    """

    code: str
    ligne_convention: str
    libelle: str
    definition: str
    source: str
    contexte: Callable[[Acces, date], Donnees]
    rang: int = 50


@dataclass(frozen=True, slots=True)
class Figure:
    """Une figure calculée, prête à rendre."""

    declaree: FigureLigne
    valeur: str
    precision: str
    url: str


@dataclass(frozen=True, slots=True)
class Encart:
    """Une tuile ou un panneau prêt à rendre."""

    code: str
    titre: str
    gabarit: str
    donnees: Mapping[str, Any]


_tuiles: dict[str, Tuile] = {}
_panneaux: dict[str, Panneau] = {}
_figures: dict[str, FigureLigne] = {}
_mots: dict[str, str] = {}


def declarer_tuile(tuile: Tuile) -> None:
    """Inscrit une tuile. Lève ValueError si son code est pris."""
    if tuile.code in _tuiles:
        raise ValueError(f"tuile déclarée deux fois : {tuile.code}")
    _tuiles[tuile.code] = tuile


def declarer_panneau(panneau: Panneau) -> None:
    """Inscrit un panneau. Lève ValueError si son code est pris."""
    if panneau.code in _panneaux:
        raise ValueError(f"panneau déclaré deux fois : {panneau.code}")
    _panneaux[panneau.code] = panneau


def declarer_figure(figure: FigureLigne) -> None:
    """Inscrit une figure de ligne. Lève ValueError si son code est pris."""
    if figure.code in _figures:
        raise ValueError(f"figure déclarée deux fois : {figure.code}")
    _figures[figure.code] = figure


def declarer_mots(mots: Mapping[str, str]) -> None:
    """Inscrit les mots des charges du journal : nom de champ ou valeur codée vers le français.

    Lève ValueError si un mot est déjà dit autrement.
    """
    for code, dit in mots.items():
        if _mots.setdefault(code, dit) != dit:
            raise ValueError(f"« {code} » se dit déjà « {_mots[code]} », pas « {dit} »")


def mot(code: str, *, communs: Mapping[str, str] | None = None) -> str:
    """Le mot français d'un champ ou d'une valeur codée : celui des mesures, puis de `communs`.

    À défaut, le code sans tirets bas.
    """
    return _mots.get(code) or (communs or {}).get(code) or code.replace("_", " ")


def tuiles(*, acces: Acces, le: date, emplacement: Emplacement = "journee") -> list[Encart]:
    """Les tuiles de cette page que cet accès ouvre et qui ont quelque chose à montrer, triées."""
    encarts = []
    ici = [t for t in _tuiles.values() if t.emplacement == emplacement]
    for tuile in sorted(ici, key=lambda t: (t.rang, t.titre)):
        donnees = tuile.contexte(acces, le) if tuile.predicat(acces) else None
        if donnees is not None:
            encarts.append(Encart(tuile.code, tuile.titre, tuile.gabarit, donnees))
    return encarts


def panneaux(*, personne: "Personne", acces: Acces, le: date) -> list[Encart]:
    """Les panneaux de cette personne que cet accès ouvre, dans l'ordre."""
    encarts = []
    for panneau in sorted(_panneaux.values(), key=lambda p: (p.rang, p.titre)):
        donnees = panneau.contexte(personne, acces, le) if panneau.predicat(acces) else None
        if donnees is not None:
            encarts.append(Encart(panneau.code, panneau.titre, panneau.gabarit, donnees))
    return encarts


def figures(*, lignes: Iterable[str], acces: Acces, le: date) -> list[Figure]:
    """Les figures de ces lignes de convention (ou des mesures qui les exécutent), dans l'ordre."""
    voulues = set(lignes)
    siennes = (f for f in _figures.values() if f.ligne_convention in voulues)
    rendues = []
    for figure in sorted(siennes, key=lambda f: (f.rang, f.libelle)):
        donnees = figure.contexte(acces, le)
        if donnees is not None:
            dites = (str(donnees.get(nom, "")) for nom in ("valeur", "precision", "url"))
            rendues.append(Figure(figure, *dites))
    return rendues
