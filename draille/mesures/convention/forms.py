"""Les saisies de la convention : la date à laquelle on la lit."""

from datetime import date
from typing import Any

from django import forms


class DateLue(forms.Form):
    """La date de lecture ; absente ou illisible, celle du produit."""

    le = forms.DateField(
        label="Lire la convention au",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "Choisissez une date, par exemple 31/10/2020.",
            "invalid": "Cette date n'est pas lisible. Écrivez-la jour, mois, année : 31/10/2020.",
        },
    )

    def __init__(self, *args: Any, par_defaut: date, **kwargs: Any) -> None:
        """`par_defaut` : la date à prendre quand la saisie est vide ou illisible."""
        super().__init__(*args, **kwargs)
        self._par_defaut = par_defaut
        self.initial["le"] = par_defaut

    @property
    def jour(self) -> date:
        """La date demandée, sinon celle par défaut."""
        return self.cleaned_data["le"] if self.is_valid() else self._par_defaut
