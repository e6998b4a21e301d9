"""Ouvrir un tableur des finances : ses feuilles, leurs rangées, leurs cellules fusionnées.

Pur. XLSX, XLS, ODS ou CSV ; UTF-8, UTF-16 ou Windows ; tout séparateur d'usage.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from draille.mesures.convention.regles.comptes.valeurs import est_vide
from draille.socle.refus import Refus

OCTETS_MAXIMUM = 50 * 1024**2
OCTETS_DEPLIES = 500 * 1024**2
LIGNES_MAXIMUM = 200_000
RANGEES_MONTREES = 10
CELLULES_MAXIMUM = 20_000_000
OCTETS_PAR_MORCEAU = 1024 * 1024
_CELLULE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_ZIP, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATEURS = (";", "\t", "|", ",")

# Coin haut gauche et coin bas droit, comptés de zéro, inclus.
Fusion = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Feuille:
    """Une feuille : ses rangées non vides (numéro du tableur, cellules).

    Une cellule fusionnée n'a sa valeur qu'en haut à gauche. `suite` dit, pour les autres (numéro,
    colonne), la rangée d'où vient la valeur ; `a_fusions` est faux si le fichier ne le dit pas.
    """

    nom: str
    rangees: tuple[tuple[int, tuple[Any, ...]], ...]
    suite: dict[tuple[int, int], tuple[int, int]]
    a_fusions: bool


def illisible(nom: str, pourquoi: str) -> Refus:
    """Le refus d'un fichier entier."""
    return Refus(
        code="convention.comptes_illisibles",
        message=f"« {nom} » ne se lit pas : {pourquoi} Rien n'a été importé.",
    )


def ouvrir(*, contenu: bytes, nom: str) -> tuple[Feuille, ...]:
    """Les feuilles qui portent quelque chose. Lève `Refus('convention.comptes_illisibles')`."""
    if len(contenu) > OCTETS_MAXIMUM:
        raise illisible(nom, f"il dépasse {OCTETS_MAXIMUM // 1024**2} Mo.")
    if not contenu.strip():
        raise illisible(nom, "il est vide.")
    if contenu.startswith((_ZIP, _XLS)):
        feuilles = tuple(_classeur(contenu, nom))
    else:
        feuilles = (_csv(contenu, nom),)
    pleines = tuple(f for f in feuilles if f.rangees)
    if not pleines:
        raise illisible(nom, "aucune de ses feuilles ne porte de ligne.")
    if sum(len(f.rangees) for f in pleines) > LIGNES_MAXIMUM:
        raise illisible(nom, f"il a plus de {LIGNES_MAXIMUM} lignes : partagez-le par exercice.")
    return pleines


def _pleines(rangees: list[Any]) -> tuple[tuple[int, tuple[Any, ...]], ...]:
    return tuple(
        (numero, tuple(cellules))
        for numero, cellules in enumerate(rangees, start=1)
        if not all(est_vide(c) for c in cellules)
    )


def _classeur(contenu: bytes, nom: str) -> Iterator[Feuille]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    if contenu.startswith(_ZIP):
        _controler(contenu, nom)
    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        visibles = [
            m.name for m in classeur.sheets_metadata if m.visible == SheetVisibleEnum.Visible
        ]
        fusions_ods = _fusions_ods(contenu) if contenu.startswith(_ZIP) else {}
        for titre in visibles:
            feuille = classeur.get_sheet_by_name(titre)
            rangees = feuille.to_python(skip_empty_area=False) if feuille.height else []
            fusions = feuille.merged_cell_ranges
            connues = fusions if fusions is not None else fusions_ods.get(titre)
            yield Feuille(titre, _pleines(rangees), _suite(connues or ()), connues is not None)
    except (CalamineError, OSError, ValueError, KeyError) as erreur:
        raise illisible(nom, "il est protégé par un mot de passe, ou abîmé.") from erreur


def _suite(fusions: Any) -> dict[tuple[int, int], tuple[int, int]]:
    return {
        (rang + 1, colonne): (haut + 1, gauche)
        for (haut, gauche), (bas, droite) in fusions
        for rang in range(haut, min(bas, haut + LIGNES_MAXIMUM) + 1)
        for colonne in range(gauche, min(droite, gauche + 200) + 1)
        if (rang, colonne) != (haut, gauche)
    }


