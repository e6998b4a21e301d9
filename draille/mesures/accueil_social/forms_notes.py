"""Écrire une note, corriger la sienne."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from draille.mesures.accueil_social.forms_champs import A_CHOISIR
from draille.socle.acces import Compartiment

Donnees = Mapping[str, Any] | None
PRIVEE = "privee"


class Note(forms.Form):
    """Une note sur une personne, partagée dans un métier ou pour soi."""

    texte = forms.CharField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "Écrivez la note.",
            "max_length": "Cette note est trop longue : 2 000 signes au plus.",
        },
    )
    pour = forms.ChoiceField(
        label="Qui la lira", widget=forms.RadioSelect, error_messages={"required": A_CHOISIR}
    )

    def __init__(self, donnees: Donnees = None, *, compartiments: Iterable[Compartiment]) -> None:
        """`compartiments` : où cet agent peut partager une note."""
        choix = [
            *((str(int(c)), f"Ceux qui ouvrent ce dossier en {c.libelle}") for c in compartiments),
            (PRIVEE, "Moi seul"),
        ]
        super().__init__(donnees, initial={"pour": choix[0][0]})
        champ = self.fields["pour"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = choix


class CorrigerNote(forms.Form):
    """Le nouveau texte de sa propre note."""

    texte = forms.CharField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Écrivez la note."},
    )
