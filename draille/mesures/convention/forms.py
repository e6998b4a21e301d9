"""Les saisies de la convention : la date à laquelle on la lit, le critère d'une liste."""

from datetime import date
from typing import Any

from django import forms

from draille.mesures.convention.lectures_indicateurs import SANS_SECTEUR, Critere, Part
from draille.moteurs.indicateurs.calcul import BANDES

NOMS_BANDES = [
    f"{bas} jours et plus" if haut is None else f"{bas} à {haut} jours" for bas, haut in BANDES
]


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
        lu = self.cleaned_data.get("le") if self.is_valid() else None
        return lu or self._par_defaut


class CritereForm(DateLue):
    """Le critère d'une liste d'actes, dans une adresse."""

    le = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    annee = forms.IntegerField(min_value=1900, max_value=2999)
    mois = forms.IntegerField(min_value=1, max_value=12, required=False)
    part = forms.ChoiceField(choices=[(p, p) for p in Part])
    territoire = forms.RegexField(rf"^([1-9][0-9]{{0,8}}|{SANS_SECTEUR})$", required=False)
    bande = forms.IntegerField(min_value=0, max_value=len(BANDES) - 1, required=False)

    @property
    def critere(self) -> Critere:
        """Le critère lu ; le formulaire est valide."""
        lu = self.cleaned_data
        return Critere(
            annee=lu["annee"],
            part=Part(lu["part"]),
            mois=lu["mois"],
            territoire=lu["territoire"],
            bande=lu["bande"],
        )