def _controler(contenu: bytes, nom: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            if sum(m.file_size for m in archive.infolist()) > OCTETS_DEPLIES:
                raise illisible(nom, "il est démesuré une fois déplié.")
            for membre in archive.namelist():
                if membre.startswith("xl/worksheets/"):
                    with archive.open(membre) as feuille:
                        _controler_etendue(feuille, nom)
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        raise illisible(nom, "il est abîmé.") from None


def _controler_etendue(feuille: IO[bytes], nom: str) -> None:
    """Refuse une cellule perdue si loin qu'elle ferait réserver des milliards de cases."""
    reste = b""
    colonnes = lignes = 0
    while morceau := feuille.read(OCTETS_PAR_MORCEAU):
        for lettres, ligne in _CELLULE.findall(reste + morceau):
            rang = 0
            for lettre in lettres:
                rang = rang * 26 + lettre - ord("A") + 1
            colonnes, lignes = max(colonnes, rang), max(lignes, int(ligne))
        # Une balise à cheval sur deux morceaux se relit avec le suivant.
        reste = morceau[-64:]
    if colonnes * lignes > CELLULES_MAXIMUM:
        raise illisible(nom, f"une feuille s'étend sur {lignes} lignes et {colonnes} colonnes.")


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_RANGEES, _COLONNES = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"


def _fusions_ods(contenu: bytes) -> dict[str, list[Fusion]]:
    """Les fusions d'un classeur ODS, par feuille ; vide pour un autre classeur."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        if "content.xml" not in archive.namelist():
            return {}
        with archive.open("content.xml") as flux:
            analyseur = etree.iterparse(
                flux, tag=f"{_TABLE}table", resolve_entities=False, no_network=True
            )
            return {str(t.get(f"{_TABLE}name")): list(_fusions(t)) for _, t in analyseur}


def _fusions(table: Any) -> Iterator[Fusion]:
    rang = 0
    for rangee in table.iter(f"{_TABLE}table-row"):
        colonne = 0
        for cellule in rangee:
            lignes = int(cellule.get(f"{_TABLE}number-rows-spanned", 1))
            colonnes = int(cellule.get(f"{_TABLE}number-columns-spanned", 1))
            if lignes > 1 or colonnes > 1:
                yield (rang, colonne), (rang + lignes - 1, colonne + colonnes - 1)
            colonne += int(cellule.get(_COLONNES, 1))
        rang += int(rangee.get(_RANGEES, 1))


def _csv(contenu: bytes, nom: str) -> Feuille:
    texte = _decoder(contenu, nom)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=_separateur(texte))
    rangees: list[tuple[int, tuple[Any, ...]]] = []
    debut = 1
    try:
        for cellules in lecteur:
            # Le numéro est celui de la première ligne de l'enregistrement, retours compris.
            if not all(est_vide(c) for c in cellules):
                rangees.append((debut, tuple(cellules)))
            debut = lecteur.line_num + 1
    except csv.Error as erreur:
        raise illisible(nom, f"CSV mal formé vers la ligne {lecteur.line_num}.") from erreur
    return Feuille("", tuple(rangees), {}, a_fusions=False)


def _decoder(contenu: bytes, nom: str) -> str:
    est_large = contenu.startswith((b"\xff\xfe", b"\xfe\xff"))
    for codage in ("utf-16",) if est_large else ("utf-8-sig", "cp1252"):
        try:
            texte = contenu.decode(codage)
        except UnicodeDecodeError:
            continue
        if "\0" not in texte:
            return texte
    raise illisible(nom, "ce n'est ni un classeur, ni un texte en UTF-8 ou Windows-1252.")


def _separateur(texte: str) -> str:
    """Celui qui coupe le plus de colonnes, hors guillemets, dans les premières lignes."""
    tete = "\n".join(texte.splitlines()[:30])

    def colonnes(separateur: str) -> int:
        lecteur = csv.reader(io.StringIO(tete, newline=""), delimiter=separateur)
        try:
            largeurs = sorted(len(r) for r in lecteur if r)
        except csv.Error:
            return 0
        # La virgule décimale coupe des lignes, jamais la plupart des titres : on prend le milieu.
        return largeurs[len(largeurs) // 2] if largeurs else 0

    return max(_SEPARATEURS, key=colonnes)
