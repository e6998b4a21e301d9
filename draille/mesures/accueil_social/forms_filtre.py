"""Ce que l'on cherche parmi les accueils, et la période d'un chiffre."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from draille.mesures.accueil_social.forms_champs import champ_jour
from draille.mesures.accueil_social.lectures import Filtre
from draille.mesures.accueil_social.models import Accueil
from draille.moteurs.annuaire.registre import tous

_TOUS = [("", "Tous")]


class Filtrer(forms.Form):
    """Les critères de la liste ; vide, elle montre le jour même."""

    texte = forms.CharField(label="Nom", required=False, max_length=80)
    debut = champ_jour("Du")
    fin = champ_jour("Au")
    canal = forms.ChoiceField(
        label="Comment", required=False, choices=[*_TOUS, *Accueil.Canal.choices]
    )
    besoin = forms.ChoiceField(label="Besoin", required=False)
    identite = forms.ChoiceField(
        label="Qui", required=False, choices=[*_TOUS, *Accueil.Identite.choices]
    )

    def __init__(self, donnees: Mapping[str, Any] | None = None, *, le: date) -> None:
        """`le` : le jour, proposé comme fin."""
        super().__init__(donnees, initial={"fin": le})
        champ = self.fields["besoin"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [*_TOUS, *((code, b.libelle) for code, b in tous().items())]

    @property
    def est_rempli(self) -> bool:
        """Vrai si au moins un critère se lit."""
        return self.is_bound and self.is_valid() and any(self.cleaned_data.values())

    @property
    def filtre(self) -> Filtre:
        """Ce que la lecture attend."""
        return Filtre(**self.cleaned_data)


class Periode(forms.Form):
    """Du premier au dernier jour, inclus."""

    debut = champ_jour("Du")
    fin = champ_jour("Au")

    def __init__(self, donnees: Mapping[str, Any] | None = None, *, debut: date, fin: date) -> None:
        """`debut`, `fin` : ceux qui valent quand rien n'est demandé."""
        super().__init__(donnees)
        self._defaut = (debut, fin)

    @property
    def bornes(self) -> tuple[date, date]:
        """La période demandée, ou celle par défaut ; remise à l'endroit si elle est inversée."""
        lu = self.cleaned_data if self.is_bound and self.is_valid() else {}
        debut, fin = lu.get("debut") or self._defaut[0], lu.get("fin") or self._defaut[1]
        return min(debut, fin), max(debut, fin)
