"""Les champs que les formulaires du guichet partagent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

A_CHOISIR = "Choisissez une réponse de la liste."
_LIEU = re.compile(r"([a-z][a-z_]{0,29})?:(\d{1,18})\Z")


@dataclass(frozen=True, slots=True)
class LieuCoche:
    """Un lieu proposé que l'agent a coché, et le besoin auquel il répond (ou vide)."""

    besoin: str
    point_id: int


class Lieux(forms.MultipleChoiceField):
    """Des lieux proposés, écrits « besoin:point » ; le serveur en a donné la liste."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:
        """Vrai si la valeur a la forme attendue ; l'acte revérifie le point."""
        return _LIEU.match(value) is not None

    def clean(self, value: Any) -> list[LieuCoche]:
        """Les lieux, dans l'ordre coché."""
        lus = [_LIEU.match(v) for v in super().clean(value)]
        return [LieuCoche(lu[1] or "", int(lu[2])) for lu in lus if lu]


def champ_texte(libelle: str, au_plus: int, *, aide: str = "", rangs: int = 0) -> forms.CharField:
    """Un texte facultatif, borné ; sur plusieurs lignes si `rangs` est dit."""
    return forms.CharField(
        label=libelle,
        required=False,
        max_length=au_plus,
        help_text=aide,
        widget=forms.Textarea(attrs={"rows": rangs}) if rangs else forms.TextInput(),
        error_messages={"max_length": f"Ce texte est trop long : {au_plus} signes au plus."},
    )


def champ_radios(libelle: str, choix: Iterable[tuple[str, str]], initial: str) -> forms.ChoiceField:
    """Des boutons dont l'un est déjà choisi."""
    return forms.ChoiceField(
        label=libelle,
        choices=list(choix),
        initial=initial,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": A_CHOISIR},
    )


def champ_jour(libelle: str, *, aide: str = "") -> forms.DateField:
    """Un jour à choisir, facultatif."""
    return forms.DateField(
        label=libelle,
        required=False,
        help_text=aide,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": "Cette date ne se lit pas. Écrivez-la jour/mois/année, comme 31/10/2020."
        },
    )


def champ_heure() -> forms.TimeField:
    """L'heure de l'arrivée, facultative."""
    return forms.TimeField(
        label="Heure",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Cette heure ne se lit pas. Écrivez-la comme 9:00 ou 14:30."},
    )
