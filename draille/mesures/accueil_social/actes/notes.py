"""Écrire une note, la corriger."""

from datetime import date

from draille.mesures.accueil_social.models import Note
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment


def ecrire_note(
    *,
    personne: Personne,
    texte: str,
    est_privee: bool,
    compartiment: Compartiment,
    par: Acces,
    le: date,
    accueil_id: int | None = None,
) -> Note:
    """Écrit une note, partagée dans un compartiment, ou pour son seul auteur."""
    raise NotImplementedError


def corriger_note(*, note_id: int, texte: str, par: Acces, le: date) -> Note:
    """Corrige sa propre note."""
    raise NotImplementedError
