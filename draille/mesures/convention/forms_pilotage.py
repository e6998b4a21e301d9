"""Ce que l'on choisit au pilotage : la date, l'année, la convention, et à quoi comparer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from draille.mesures.convention.forms import DateLue


class PilotageForm(DateLue):
    """La date de lecture, l'année, la convention ; ce qui n'est pas lisible prend son défaut."""

    annee = forms.TypedChoiceField(label="Année", coerce=int)
    convention = forms.ChoiceField(label="Convention")

    def __init__(
        self,
        *args: Any,
        par_defaut: date,
        annees: Sequence[int],
        cadres: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`annees` : de la plus ancienne à la plus récente ; `cadres` : (code, titre)."""
        super().__init__(*args, par_defaut=par_defaut, **kwargs)
        self.fields["le"].label = "Lire au"
        self._choisir("annee", [(str(a), str(a)) for a in reversed(annees)])
        self._choisir("convention", list(cadres))
        if len(cadres) < 2:
            self.fields["convention"].widget = forms.HiddenInput()

    def _choisir(self, nom: str, choix: list[tuple[str, str]]) -> None:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = choix


class CritereActes(forms.Form):
    """Le mois d'une liste d'actes, dans une adresse."""

    mois = forms.IntegerField(min_value=1, max_value=12, required=False)


class AutreAnnee(forms.Form):
    """L'année à laquelle on compare."""

    avec = forms.TypedChoiceField(label="Comparer à l'année", coerce=int, required=False)

    def __init__(self, *args: Any, annees: Sequence[int], **kwargs: Any) -> None:
        """`annees` : celles que l'on peut choisir."""
        super().__init__(*args, **kwargs)
        champ = self.fields["avec"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(str(a), str(a)) for a in reversed(annees)]
