"""Les formulaires du budget : un vote, un mandat, un historique, une demande d'acompte."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from draille.mesures.suivi_rsa.actes_acompte import FichierAcompte
from draille.mesures.suivi_rsa.actes_budget import MandatSaisi
from draille.mesures.suivi_rsa.regles import nombres
from draille.mesures.suivi_rsa.regles.budget import (
    JOUR,
    MOIS,
    NATURES,
    NON_PUBLIEE,
    PRECISIONS,
    PRIMITIF,
    Vote,
)
from draille.mesures.suivi_rsa.regles.publies import compter
from draille.socle.texte import normaliser

Donnees = Mapping[str, Any] | None
Fichiers = Any
OCTETS_MAXIMUM = 50 * 1024**2
_DATE_ILLISIBLE = "Cette date ne se lit pas. Écrivez-la jour/mois/année, comme 15/06/2020."


class Euros(forms.CharField):
    """Un montant écrit à la française : « 800 000 », « 1 234,56 € », « -12,00 »."""

    def clean(self, value: Any) -> Any:
        """Le montant au centime ; nul si rien n'est écrit."""
        texte = super().clean(value)
        if texte in self.empty_values:
            return None
        try:
            return nombres.montant(texte)
        except nombres.NombreIllisible as erreur:
            dit = f"{erreur}. Écrivez-le comme 800 000 ou 1 234,56."
            raise forms.ValidationError(dit[0].upper() + dit[1:]) from erreur


class Mois(forms.CharField):
    """Un mois : « 2020-10 », « octobre 2020 », ou la saisie du navigateur."""

    def clean(self, value: Any) -> Any:
        """Son premier jour ; nul si rien n'est écrit."""
        texte = super().clean(value)
        if texte in self.empty_values:
            return None
        try:
            return nombres.mois(texte)
        except nombres.NombreIllisible as erreur:
            dit = str(erreur)
            raise forms.ValidationError(f"{dit[0].upper()}{dit[1:]}.") from erreur


def _mois(libelle: str, jour: date) -> Mois:
    return Mois(
        label=libelle,
        initial=f"{jour:%Y-%m}",
        widget=forms.TextInput(attrs={"type": "month", "max": f"{jour:%Y-%m}"}),
        error_messages={"required": "Indiquez le mois."},
    )


def _jour(libelle: str, jour: date, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=libelle,
        widget=forms.DateInput(attrs={"type": "date", "max": jour.isoformat()}, format="%Y-%m-%d"),
        error_messages={"required": "Indiquez une date.", "invalid": _DATE_ILLISIBLE},
        **options,
    )


class VoteSaisi(forms.Form):
    """Un vote du budget du RSA."""

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """`jour` : la date du produit ; un vote à venir ne s'inscrit pas."""
        super().__init__(donnees)
        self.jour = jour
        self.fields["nature"] = forms.ChoiceField(
            label="Quel vote ?", choices=list(NATURES.items()), widget=forms.RadioSelect
        )
        self.fields["annee"] = forms.IntegerField(
            label="Budget de l'année", initial=jour.year, min_value=2004, max_value=jour.year + 1
        )
        self.fields["libelle"] = forms.CharField(
            label="Comment l'appeler",
            max_length=120,
            help_text="Par exemple : décision modificative n° 2.",
        )
        self.fields["montant"] = Euros(
            label="Montant voté, en euros",
            max_length=30,
            help_text="Ce que le vote ajoute au crédit ; en négatif s'il en retire.",
        )
        self.fields["precision"] = forms.ChoiceField(
            label="Que sait-on de sa date ?",
            choices=list(PRECISIONS.items()),
            initial=JOUR,
            widget=forms.RadioSelect,
        )
        self.fields["vote_le"] = _jour(
            "Date du vote",
            jour,
            required=False,
            help_text="Si seul le mois est connu, n'importe quel jour de ce mois.",
        )
        self.fields["phrase"] = forms.CharField(
            label="La phrase qui le dit",
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="Un extrait de la délibération ou de la publication.",
        )
        self.fields["origine"] = forms.CharField(
            label="D'où elle vient", required=False, max_length=250
        )

    def clean(self) -> dict[str, Any]:
        """Une date publiée se donne."""
        lues = super().clean() or {}
        if lues.get("precision") in (JOUR, MOIS) and not lues.get("vote_le"):
            if "vote_le" not in self.errors:
                self.add_error("vote_le", "Donnez la date du vote, ou dites qu'elle manque.")
        return lues

    @property
    def vote(self) -> Vote:
        """Ce que l'acte attend."""
        lues = self.cleaned_data
        precision, vote_le = lues["precision"], lues["vote_le"]
        nature, annee = lues["nature"], lues["annee"]
        if precision == NON_PUBLIEE:
            vote_le = None
            compte_le = date(annee, 1, 1) if nature == PRIMITIF else self.jour
        else:
            vote_le = vote_le.replace(day=1) if precision == MOIS else vote_le
            compte_le = compter(precision, vote_le, nature, annee)
            if precision == MOIS and vote_le <= self.jour:
                compte_le = min(compte_le, max(self.jour, vote_le))
        return Vote(
            code=normaliser(lues["libelle"]).replace(" ", "_")[:60] or nature,
            nature=nature,
            libelle=lues["libelle"],
            annee=annee,
            montant=lues["montant"],
            precision=precision,
            vote_le=vote_le,
            compte_le=compte_le,
            phrase=lues["phrase"],
            origine=lues["origine"],
        )


