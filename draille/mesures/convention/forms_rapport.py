"""Les saisies du rapport d'exécution : quoi rédiger, que dire de chaque ligne, pourquoi revenir."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from draille.mesures.convention.actes_rapport import LONGUEUR_COMMENTAIRE
from draille.mesures.convention.models import Cadre

ENSEMBLE = "ensemble"
_DATE = {"type": "date"}


class RedigerRapport(forms.Form):
    """Une convention, une année, le jour où l'on arrête les chiffres."""

    cadre = forms.ModelChoiceField(
        label="Convention", queryset=Cadre.objects.none(), empty_label=None
    )
    annee = forms.TypedChoiceField(label="Année", coerce=int)
    arrete_le = forms.DateField(
        label="Chiffres arrêtés au",
        help_text="Tout ce qui est daté de ce jour ou d'avant compte.",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_DATE),
        error_messages={"invalid": "Écrivez la date jour, mois, année : 31/10/2020."},
    )

    def __init__(
        self, *args: Any, departement: str, cadres: Sequence[int], le: date, **kwargs: Any
    ) -> None:
        """`cadres` : ceux dont des lignes sont publiées ; `le` : la date du produit."""
        super().__init__(*args, **kwargs)
        choix = self.fields["cadre"]
        assert isinstance(choix, forms.ModelChoiceField)
        choix.queryset = Cadre.objects.filter(departement=departement, pk__in=cadres)
        annees = self.fields["annee"]
        assert isinstance(annees, forms.ChoiceField)
        annees.choices = [(a, str(a)) for a in range(le.year, le.year - 4, -1)]
        self.initial.setdefault("annee", le.year)
        self.initial.setdefault("arrete_le", le)


class Motif(forms.Form):
    """Pourquoi l'on renvoie ou corrige un rapport."""

    motif = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi : ce motif se lit avec le rapport."},
    )


class CorrigerRapport(Motif):
    """Pourquoi l'on corrige, et à quel jour l'on arrête la correction."""

    arrete_le = forms.DateField(
        label="Chiffres arrêtés au",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_DATE),
        error_messages={"invalid": "Écrivez la date jour, mois, année : 31/10/2020."},
    )


class Commentaires(forms.Form):
    """Un texte pour l'ensemble, et un par ligne."""

    def __init__(
        self, *args: Any, lignes: Mapping[str, str], connus: Mapping[str, str], **kwargs: Any
    ) -> None:
        """`lignes` : libellés par code ; `connus` : les textes déjà écrits, par code."""
        super().__init__(*args, **kwargs)
        for code, libelle in {"": "l'ensemble", **lignes}.items():
            self.fields[_nom(code)] = forms.CharField(
                label=f"Commentaire : {libelle}",
                required=False,
                max_length=LONGUEUR_COMMENTAIRE,
                widget=forms.Textarea(attrs={"rows": 5 if code else 7}),
                initial=connus.get(code, ""),
                error_messages={
                    "max_length": "Ce commentaire est trop long : 4 000 caractères au plus."
                },
            )
        self._codes = ["", *lignes]

    def champ(self, code: str) -> forms.BoundField:
        """Le champ de cette ligne ; vide : l'ensemble."""
        return self[_nom(code)]

    @property
    def textes(self) -> dict[str, str]:
        """Les textes saisis, par code de ligne ; le formulaire est valide."""
        return {code: self.cleaned_data[_nom(code)] for code in self._codes}


def _nom(code: str) -> str:
    return f"ligne-{code}" if code else ENSEMBLE
