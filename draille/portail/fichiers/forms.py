"""Le formulaire de dépôt."""

from typing import Any

from django import forms

from draille.moteurs.flux.models import FichierRecu

OCTETS_AU_PLUS = 2 * 1024**3


class Depot(forms.Form):
    """Un fichier et, si on veut la dire, sa nature."""

    fichier = forms.FileField(
        label="Fichier à déposer",
        help_text="Le fichier mensuel tel que la CAF ou la MSA l'a transmis (XML ou ZIP), "
        "le fichier des contacts, ou un tableau (XLSX, ODS, CSV).",
        allow_empty_file=True,
        error_messages={
            "required": "Choisissez un fichier, puis déposez-le.",
            "missing": "Choisissez un fichier, puis déposez-le.",
        },
    )
    nature = forms.ChoiceField(
        label="Nature",
        required=False,
        choices=[("", "La reconnaître à son contenu"), *FichierRecu.Nature.choices],
    )

    def clean_fichier(self) -> Any:
        """Un fichier démesuré ne se dépose pas par l'écran."""
        fichier = self.cleaned_data["fichier"]
        if fichier.size > OCTETS_AU_PLUS:
            raise forms.ValidationError(
                "Ce fichier dépasse 2 Go. Demandez à l'administrateur de l'intégrer depuis le "
                "serveur, avec « draille flux integrer »."
            )
        return fichier
