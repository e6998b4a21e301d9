"""Des PDF accessibles (PDF/UA-1), composés par typst d'un gabarit et de données.

Les données passent par `sys.inputs` en JSON : elles ne sont jamais lues comme du balisage.
"""

import atexit
import json
import shutil
import struct
import tempfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from draille.socle.refus import Refus

POLICE = "Atkinson Hyperlegible"
_ENTETE = ">4sIIHH"
_TABLE = ">4sIIII"


def composer(
    *, gabarit: str | Path, donnees: Mapping[str, Any], instant: datetime | None = None
) -> bytes:
    """Le PDF/UA-1 de ce gabarit `.typ` rempli de ces données (sérialisables en JSON).

    Le gabarit les lit par `#let d = json(bytes(sys.inputs.donnees))`, déclare sa langue et son
    titre ; sans eux typst refuse PDF/UA. `instant` date le fichier (à défaut, 1er janvier 1970) :
    mêmes données et même instant donnent les mêmes octets. Lève `Refus('pdf.gabarit')`.
    """
    # Long à charger : seul celui qui compose l'attend.
    import typst

    chemin = Path(gabarit)
    date = (instant or datetime(1970, 1, 1, tzinfo=UTC)).timestamp()
    try:
        rendu: bytes = typst.compile(
            str(chemin),
            root=str(chemin.parent),
            format="pdf",
            font_paths=[str(polices())],
            ignore_system_fonts=True,
            sys_inputs={"donnees": json.dumps(donnees, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(date),
        )
    except (typst.TypstError, RuntimeError) as cause:
        # L'erreur de typst cite le gabarit, jamais les données ; on ne la montre pas pour autant.
        raise Refus(
            code="pdf.gabarit",
            message=f"Le gabarit « {chemin.name} » n'a pas pu être composé. "
            "Prévenez l'administrateur : rien n'est perdu, le message attend.",
        ) from cause
    return rendu


@lru_cache(maxsize=1)
def polices() -> Path:
    """Le dossier des polices, dépliées une fois par processus ; vide si elles manquent.

    Sans elles, typst emploie la sienne (Libertinus), elle aussi incorporée.
    """
    dossier = Path(tempfile.mkdtemp(prefix="draille-polices-"))
    atexit.register(shutil.rmtree, dossier, ignore_errors=True)
    source = settings.RACINE / "node_modules" / "@fontsource" / "atkinson-hyperlegible" / "files"
    for fichier in sorted(source.glob("*.woff")):
        (dossier / f"{fichier.stem}.ttf").write_bytes(deplier_woff(fichier.read_bytes()))
    return dossier


def deplier_woff(contenu: bytes) -> bytes:
    """La police OpenType que contient un fichier WOFF 1.0 : typst ne lit pas ce format.

    Lève ValueError si ce n'en est pas un.
    """
    if contenu[:4] != b"wOFF":
        raise ValueError("ce n'est pas un fichier WOFF 1.0")
    _, saveur, _, nombre, _ = struct.unpack(_ENTETE, contenu[:16])
    tables = []
    for rang in range(nombre):
        debut = 44 + 20 * rang
        nom, place, taille, origine, controle = struct.unpack(_TABLE, contenu[debut : debut + 20])
        brut = contenu[place : place + taille]
        tables.append((nom, controle, zlib.decompress(brut) if taille < origine else brut))
    puissance = nombre.bit_length() - 1
    portee = 2**puissance * 16
    entete = struct.pack(">IHHHH", saveur, nombre, portee, puissance, nombre * 16 - portee)
    place, repertoire, corps = 12 + 16 * nombre, b"", b""
    for nom, controle, brut in tables:
        repertoire += struct.pack(">4sIII", nom, controle, place + len(corps), len(brut))
        corps += brut + b"\0" * (-len(brut) % 4)
    return entete + repertoire + corps
