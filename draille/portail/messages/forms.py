"""Le formulaire d'un modèle."""

from django import forms

from draille.moteurs.messages.calcul import Texte
from draille.moteurs.messages.calcul.textes import SUJET_MAXIMUM


class EditionModele(forms.Form):
    """L'objet et le texte d'un modèle, à trous. Un SMS n'a pas d'objet."""

    sujet = forms.CharField(
        label="Objet",
        max_length=SUJET_MAXIMUM,
        error_messages={"required": "L'objet est vide : dites en quelques mots de quoi il s'agit."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    corps = forms.CharField(
        label="Texte",
        strip=False,
        error_messages={"required": "Le texte est vide : écrivez ce que la personne doit savoir."},
        max_length=6000,
        help_text="Une phrase par ligne : une ligne dont un champ est vide disparaît. "
        "Une ligne vide fait un alinéa.",
        widget=forms.Textarea(attrs={"rows": 22}),
    )

    def __init__(self, *args: object, canal: str, **kwargs: object) -> None:
        """Ôte l'objet d'un SMS."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if canal == "sms":
            del self.fields["sujet"]
            self.fields["corps"].widget.attrs["rows"] = 8

    @property
    def texte(self) -> Texte:
        """Le texte saisi, s'il est lisible."""
        return Texte(self.cleaned_data.get("sujet", ""), self.cleaned_data.get("corps", ""))
