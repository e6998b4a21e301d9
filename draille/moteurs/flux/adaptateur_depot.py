"""Recevoir un fichier : le copier à l'abri, reconnaître sa nature, ne le prendre qu'une fois."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction

from draille.moteurs.flux.adaptateur_contexte import empreinte_vide, exiger
from draille.moteurs.flux.calcul.correspondance import proposer
from draille.moteurs.flux.calcul.refus import FichierRefuse
from draille.moteurs.flux.calcul.tableur import lire_tableau
from draille.moteurs.flux.journal import Recevoir
from draille.moteurs.flux.models import FichierRecu
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces

OCTETS_PAR_MORCEAU = 1024 * 1024
CHAMPS_DE_CONTACT = frozenset({"matricule", "nir", "telephone", "telephone_2", "courriel"})


def recevoir(
    *, source: Path | IO[bytes], nom: str, par: Acces, le: date, nature: str = ""
) -> FichierRecu:
    """Met un fichier à l'abri et le rend, prêt à être intégré.

    `nature` (`caf_rsa`, `contacts`, `tableau`) est devinée du contenu si elle n'est pas dite. Un
    contenu déjà reçu rend le fichier d'alors : à l'appelant de dire « déjà intégré le … ».
    Un contexte doit être ouvert. Lève `Refus('acces.refuse')` sans habilitation.
    """
    exiger(par, "déposer un fichier")
    with _provisoire() as (chemin, ecrire):
        empreinte, taille = empreinte_vide(), 0
        with _ouvrir(source) as flux, ecrire as copie:
            while morceau := flux.read(OCTETS_PAR_MORCEAU):
                empreinte.update(morceau)
                taille += len(morceau)
                copie.write(morceau)
        deja = FichierRecu.objects.filter(empreinte=empreinte.digest()).first()
        if deja is not None and (deja.est_integre or Path(deja.chemin).exists()):
            return deja
        definitif = chemin.with_name(empreinte.hexdigest())
        nature = str(nature or deviner_nature(chemin, nom))
        os.replace(chemin, definitif)
    with transaction.atomic():
        fichier, est_nouveau = FichierRecu.objects.get_or_create(
            empreinte=empreinte.digest(),
            defaults={
                "nom": nom[:200],
                "nature": nature,
                "octets_total": taille,
                "depose_le": le,
                "depose_par_id": par.agent_id,
                "chemin": str(definitif),
            },
        )
        if est_nouveau:
            charge = Recevoir(fichier_id=fichier.pk, nature=nature)
            consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=fichier.pk))
    return fichier


def deviner_nature(chemin: Path, nom: str) -> str:
    """La nature d'un fichier d'après son contenu : son extension peut mentir."""
    with chemin.open("rb") as fichier:
        debut = fichier.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    if debut.startswith((b"<", b"\xff\xfe<", b"\xfe\xff")) or not debut:
        return FichierRecu.Nature.CAF_RSA
    if debut.startswith(b"PK") and not _est_classeur(chemin):
        return FichierRecu.Nature.CAF_RSA
    try:
        with chemin.open("rb") as fichier:
            champs = set(proposer(lire_tableau(fichier, nom).entetes).values())
    except FichierRefuse:
        # L'intégration redira le refus, avec sa phrase.
        return FichierRecu.Nature.TABLEAU
    est_contacts = champs & {"matricule", "nir"} and champs <= CHAMPS_DE_CONTACT
    return FichierRecu.Nature.CONTACTS if est_contacts else FichierRecu.Nature.TABLEAU


def _est_classeur(chemin: Path) -> bool:
    try:
        with zipfile.ZipFile(chemin) as archive:
            noms = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
    return bool(noms & {"[Content_Types].xml", "mimetype"})


@contextmanager
def _ouvrir(source: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(source, Path):
        with source.open("rb") as flux:
            yield flux
    else:
        yield source


@contextmanager
def _provisoire() -> Iterator[tuple[Path, IO[bytes]]]:
    """Un fichier à écrire, lisible du seul compte de l'application, ôté s'il n'est pas renommé."""
    dossier = Path(settings.MEDIA_ROOT)
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    chemin = dossier / f".{os.getpid()}.{os.urandom(6).hex()}"
    descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield chemin, os.fdopen(descripteur, "wb")
    finally:
        chemin.unlink(missing_ok=True)
