"""Ce que l'on choisit au pilotage : la date, l'année, la convention, et à quoi comparer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from draille.mesures.convention.forms import DateLue

OCTETS_AU_PLUS = 20 * 1024 * 1024


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

    avec = forms.TypedChoiceField(label="Comparer à l'année", coerce=int)

    def __init__(self, *args: Any, annees: Sequence[int], **kwargs: Any) -> None:
        """`annees` : celles que l'on peut choisir."""
        super().__init__(*args, **kwargs)
        champ = self.fields["avec"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(str(a), str(a)) for a in reversed(annees)]


class AutreDepartement(forms.Form):
    """Le fichier d'agrégats posé sur le serveur, et le Département qu'on y lit."""

    fichier = forms.ChoiceField(label="Fichier reçu", required=False)
    departement = forms.RegexField(r"^[0-9A-Za-z]{1,8}$", required=False)

    def __init__(self, *args: Any, fichiers: Sequence[str], **kwargs: Any) -> None:
        """`fichiers` : les noms que l'on peut choisir."""
        super().__init__(*args, **kwargs)
        champ = self.fields["fichier"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(f, f) for f in fichiers]


class FichierDepose(forms.Form):
    """Un fichier d'agrégats, lu sans être gardé."""

    fichier = forms.FileField(
        label="Fichier d'agrégats d'un autre Département",
        help_text="Le fichier « agregats-….parquet » que l'autre Département a exporté. Il n'a que "
        "des nombres par mois ; il est vérifié, montré, et n'est pas gardé.",
        widget=forms.ClearableFileInput(attrs={"accept": ".parquet"}),
        error_messages={"required": "Choisissez un fichier d'agrégats."},
    )

    def clean_fichier(self) -> Any:
        """Refuse un fichier trop gros pour être des agrégats."""
        fichier = self.cleaned_data["fichier"]
        if fichier.size > OCTETS_AU_PLUS:
            raise forms.ValidationError(
                "Ce fichier est trop gros pour des agrégats (20 Mo au plus). Vérifiez que ce n'est "
                "pas le fichier des actes."
            )
        return fichier
