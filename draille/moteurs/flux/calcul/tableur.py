"""Lire un tableau XLSX, ODS, XLS ou CSV tel qu'un service l'enregistre, sans rien en perdre."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from draille.moteurs.flux.calcul.ouverture import LIMITES, SIGNATURE_ZIP
from draille.moteurs.flux.calcul.refus import refuser

SIGNATURE_XLS = b"\xd0\xcf\x11\xe0"
OCTETS_MAXIMUM = 200 * 1024**2
CELLULES_MAXIMUM = 20_000_000
SEPARATEURS = (";", ",", "\t", "|")
CELLULE_XLSX = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*[^/]>')
# La dernière cellule d'une feuille est lue par morceaux qui se chevauchent d'une balise.
CHEVAUCHEMENT = 256
OCTETS_PAR_MORCEAU = 1024 * 1024

Ligne = tuple[int, tuple[Any, ...]]


class Tableau(NamedTuple):
    """Un tableau ouvert. `lignes` rend (numéro de ligne du fichier, cellules), vides exclues.

    Les cellules sont celles du tableur : texte, nombre, date, booléen ; texte seul pour un CSV.
    """

    nom: str
    entetes: tuple[str, ...]
    lignes: Iterator[Ligne]


def lire_tableau(source: IO[bytes], nom: str) -> Tableau:
    """Rend le tableau de la première feuille visible qui n'est pas vide.

    La première ligne d'au moins deux cellules remplies porte les titres (d'une, à défaut).
    Lève `FichierRefuse` (`fichier_vide`, `tableau_illisible`, `bombe_zip`).
    """
    contenu = source.read(OCTETS_MAXIMUM + 1)
    if len(contenu) > OCTETS_MAXIMUM:
        detail = f"il dépasse {OCTETS_MAXIMUM // 1024**2} Mo"
        raise refuser("tableau_illisible", nom=nom, detail=detail)
    if not contenu.strip():
        raise refuser("fichier_vide", nom=nom)
    if contenu.startswith((SIGNATURE_ZIP, SIGNATURE_XLS)):
        lignes = _lignes_classeur(contenu, nom)
    else:
        lignes = _lignes_csv(_decoder(contenu, nom), nom)
    return _intituler(lignes, nom)


def _intituler(lignes: Iterable[Ligne], nom: str) -> Tableau:
    iterateur = iter(lignes)
    avant: list[Ligne] = []
    for numero, cellules in iterateur:
        if sum(1 for cellule in cellules if not est_vide(cellule)) > 1:
            return Tableau(nom, _entetes(cellules), _remplies(iterateur))
        avant.append((numero, cellules))
    remplies = list(_remplies(avant))
    if not remplies:
        raise refuser("fichier_vide", nom=nom)
    return Tableau(nom, _entetes(remplies[0][1]), iter(remplies[1:]))


def _entetes(cellules: tuple[Any, ...]) -> tuple[str, ...]:
    titres: list[str] = []
    for rang, cellule in enumerate(cellules, 1):
        titre = " ".join(str(cellule if cellule is not None else "").split()) or f"Colonne {rang}"
        suite, unique = 2, titre
        while unique in titres:
            unique, suite = f"{titre} ({suite})", suite + 1
        titres.append(unique)
    return tuple(titres)


def est_vide(cellule: Any) -> bool:
    """Dit si une cellule ne porte rien."""
    return cellule is None or (isinstance(cellule, str) and not cellule.strip())


def _remplies(lignes: Iterable[Ligne]) -> Iterator[Ligne]:
    for numero, cellules in lignes:
        if not all(est_vide(cellule) for cellule in cellules):
            yield numero, cellules


def _decoder(contenu: bytes, nom: str) -> str:
    if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodages = ["utf-16"]
    else:
        encodages = ["utf-8-sig", "cp1252"]
    for encodage in encodages:
        try:
            texte = contenu.decode(encodage)
        except UnicodeDecodeError:
            continue
        if "\0" not in texte:
            return texte
    detail = "son texte n'est ni en UTF-8 ni en windows-1252"
    raise refuser("tableau_illisible", nom=nom, detail=detail)


def _lignes_csv(texte: str, nom: str) -> Iterator[Ligne]:
    separateur = _separateur(texte)
    # `csv` compte les lignes comme la lecture universelle : \r, \n et \r\n.
    physiques = io.StringIO(texte, newline=None).readlines()
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    colonnes, debut = 0, 1
    while True:
        try:
            cellules = next(lecteur)
        except StopIteration:
            return
        except csv.Error:
            detail = f"la ligne {debut} contient un guillemet qui n'est jamais refermé"
            raise refuser("tableau_illisible", nom=nom, detail=detail) from None
        fin = lecteur.line_num
        bloc = [physique.rstrip("\n").split(separateur) for physique in physiques[debut - 1 : fin]]
        if colonnes and fin > debut and _a_avale(cellules, bloc, colonnes):
            for numero, seules in enumerate(bloc, debut):
                yield numero, tuple([cellule.replace('"', "") for cellule in seules])
        else:
            yield debut, tuple(cellules)
        if not colonnes and sum(map(bool, cellules)) > 1:
            colonnes = len(cellules)
        debut = fin + 1


def _a_avale(cellules: list[str], bloc: list[list[str]], colonnes: int) -> bool:
    """Dit si un guillemet égaré a collé en une seule plusieurs lignes du fichier.

    C'est le cas quand chacune, coupée seule, a toutes ses colonnes, ou quand la ligne collée n'a
    pas les siennes. Une adresse écrite sur deux lignes dans sa cellule n'est ni l'un ni l'autre.
    """
    return len(cellules) < colonnes or all(len(seules) == colonnes for seules in bloc)


def _separateur(texte: str) -> str:
    def colonnes(separateur: str) -> int:
        lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
        try:
            return max((len(ligne) for ligne, _ in zip(lecteur, range(5), strict=False)), default=0)
        except csv.Error:
            return 0

    return max(SEPARATEURS, key=colonnes)


def _lignes_classeur(contenu: bytes, nom: str) -> Iterator[Ligne]:
    if contenu.startswith(SIGNATURE_ZIP):
        _controler_archive(contenu, nom)
    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        visibles = [
            feuille.name
            for feuille in classeur.sheets_metadata
            if feuille.visible == SheetVisibleEnum.Visible
        ]
        feuilles = [classeur.get_sheet_by_name(feuille) for feuille in visibles]
    except (CalamineError, OSError, ValueError) as erreur:
        detail = "il est protégé par un mot de passe ou abîmé"
        raise refuser("tableau_illisible", nom=nom, detail=detail) from erreur
    for feuille in feuilles:
        if feuille.height:
            lignes = feuille.to_python(skip_empty_area=False)
            return ((numero, tuple(ligne)) for numero, ligne in enumerate(lignes, 1))
    raise refuser("fichier_vide", nom=nom)


def _controler_archive(contenu: bytes, nom: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            octets = sum(membre.file_size for membre in archive.infolist())
            if octets > min(LIMITES.octets, len(contenu) * LIMITES.taux):
                raise refuser("bombe_zip", nom=nom, detail=f"{octets} octets")
            for membre in archive.infolist():
                if membre.filename.startswith("xl/worksheets/"):
                    with archive.open(membre) as feuille:
                        _controler_etendue(feuille, nom)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise refuser("tableau_illisible", nom=nom, detail="il est abîmé") from None


def _controler_etendue(feuille: IO[bytes], nom: str) -> None:
    """Refuse une feuille dont une cellule perdue au loin ferait réserver des milliards de cases."""
    colonnes, lignes, reste = 0, 0, b""
    while morceau := feuille.read(OCTETS_PAR_MORCEAU):
        texte = reste + morceau
        for lettres, ligne in CELLULE_XLSX.findall(texte):
            colonnes = max(colonnes, _numero_colonne(lettres))
            lignes = max(lignes, int(ligne))
        reste = texte[-CHEVAUCHEMENT:]
    if colonnes * lignes > CELLULES_MAXIMUM:
        detail = f"sa feuille s'étend sur {lignes} lignes et {colonnes} colonnes"
        raise refuser("tableau_illisible", nom=nom, detail=detail)


def _numero_colonne(lettres: bytes) -> int:
    numero = 0
    for lettre in lettres:
        numero = numero * 26 + lettre - ord("A") + 1
    return numero
