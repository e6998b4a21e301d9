"""Les saisies de l'argent : l'année lue, le fichier déposé, ses colonnes, la ligne décidée."""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from draille.mesures.convention.actes_comptes import Corrections, FichierComptable
from draille.mesures.convention.forms import DateLue
from draille.mesures.convention.regles.comptes import (
    CHAMPS,
    OCTETS_MAXIMUM,
    Anomalie,
    Connu,
    Decision,
    titres_du_fichier,
)

# Le fichier attend dans la page, compressé, le temps d'associer ses colonnes.
OCTETS_GARDES = 2 * 1024 * 1024


class AnneeLue(DateLue):
    """La date de lecture et l'année de l'argent ; une année inconnue se lit comme la dernière."""

    annee = forms.TypedChoiceField(label="Année", coerce=int)

    def __init__(
        self, dites: Mapping[str, str], *, par_defaut: date, annees: Sequence[int]
    ) -> None:
        """`dites` : l'adresse ; `annees` : celles que l'on peut lire, croissantes."""
        annee = dites.get("annee", "")
        self.annee_lue = int(annee) if annee in map(str, annees) else annees[-1]
        completes = {
            "le": dites.get("le") or par_defaut.isoformat(),
            "annee": str(self.annee_lue),
        }
        super().__init__(completes, par_defaut=par_defaut)
        champ = self.fields["annee"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(a, str(a)) for a in reversed(annees)]
        self.fields["le"].label = "Lire au"


class Depot(forms.Form):
    """Le tableur des finances."""

    fichier = forms.FileField(
        label="Tableur des finances",
        help_text="XLSX, ODS ou CSV, tel que l'outil des finances l'enregistre.",
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
        },
        max_length=200,
    )

    @property
    def depose(self) -> FichierComptable:
        """Le fichier lu."""
        envoye: UploadedFile[Any] = self.cleaned_data["fichier"]
        return FichierComptable(
            contenu=envoye.read(OCTETS_MAXIMUM + 1), nom=(envoye.name or "comptes")[:200]
        )


class Association(forms.Form):
    """Quelle colonne du tableur donne quel champ. Le fichier suit, compressé."""

    contenu = forms.CharField(widget=forms.HiddenInput)
    nom_fichier = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(
        self,
        donnees: Mapping[str, Any] | None = None,
        *,
        fichier: FichierComptable,
    ) -> None:
        """Propose ce que les titres laissent deviner. Lève `Refus` si le fichier ne se lit pas."""
        titres, devinee = titres_du_fichier(contenu=fichier.contenu, nom=fichier.nom)
        initial = {f"col_{c}": t for c, t in devinee.items()}
        if donnees is None:
            initial |= {"contenu": fermer(fichier.contenu), "nom_fichier": fichier.nom}
        super().__init__(donnees, initial=initial)
        self.fichier = fichier
        choix = [("", "—"), *((t, t) for t in titres)]
        for champ, (libelle, _) in CHAMPS.items():
            self.fields[f"col_{champ}"] = forms.ChoiceField(
                label=libelle, required=champ == "montant", choices=choix
            )

    @property
    def colonnes(self) -> list[Any]:
        """Les champs à associer, dans l'ordre où on les lit."""
        return [self[f"col_{champ}"] for champ in CHAMPS]

    @property
    def est_trop_gros(self) -> bool:
        """Vrai si le fichier ne tient pas dans la page."""
        return len(self.initial.get("contenu", "")) > OCTETS_GARDES

    @property
    def depose(self) -> FichierComptable:
        """Le fichier et son association ; le formulaire est valide."""
        # Un champ laissé sans colonne l'est exprès : il ne se devine plus.
        dites = {c: self.cleaned_data.get(f"col_{c}") or "" for c in CHAMPS}
        return FichierComptable(self.fichier.contenu, self.fichier.nom, dites)


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


# Ce qui se corrige, selon ce qui ne va pas.
UTILES: dict[Anomalie, tuple[str, ...]] = {
    Anomalie.LIGNE: ("ligne",),
    Anomalie.CONVENTION: ("ligne",),
    Anomalie.FINANCEUR: ("financeur",),
    Anomalie.ANNEE: ("exercice", "annee"),
    Anomalie.NEGATIF: ("reduit",),
    Anomalie.REPRISE: ("ligne", "exercice"),
}


class DecisionForm(forms.Form):
    """Ce que l'on décide d'une ligne à revoir, et ce que l'on y corrige."""

    ligne = forms.ChoiceField(label="Ligne de la convention", required=False)
    financeur = forms.ChoiceField(label="Financeur", required=False)
    exercice = forms.IntegerField(label="Exercice", required=False, min_value=1990, max_value=2999)
    annee = forms.IntegerField(
        label="Année de la convention", required=False, min_value=1990, max_value=2999
    )
    reduit = forms.ChoiceField(label="Pièce qu'elle réduit", required=False)
    decision = forms.ChoiceField(
        label="Décision",
        choices=[(str(d), d.libelle) for d in Decision if d is not Decision.REPRISE],
        error_messages={
            "required": "Choisissez une décision.",
            "invalid_choice": "Décision inconnue.",
        },
    )

    def __init__(
        self,
        *args: Any,
        connu: Connu,
        reductibles: Sequence[tuple[str, str]],
        anomalies: Sequence[Anomalie],
        **kwargs: Any,
    ) -> None:
        """`connu` : les lignes et les financeurs que l'on peut dire ; `reductibles`, les pièces."""
        super().__init__(*args, **kwargs)
        self._utiles = {c for a in anomalies for c in UTILES.get(a, ())}
        lignes = [
            (f"{c.code}:{code}", libelle if len(connu.cadres) == 1 else f"{libelle} ({c.titre})")
            for c in connu.cadres
            for code, libelle in c.lignes.items()
        ]
        financeurs = [(f.code, f.nom) for f in connu.financeurs]
        vides = {"reduit": "Choisissez la pièce"}
        tous = (("ligne", lignes), ("financeur", financeurs), ("reduit", list(reductibles)))
        for nom, choix in tous:
            champ = self.fields[nom]
            assert isinstance(champ, forms.ChoiceField)
            champ.choices = [("", vides.get(nom, "Comme le fichier le dit")), *choix]

    @property
    def utiles(self) -> list[Any]:
        """Les champs qui répondent à ce qui ne va pas."""
        return [self[n] for n in self.fields if n in self._utiles]

    @property
    def autres(self) -> list[Any]:
        """Les autres champs que l'on peut corriger."""
        return [self[n] for n in self.fields if n not in self._utiles and n != "decision"]

    @property
    def corrections(self) -> Corrections:
        """Ce qui est corrigé ; le formulaire est valide."""
        lus = self.cleaned_data
        convention, _, code = lus["ligne"].partition(":")
        return Corrections(
            convention=convention,
            ligne=code,
            financeur=lus["financeur"],
            exercice=lus["exercice"],
            annee=lus["annee"],
            reduit=lus["reduit"],
        )

    @property
    def decidee(self) -> Decision:
        """La décision ; le formulaire est valide."""
        return Decision(self.cleaned_data["decision"])
