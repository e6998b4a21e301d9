"""Lire le découpage : les contours des communes. Rien de personnel, donc sans accès."""

from dataclasses import dataclass
from typing import Any

from draille.noyau.territoire.models import ContourCommune


@dataclass(frozen=True, slots=True, kw_only=True)
class ContourLu:
    """Une commune située : sa position (WGS 84, degrés) et son contour, géométrie GeoJSON."""

    commune_id: int
    nom: str
    latitude: float
    longitude: float
    geometrie: dict[str, Any]


def contours() -> list[ContourLu]:
    """Les communes qui ont une position et un contour, par identifiant. Une requête."""
    lignes = (
        ContourCommune.objects.filter(commune__latitude__isnull=False)
        .order_by("commune_id")
        .values_list(
            "commune_id", "commune__nom", "commune__latitude", "commune__longitude", "geometrie"
        )
    )
    return [
        ContourLu(commune_id=i, nom=nom, latitude=nord, longitude=est, geometrie=geometrie)
        for i, nom, nord, est, geometrie in lignes
        if nord is not None and est is not None
    ]
