"""Les formulaires d'un fichier de lieux : le déposer, associer ses colonnes."""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from draille.moteurs.annuaire.adaptateur_fichiers import FichierAnnuaire
from draille.moteurs.annuaire.calcul.tableau import OCTETS_MAXIMUM
from draille.moteurs.annuaire.calcul.tableur import CHAMPS, deviner
from draille.moteurs.annuaire.models import Source

Donnees = Mapping[str, Any] | None
PREMIER_ACCUEIL = (
    ("", "Ceux dont le genre le tient d'ordinaire"),
    ("oui", "Tous les lieux du fichier"),
    ("non", "Aucun"),
)
# Le fichier attend dans la page, compressé, le temps d'associer ses colonnes.
OCTETS_GARDES = 1024 * 1024


class Depot(forms.Form):
    """Le fichier, d'où il vient, ce que valent ses lieux."""

    source = forms.ChoiceField(
        label="D'où vient ce fichier",
        choices=[(str(s.value), str(s.label)) for s in Source if s != Source.SAISIE],
    )
    fichier = forms.FileField(
        label="Fichier",
        help_text="CSV, classeur (XLSX, ODS) ou JSON.",
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
        },
    )
    premier_accueil = forms.ChoiceField(
        label="Lesquels tiennent le premier accueil, si le fichier ne le dit pas",
        required=False,
        choices=PREMIER_ACCUEIL,
    )

    @property
    def depose(self) -> FichierAnnuaire:
        """Le fichier lu, prêt à intégrer."""
        envoye: UploadedFile[Any] = self.cleaned_data["fichier"]
        return FichierAnnuaire(
            contenu=envoye.read(OCTETS_MAXIMUM + 1),
            nom=(envoye.name or "fichier")[:200],
            source=self.cleaned_data["source"],
            premier_accueil=_oui_non(self.cleaned_data["premier_accueil"]),
        )


def _oui_non(dit: str) -> bool | None:
    return {"oui": True, "non": False}.get(dit)


class Association(forms.Form):
    """Quelle colonne du tableur donne quel champ. Le fichier suit, compressé."""

    contenu = forms.CharField(widget=forms.HiddenInput)
    nom_fichier = forms.CharField(widget=forms.HiddenInput, max_length=200)
    premier_accueil = forms.ChoiceField(
        widget=forms.HiddenInput, required=False, choices=PREMIER_ACCUEIL
    )

    def __init__(
        self,
        donnees: Donnees,
        *,
        titres: Sequence[str] = (),
        fichier: FichierAnnuaire | None = None,
    ) -> None:
        """Propose l'association que les titres laissent deviner."""
        super().__init__(donnees or None, initial=_initial(titres, fichier))
        choix = [("", "—"), *((t, t) for t in titres)]
        for champ, (libelle, _) in CHAMPS.items():
            self.fields[f"col_{champ}"] = forms.ChoiceField(
                label=libelle, required=champ == "nom", choices=choix
            )

    @property
    def colonnes(self) -> list[Any]:
        """Les champs à associer, dans l'ordre de la fiche."""
        return [self[f"col_{champ}"] for champ in CHAMPS]

    @property
    def depose(self) -> FichierAnnuaire:
        """Le fichier et son association."""
        lus = self.cleaned_data
        return FichierAnnuaire(
            contenu=ouvrir(lus["contenu"]),
            nom=lus["nom_fichier"],
            source=Source.TABLEUR,
            correspondance={c: lus[f"col_{c}"] for c in CHAMPS if lus.get(f"col_{c}")},
            premier_accueil=_oui_non(lus["premier_accueil"]),
        )


def _initial(titres: Sequence[str], fichier: FichierAnnuaire | None) -> dict[str, str]:
    initial = {f"col_{champ}": titre for champ, titre in deviner(titres).items()}
    if fichier is not None:
        dit = {True: "oui", False: "non", None: ""}[fichier.premier_accueil]
        initial |= {
            "contenu": fermer(fichier.contenu),
            "nom_fichier": fichier.nom,
            "premier_accueil": dit,
        }
    return initial


def fermer(contenu: bytes) -> str:
    """Le fichier compressé, en texte."""
    return base64.b64encode(zlib.compress(contenu, 9)).decode()


def ouvrir(texte: str) -> bytes:
    """Le fichier que `fermer` a écrit ; vide s'il a été abîmé ou s'il est démesuré."""
    try:
        lecteur = zlib.decompressobj()
        contenu = lecteur.decompress(base64.b64decode(texte, validate=True), OCTETS_MAXIMUM)
    except (binascii.Error, zlib.error, ValueError):
        return b""
    return b"" if lecteur.unconsumed_tail else contenu
