"""Un fichier en lignes : CSV (UTF-8 ou Windows, virgule ou point-virgule), classeur, JSON."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from draille.socle.refus import Refus

OCTETS_MAXIMUM = 50 * 1024**2
_CLASSEURS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATEURS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une ligne d'un fichier : son numéro, tel qu'un tableur le montre, et ses cellules."""

    numero: int
    cellules: dict[str, Any]


def illisible(nom: str, pourquoi: str) -> Refus:
    """Le refus d'un fichier entier."""
    return Refus(
        code="annuaire.fichier_illisible",
        message=f"« {nom} » ne se lit pas : {pourquoi} Rien n'a été intégré.",
    )


def lire_lignes(*, contenu: bytes, nom: str) -> tuple[tuple[str, ...], list[Ligne]]:
    """Les titres de colonnes et les lignes non vides. Lève `annuaire.fichier_illisible`."""
    if len(contenu) > OCTETS_MAXIMUM:
        raise illisible(nom, f"il dépasse {OCTETS_MAXIMUM // 1024**2} Mo.")
    if not contenu.strip():
        raise illisible(nom, "il est vide.")
    est_classeur = contenu.startswith(_CLASSEURS)
    brutes = list(_classeur(contenu, nom) if est_classeur else _csv(_decoder(contenu, nom), nom))
    pleines = [(n, c) for n, c in brutes if any(str(v or "").strip() for v in c)]
    if len(pleines) < 2:
        raise illisible(nom, "il lui faut une ligne de titres et au moins une ligne de données.")
    titres = _titres(pleines[0][1])
    return titres, [
        Ligne(numero, dict(zip(titres, cellules, strict=False))) for numero, cellules in pleines[1:]
    ]


def _titres(cellules: Iterable[Any]) -> tuple[str, ...]:
    titres: list[str] = []
    for rang, cellule in enumerate(cellules, start=1):
        titre = " ".join(str(cellule or "").split()) or f"Colonne {rang}"
        titres.append(f"{titre} ({rang})" if titre in titres else titre)
    return tuple(titres)


def _decoder(contenu: bytes, nom: str) -> str:
    if b"\0" in contenu[:4096]:
        raise illisible(nom, "ce n'est ni un CSV, ni un classeur, ni du JSON.")
    for codage in ("utf-8-sig", "cp1252"):
        try:
            return contenu.decode(codage)
        except UnicodeDecodeError:
            continue
    raise illisible(nom, "ses lettres ne sont ni en UTF-8 ni en Windows-1252.")


def _csv(texte: str, nom: str) -> Iterator[tuple[int, list[str]]]:
    premiere = texte.lstrip().split("\n", 1)[0]
    separateur = max(_SEPARATEURS, key=premiere.count)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    try:
        # Le numéro est celui de la première ligne de l'enregistrement, retours compris.
        debut = 1
        for cellules in lecteur:
            yield debut, cellules
            debut = lecteur.line_num + 1
    except csv.Error as erreur:
        raise illisible(nom, f"CSV mal formé vers la ligne {lecteur.line_num}.") from erreur


def _classeur(contenu: bytes, nom: str) -> Iterator[tuple[int, list[Any]]]:
    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        feuille = classeur.get_sheet_by_index(0)
        rangees = feuille.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError) as erreur:
        raise illisible(nom, "le classeur est abîmé ou protégé.") from erreur
    yield from enumerate(rangees, start=1)


def lire_json(*, contenu: bytes, nom: str) -> Any:
    """Le JSON du fichier. Lève `annuaire.fichier_illisible`."""
    if len(contenu) > OCTETS_MAXIMUM:
        raise illisible(nom, f"il dépasse {OCTETS_MAXIMUM // 1024**2} Mo.")
    try:
        return json.loads(_decoder(contenu, nom))
    except (json.JSONDecodeError, RecursionError) as erreur:
        raise illisible(nom, "le JSON est mal formé.") from erreur
