"""L'arbre d'une politique : ses axes, leurs actions, et ce sur quoi chacune repose, vivant.

Une mesure dessine son arbre sans connaître celles dont il montre les chiffres : chaque genre a son
lecteur, inscrit ici une fois, et l'arbre se lit en autant de requêtes, quel que soit le nombre
d'actions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from draille.socle.acces import Acces


class GenreAppui(StrEnum):
    """Ce sur quoi une action repose dans le produit."""

    MESURE = "mesure"
    LIGNE = "ligne"
    INDICATEUR = "indicateur"
    FIGURE = "figure"
    DELAI = "delai"
    PARTENAIRE = "partenaire"

    @property
    def libelle(self) -> str:
        """Nom lisible, accentué."""
        return _LIBELLES[self]


_LIBELLES = {
    GenreAppui.MESURE: "Mesure",
    GenreAppui.LIGNE: "Ligne",
    GenreAppui.INDICATEUR: "Indicateur",
    GenreAppui.FIGURE: "Calcul",
    GenreAppui.DELAI: "Délai",
    GenreAppui.PARTENAIRE: "Partenaires",
}


@dataclass(frozen=True, slots=True)
class Appui:
    """Une attache : son genre, son code, et comment la nommer quand rien ne la suit encore."""

    genre: GenreAppui
    code: str
    libelle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppuiLu:
    """Un appui prêt à montrer. `valeur` vide : rien à compter ; `url` vide : rien à ouvrir.

    `ton` : « tuile » si quelque chose y est en retard. `est_suivi` faux : Draille ne le suit pas.
    """

    genre: GenreAppui
    code: str
    libelle: str
    valeur: str = ""
    precision: str = ""
    url: str = ""
    ton: str = ""
    est_suivi: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Une branche : l'action, ce qu'elle promet (`details`), ce sur quoi elle repose."""

    code: str
    libelle: str
    details: tuple[str, ...] = ()
    mention: str = ""
    url: str = ""
    appuis: tuple[AppuiLu, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Axe:
    """Un rameau et ses actions. `criteres` : ce qui dira s'il a réussi."""

    code: str
    libelle: str
    actions: tuple[Action, ...] = ()
    criteres: tuple[AppuiLu, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arbre:
    """Un arbre entier. `nom` : son identifiant dans la page, en lettres et tirets."""

    nom: str
    titre: str
    axes: tuple[Axe, ...]
    nom_axe: str = "Axe"

    @property
    def rangees(self) -> Iterator[tuple[Axe, Action, AppuiLu | None]]:
        """L'arbre en table : une rangée par appui, ou par action qui n'en a pas."""
        for axe in self.axes:
            for action in axe.actions:
                for appui in action.appuis or (None,):
                    yield axe, action, appui

    @property
    def appuis(self) -> tuple[AppuiLu, ...]:
        """Tous les appuis, chacun une fois."""
        lus = [a for x in self.axes for action in x.actions for a in action.appuis]
        return tuple(dict.fromkeys(lus))


Lecteur = Callable[[Sequence[str], Acces, date], Mapping[str, AppuiLu]]
Catalogue = Callable[[], Sequence[tuple[str, str]]]
_lecteurs: dict[GenreAppui, Lecteur] = {}
_catalogues: dict[GenreAppui, Catalogue] = {}


def declarer_lecteur(
    *, genre: GenreAppui, lecteur: Lecteur, catalogue: Catalogue = lambda: ()
) -> None:
    """Inscrit comment lire un genre d'appui. Lève ValueError s'il a déjà son lecteur.

    Le lecteur reçoit des codes, un accès et une date, et rend ceux qu'il connaît ; un libellé vide
    laisse celui que l'arbre donne. `catalogue` rend (code, libellé) de tout ce que l'on peut citer.
    """
    if _lecteurs.setdefault(genre, lecteur) is not lecteur:
        raise ValueError(f"deux lecteurs pour le même genre d'appui : {genre}")
    _catalogues[genre] = catalogue


def choix() -> list[tuple[str, str]]:
    """Tout ce sur quoi une action peut reposer, en liste de choix : (« genre:code », mots)."""
    return [
        (f"{genre}:{code}", f"{genre.libelle} : {libelle}")
        for genre in GenreAppui
        if genre in _catalogues
        for code, libelle in _catalogues[genre]()
    ]


def de_choix(dit: str) -> tuple[Appui, ...]:
    """L'appui d'un choix ; aucun pour un choix vide."""
    genre, _, code = dit.partition(":")
    return (Appui(GenreAppui(genre), code),) if code else ()


def lire(*, appuis: Iterable[Appui], acces: Acces, le: date) -> dict[Appui, AppuiLu]:
    """Chaque appui tel que ce lecteur le voit à cette date ; un inconnu est dit non suivi.

    Un appel par genre, quel que soit le nombre d'appuis.
    """
    voulus = tuple(dict.fromkeys(appuis))
    lus: dict[Appui, AppuiLu] = {}
    for genre in GenreAppui:
        siens = [a for a in voulus if a.genre is genre]
        lecteur = _lecteurs.get(genre)
        codes = tuple(dict.fromkeys(a.code for a in siens))
        connus = lecteur(codes, acces, le) if lecteur and codes else {}
        lus |= {a: _nommer(a, connus.get(a.code)) for a in siens}
    return lus


def _nommer(appui: Appui, lu: AppuiLu | None) -> AppuiLu:
    if lu is None:
        return _non_suivi(appui)
    return lu if lu.libelle else replace(lu, libelle=appui.libelle or appui.code)


def _non_suivi(appui: Appui) -> AppuiLu:
    return AppuiLu(
        genre=appui.genre,
        code=appui.code,
        libelle=appui.libelle or appui.code.replace("_", " "),
        precision="pas encore suivi dans Draille",
        est_suivi=False,
    )
