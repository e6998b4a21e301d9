"""Ouvrir un fichier reçu, XML ou archive zip, sans jamais rien écrire sur le disque."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from draille.moteurs.flux.calcul.refus import refuser

SIGNATURE_ZIP = b"PK\x03\x04"
SIGNATURE_ZIP_VIDE = b"PK\x05\x06"
EXTENSIONS_ARCHIVE = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
DRAPEAU_CHIFFRE = 0x1


@dataclass(frozen=True, slots=True)
class Limites:
    """Ce qu'une archive peut contenir : fichiers, octets déployés, taux de déploiement."""

    membres: int = 50
    octets: int = 8 * 1024**3
    taux: int = 200


LIMITES = Limites()


class Interne(NamedTuple):
    """Un fichier XML à lire : son nom, sa taille en octets et de quoi l'ouvrir."""

    nom: str
    taille: int
    ouvrir: Callable[[], IO[bytes]]


@contextmanager
def ouvrir(chemin: Path, *, nom: str = "", limites: Limites = LIMITES) -> Iterator[list[Interne]]:
    """Donne la liste des fichiers XML de `chemin` : lui-même, ou ceux de l'archive.

    La nature se lit dans les premiers octets, jamais dans l'extension ; `nom` est celui à montrer.
    Lève `FichierRefuse` (`fichier_vide`, `bombe_zip` et tous les `zip_*`).
    """
    nom = nom or chemin.name
    taille = chemin.stat().st_size
    if taille == 0:
        raise refuser("fichier_vide", nom=nom)
    with chemin.open("rb") as debut:
        signature = debut.read(4)
    if signature not in (SIGNATURE_ZIP, SIGNATURE_ZIP_VIDE):
        yield [Interne(nom, taille, partial(_ouvrir_brut, chemin))]
        return
    try:
        archive = zipfile.ZipFile(chemin)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise refuser("zip_abime", nom=nom) from None
    with archive:
        membres = [m for m in archive.infolist() if not m.is_dir()]
        _controler(membres, nom=nom, taille=taille, limites=limites)
        yield [Interne(m.filename, m.file_size, partial(archive.open, m)) for m in membres]


def _ouvrir_brut(chemin: Path) -> IO[bytes]:
    return chemin.open("rb")


def _controler(membres: list[zipfile.ZipInfo], *, nom: str, taille: int, limites: Limites) -> None:
    if not membres:
        raise refuser("zip_vide", nom=nom)
    if len(membres) > limites.membres:
        raise refuser("bombe_zip", nom=nom, detail=f"{len(membres)} fichiers")
    # Le taux se compte sur la taille de l'archive entière : des fichiers superposés, qui
    # partagent les mêmes octets, se voient aussi.
    octets = sum(membre.file_size for membre in membres)
    if octets > limites.octets or octets > taille * limites.taux:
        detail = f"{octets:,} octets dans une archive de {taille:,}".replace(",", " ")
        raise refuser("bombe_zip", nom=nom, detail=detail)
    for membre in membres:
        _controler_membre(membre, nom)


def _controler_membre(membre: zipfile.ZipInfo, nom: str) -> None:
    interne = membre.filename
    parties = interne.replace("\\", "/").split("/")
    if ".." in parties or parties[0] == "" or ":" in parties[0]:
        raise refuser("zip_nom_dangereux", nom=nom, detail=interne)
    if membre.flag_bits & DRAPEAU_CHIFFRE:
        raise refuser("zip_chiffre", nom=nom)
    if interne.lower().endswith(EXTENSIONS_ARCHIVE):
        raise refuser("zip_imbrique", nom=nom, detail=interne)
    if not interne.lower().endswith(".xml"):
        raise refuser("zip_membre_inattendu", nom=nom, detail=interne)