class Mandat(forms.Form):
    """La référence d'un mandat payé à une caisse."""

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """`jour` : la date du produit."""
        super().__init__(donnees)
        self.fields["mois"] = _mois("Mois de droits payé", jour)
        self.fields["exercice"] = forms.IntegerField(
            label="Exercice", initial=jour.year, min_value=2004, max_value=jour.year + 1
        )
        self.fields["numero"] = forms.CharField(label="Numéro du mandat", max_length=40)
        self.fields["organisme"] = forms.CharField(
            label="Payé à", max_length=40, help_text="CAF ou MSA."
        )
        self.fields["chapitre"] = forms.CharField(label="Chapitre", max_length=10, initial="017")
        self.fields["montant"] = Euros(
            label="Montant, en euros",
            max_length=30,
            help_text="Une annulation s'écrit en négatif.",
        )
        self.fields["mandate_le"] = _jour("Mandaté le", jour, initial=jour)
        self.fields["objet"] = forms.CharField(label="Objet", required=False, max_length=250)

    @property
    def mandat(self) -> MandatSaisi:
        """Ce que l'acte attend."""
        return MandatSaisi(**self.cleaned_data)


def _fichier(aide: str) -> forms.FileField:
    return forms.FileField(
        label="Fichier",
        help_text=aide,
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
        },
    )


def _contenu(envoye: "UploadedFile[Any]") -> tuple[bytes, str]:
    return envoye.read(OCTETS_MAXIMUM + 1), (envoye.name or "fichier")[:200]


class Historique(forms.Form):
    """Le fichier des mois passés."""

    def __init__(self, donnees: Donnees = None, fichiers: Fichiers = None) -> None:
        """Le fichier et ce qu'il peut remplacer."""
        super().__init__(donnees, fichiers)
        self.fields["fichier"] = _fichier(
            "CSV ou classeur (XLSX, ODS). Quatre colonnes : mois, foyers, bénéficiaires, dépense."
        )
        self.fields["remplacer"] = forms.BooleanField(
            label="Remplacer les mois déjà connus sous d'autres nombres",
            required=False,
            help_text="L'ancien relevé est gardé : une lecture à une date passée ne change pas.",
        )

    @property
    def depose(self) -> tuple[bytes, str]:
        """Le contenu et le nom."""
        return _contenu(self.cleaned_data["fichier"])


class Acompte(forms.Form):
    """La demande d'acompte d'une caisse."""

    def __init__(
        self,
        donnees: Donnees = None,
        fichiers: Fichiers = None,
        *,
        jour: date,
        organismes: list[tuple[str, str]],
    ) -> None:
        """`organismes` : les caisses dont nous avons des dossiers."""
        super().__init__(donnees, fichiers)
        self.fields["organisme"] = forms.ChoiceField(
            label="Qui demande", choices=organismes, error_messages={"required": "Choisissez."}
        )
        self.fields["mois"] = _mois("Mois de droits", jour)
        self.fields["montant_annonce"] = Euros(
            label="Total demandé, en euros",
            required=False,
            max_length=30,
            help_text="Tel que la lettre de la caisse l'écrit ; sinon, la ligne de total du "
            "fichier.",
        )
        self.fields["fichier"] = _fichier(
            "CSV ou classeur. Pour chaque allocataire : matricule, nature du paiement, montant."
        )

    @property
    def depose(self) -> FichierAcompte:
        """Ce que l'acte attend."""
        lues = self.cleaned_data
        contenu, nom = _contenu(lues["fichier"])
        fonorg, _, numorg = lues["organisme"].partition("/")
        return FichierAcompte(
            contenu=contenu,
            nom=nom,
            fonorg=fonorg,
            numorg=numorg,
            mois=lues["mois"],
            montant_annonce=lues["montant_annonce"],
        )
