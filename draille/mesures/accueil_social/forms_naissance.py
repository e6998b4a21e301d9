"""Une date de naissance telle qu'on la dit au guichet : entière, ou le mois, ou l'année seule."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

_JOUR = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})\Z")
_MOIS = re.compile(r"(\d{1,2})[/.\- ](\d{4})\Z")
_ANNEE = re.compile(r"(\d{4})\Z")
_PREMIERE_ANNEE = 1880
ILLISIBLE = "Cette date ne se lit pas. Écrivez 12/03/1984, 03/1984, 1984, ou rien."


@dataclass(frozen=True, slots=True)
class Naissance:
    """Une naissance, et ce qui en est connu : N le jour, J le mois, O l'année."""

    le: date
    precision: str


def lire_naissance(texte: str) -> Naissance | None:
    """La naissance écrite ; nulle si elle ne se lit pas."""
    for motif, precision in ((_JOUR, "N"), (_MOIS, "J"), (_ANNEE, "O")):
        lu = motif.match(texte.strip())
        if lu is None:
            continue
        jour, mois, annee = [1, 1, 1][: 3 - len(lu.groups())] + [int(n) for n in lu.groups()]
        try:
            le = date(annee, mois, jour)
        except ValueError:
            return None
        return Naissance(le, precision) if annee >= _PREMIERE_ANNEE else None
    return None


class ChampNaissance(forms.CharField):
    """Le champ correspondant ; rend une `Naissance` ou rien."""

    def clean(self, value: Any) -> Naissance | None:
        """Lève ValidationError si la date ne se lit pas."""
        texte = super().clean(value)
        if not texte:
            return None
        lue = lire_naissance(texte)
        if lue is None:
            raise forms.ValidationError(ILLISIBLE)
        return lue
